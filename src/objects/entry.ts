import type { Aim } from "./aim.ts";
import type { Publication, PublishedEvent } from "./publication.ts";
import type { PresenceVersion } from "./room-presence-version.ts";

/** An event as a log takes it. */
export interface LoggedEvent extends PublishedEvent {
  /** The channel that the frame names, where it is another: who may see an entry is decided by `channel`. */
  readonly shownOn?: string;
  /** The user who published it, where a client did. */
  readonly from?: string;
  /** Seconds for which this log keeps it, where they are not the event's own `ttl`. */
  readonly keptFor?: number;
}

/** A publication as a log takes it. */
export interface LoggedPublication extends Publication {
  readonly events: readonly LoggedEvent[];
  /** In a user's log: what tells the user's clients of the notification that came along. */
  readonly announcement?: LoggedEvent | undefined;
}

/** One entry of a log. `frame` is the whole `event` frame as text, written once and sent as it stands. */
export interface Entry {
  readonly offset: number;
  readonly channel: string;
  readonly frame: string;
  readonly aim: Aim | undefined;
  /** When it ceases to be replayed (ms). */
  readonly expires: number | undefined;
}

/** An event that no log keeps: it reaches who is live, and is never replayed. */
export interface PassingEvent {
  readonly channel: string;
  readonly frame: string;
  readonly aim: Aim | undefined;
  /** Where it is no event but tells who is there: which state it brings. It is sent to those behind as well. */
  readonly presence?: PresenceVersion;
}

/** Writes the `event` frame of an event; `data` is JSON text already. */
export function eventFrame(
  { channel, shownOn = channel, event, data, from }: LoggedEvent,
  { id, at, offset }: { id: string; at: number; offset?: number },
): string {
  const head = `{"type":"event","channel":${JSON.stringify(shownOn)},"event":${JSON.stringify(event)}`;
  const sender = from === undefined ? "" : `,"from":${JSON.stringify(from)}`;
  const tail = `"data":${data},"id":${JSON.stringify(id)},"at":${at}${sender}`;
  return offset === undefined ? `${head},${tail}}` : `${head},${tail},"offset":${offset}}`;
}
