import type { Aim } from "./aim.ts";
import type { PublishedEvent } from "./publication.ts";

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
}

/** Writes the `event` frame of an event; `data` is JSON text already. */
export function eventFrame(
  { channel, event, data }: PublishedEvent,
  { id, at, offset }: { id: string; at: number; offset?: number },
): string {
  const head = `{"type":"event","channel":${JSON.stringify(channel)},"event":${JSON.stringify(event)}`;
  const tail = `"data":${data},"id":${JSON.stringify(id)},"at":${at}`;
  return offset === undefined ? `${head},${tail}}` : `${head},${tail},"offset":${offset}}`;
}
