import type { AudienceEvent } from "./audience-entry.ts";
import { eventFrame, type PassingEvent } from "./entry.ts";
import { NOTIFICATION_EVENT, type Notification, textFor } from "./notification.ts";
import { EACH_USER, type Publication, type PublishedEvent } from "./publication.ts";

/** The user whose log takes events. */
export interface Recipient {
  /** `user:{id}` */
  readonly channel: string;
  /** The language in which notifications are written, as a BCP 47 tag. */
  readonly locale: string | undefined;
}

/**
 * The entries that a publication becomes in a user's log: its events, and behind them, if it has a notification, one
 * `notification:new` on the user's own channel.
 */
export function entriesOf({ id, events }: Publication, at: number, to: Recipient): PublishedEvent[] {
  const notified = events.find(({ notification }) => notification !== undefined);
  const plain = events.map((event) => onChannelOf(to, event));
  return notified?.notification ? [...plain, announcement({ id, at, event: notified }, to)] : plain;
}

/** The entries that an audience's event becomes in a user's log. */
export function entriesFromAudience({ id, at, event }: AudienceEvent, to: Recipient): AudienceEvent[] {
  const plain = { id, at, event: onChannelOf(to, event) };
  return event.notification ? [plain, { id, at, event: announcement({ id, at, event }, to) }] : [plain];
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

function announcement({ id, at, event }: AudienceEvent, to: Recipient): PublishedEvent {
  const { aim, ttl, data, notification } = event;
  return {
    channel: to.channel,
    event: NOTIFICATION_EVENT,
    data: notification ? writeNotification(notification, { id, at, data }, to.locale) : "null",
    store: true,
    ...(aim && { aim }),
    ...(ttl !== undefined && { ttl }),
  };
}

/** What `notification:new` says; `data` is the event's own, which is JSON text already. */
function writeNotification(
  { title, message, actionText, ...rest }: Notification,
  { id, at, data }: { id: string; at: number; data: string },
  locale: string | undefined,
): string {
  const text = JSON.stringify({
    id,
    ...rest,
    title: textFor(title, locale),
    message: textFor(message, locale),
    ...(actionText !== undefined && { actionText: textFor(actionText, locale) }),
    createdAt: at,
  });
  return `${text.slice(0, -1)},"data":${data}}`;
}
