import type { Aim } from "./aim.ts";
import type { AudienceEvent } from "./audience-entry.ts";
import { eventFrame, type LoggedEvent, type LoggedPublication, type PassingEvent } from "./entry.ts";
import { NOTIFICATION_EVENT, type Notification } from "./notification.ts";
import { EACH_USER, type Publication, type PublishedEvent } from "./publication.ts";

/** The user whose log takes events. */
export interface Recipient {
  readonly user: string;
  /** `user:{id}` */
  readonly channel: string;
  /** Whether a notification goes into the user's inbox: it is wanted, and has not expired on its way. */
  readonly takes: (notification: Pick<Notification, "type" | "expiresAt">) => boolean;
}

/**
 * A publication as it becomes entries of a user's log: its events, and behind them, if it has a notification, one
 * `notification:new` on the user's own channel.
 */
export function publicationFor(publication: Publication, to: Recipient): LoggedPublication {
  const notified = publication.events.find(({ notification }) => notification !== undefined);
  const events = publication.events.map((event) => onChannelOf(to, event));
  return { ...publication, events, announcement: notified && announcementOf(notified, to) };
}

/** The entries that an audience's event becomes in a user's log. */
export function entriesFromAudience(
  { id, at, event }: AudienceEvent,
  to: Recipient,
): { id: string; at: number; event: LoggedEvent }[] {
  const announcement = announcementOf(event, to);
  // One that is not stored has passed by; what it left in the inbox is here.
  const entries = [...(event.store ? [onChannelOf(to, event)] : []), ...(announcement ? [announcement] : [])];
  return entries.map((entry) => ({ id, at, event: entry }));
}

/** An event that no log keeps, as a user's sockets are sent it. */
export function passingFromAudience({ id, at, event }: AudienceEvent, to: Recipient): PassingEvent {
  const own = onChannelOf(to, event);
  return { channel: own.channel, aim: own.aim, frame: eventFrame(own, { id, at }) };
}

function onChannelOf({ channel }: Recipient, event: PublishedEvent): PublishedEvent {
  const { notification: _, reach: __, ...plain } = event;
  return event.channel === EACH_USER ? { ...plain, channel } : plain;
}

/**
 * What is to be told of an event's notification. Who may not see the event may not see this. It does not go when the
 * event does: a device that left it out would not have what lies in the inbox.
 */
function announcementOf(event: PublishedEvent, to: Recipient): LoggedEvent | undefined {
  const { notification, aim, data } = event;
  if (!notification || isAimedPast(aim, to.user) || !to.takes(notification)) return undefined;
  return {
    channel: onChannelOf(to, event).channel,
    shownOn: to.channel,
    event: NOTIFICATION_EVENT,
    data,
    store: true,
    notification,
    ...(aim && { aim }),
  };
}

/** Whether an aim leaves a user out by name: on no device, as whomever, would the user find what the badge counts. */
function isAimedPast(aim: Aim | undefined, user: string): boolean {
  return aim?.except?.user === user || aim?.only?.users?.includes(user) === false;
}
