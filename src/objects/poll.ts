import type { Position } from "../protocol/position.ts";
import { isMeantFor, type Viewer } from "./aim.ts";
import type { Entry } from "./entry.ts";
import type { Log } from "./log.ts";

/** What a client asks for that polls, or pages through history. */
export interface PollQuery {
  /** What follows this position; without it, and without `before`, nothing but the top is answered. */
  readonly since?: Position | undefined;
  /** What comes before this position, newest page first. */
  readonly before?: Position | undefined;
  /** The most events of one answer. */
  readonly limit: number;
}

/** The answer: `event` frames as text, in the order of the log. */
export interface Polled {
  readonly events: readonly string[];
  /** Where to go on: after the last event, or before the first where `before` was asked. */
  readonly position: Position;
  /** As in `welcome`: false where the log does not reach back to `since`. */
  readonly recovered: boolean;
  readonly more: boolean;
}

/** Decides what of a log a viewer may see. */
export type MaySee = (channel: string, viewer: Viewer) => boolean;

/** Reads a log for a client that polls: the same events as over a socket, with the same positions. */
export function poll(log: Log, viewer: Viewer, maySee: MaySee, query: PollQuery): Polled {
  const { since, before, limit } = query;
  const isMeant = ({ aim, channel }: Entry) => isMeantFor(aim, viewer) && maySee(channel, viewer);
  if (before) return pollBefore(log, before, limit, isMeant);
  if (!since) return { events: [], position: log.top, recovered: true, more: false };
  const resumption = log.resume(since);
  if (resumption.kind === "lost") {
    return { events: [], position: resumption.top, recovered: false, more: false };
  }
  const events: string[] = [];
  let size = 0;
  const { epoch, offset: top } = resumption.top;
  let at = resumption.from.offset;
  // Pages are bounded in size, and so is what they add up to.
  while (at < top && events.length < limit && size < log.pageBytes) {
    const page = log.read(at);
    at = page.upTo;
    for (const entry of page.entries) {
      if (!isMeant(entry)) continue;
      events.push(entry.frame);
      size += entry.frame.length;
      if (events.length === limit) {
        at = entry.offset;
        break;
      }
    }
  }
  return { events, position: { epoch, offset: at }, recovered: true, more: at < top };
}

function pollBefore(log: Log, before: Position, limit: number, isMeant: (entry: Entry) => boolean): Polled {
  const { top } = log;
  if (!log.reachesBackTo({ ...before, offset: Math.min(before.offset, top.offset) })) {
    return { events: [], position: top, recovered: false, more: false };
  }
  const events: string[] = [];
  let size = 0;
  let at = Math.min(before.offset, top.offset + 1);
  let more = true;
  while (more && events.length < limit && size < log.pageBytes) {
    const page = log.readBefore(at);
    at = page.from;
    more = page.more;
    for (const entry of page.entries) {
      if (!isMeant(entry)) continue;
      events.unshift(entry.frame);
      size += entry.frame.length;
      if (events.length < limit) continue;
      more ||= entry.offset > page.from;
      at = entry.offset;
      break;
    }
  }
  return { events, position: { epoch: top.epoch, offset: at }, recovered: true, more };
}
