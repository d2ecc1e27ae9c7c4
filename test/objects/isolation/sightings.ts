import { z } from "zod";
import type { ServerFrameOf } from "../../../src/protocol/frames.ts";
import { isOneChannel, ownChannel, type Route, routesTo, routesToRoom } from "./announcement.ts";
import type { Room, User } from "./cast.ts";
import type { Entry, Ledger } from "./ledger.ts";
import type { Member } from "./member.ts";
import type { Person } from "./person.ts";
import { isMeant } from "./who-may.ts";

/** What somebody saw at some moment. */
export interface Sighting {
  /** Who saw it, and how, in words. */
  readonly by: string;
  readonly user: User;
  readonly device: string;
  /** As whom they may have been known at that moment. */
  readonly as: readonly Person[];
  /** Nothing where it lay in the user's own log. */
  readonly room: Room | undefined;
  readonly channel: string;
  /** The name under which it was announced. */
  readonly event: string;
  /** Whether it is what tells of a notification. */
  readonly isNotice: boolean;
  readonly offset: number | undefined;
  readonly tick: number;
}

const plainData = z.object({ is: z.string() });
const noticeData = z.object({ data: plainData });
/** What tells of the inbox and of no event. */
const inboxEvents = ["unread:count", "notification:read", "notification:updated", "notification:deleted"];

/**
 * What a frame says of an event: an announcement has its own name in its data, and so has what tells of its notification.
 * Nothing where the frame tells of no event.
 */
export function contentOf({
  event,
  data,
}: Pick<ServerFrameOf<"event">, "event" | "data">): Pick<Sighting, "event" | "isNotice"> | undefined {
  if (inboxEvents.includes(event)) return undefined;
  const isNotice = event === "notification:new";
  return { event: isNotice ? noticeData.parse(data).data.is : plainData.parse(data).is, isNotice };
}

/** The ways on which an announcement may have come to where it was seen. */
export function waysTo(
  { user, room, channel, isNotice }: Pick<Sighting, "user" | "room" | "channel" | "isNotice">,
  { announcement }: Entry,
): readonly Route[] {
  if (room) return isNotice ? [] : routesToRoom(room, announcement);
  const routes = routesTo(user, announcement);
  if (!isNotice) return routes.filter((route) => isOneChannel(route.channel, channel));
  const isOwn = isOneChannel(channel, ownChannel(user));
  return isOwn && announcement.isNotification && announcement.store ? routes : [];
}

/** What is wrong with what was seen: it was not for whoever saw it, or not any more (rule F9). */
export function faultOf(
  sighting: Sighting,
  ledger: Ledger,
  members: ReadonlyMap<User, Member>,
): string | undefined {
  const { by, user, device, as, channel, event, isNotice, tick } = sighting;
  const told = `${by} saw ${isNotice ? "the notice of " : ""}${event} in ${channel} as ${JSON.stringify(as)}`;
  const entry = ledger.find(event);
  if (!entry) return `${told}, which nobody published`;
  const { announcement } = entry;
  // What tells of a notification stays as long as that lies in the inbox.
  if (announcement.store && tick > entry.goneFrom && !isNotice) return `${told}, which is too old`;
  const ways = waysTo(sighting, entry);
  const seen = ways.filter((way) =>
    as.some((person) => way.isFor(person) && isMeant(announcement.aim, person, device)),
  );
  if (seen.length === 0) return `${told}, for whom it is not: ${JSON.stringify(announcement)}`;
  if (seen.some((way) => members.get(user)?.mayHave(entry, way))) return undefined;
  return `${told}, published when they were no member: ${JSON.stringify(announcement)}`;
}
