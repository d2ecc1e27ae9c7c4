import { encode } from "../protocol/codec.ts";
import { isMeantFor, type Viewer } from "./aim.ts";
import type { PassingEvent } from "./entry.ts";

/** Events that a connection is sent together, in their order: entries of a log, and such as no log keeps. */
export interface Batch {
  /** What the log had before. */
  readonly after: number;
  /** The log's entries up to here are among them, were withheld, or have expired. */
  readonly upTo: number;
  readonly entries: readonly (PassingEvent & { readonly offset?: number })[];
}

/** What one connection is sent of a batch: its frames, and how many of them are events. */
export interface Selection {
  readonly frames: string[];
  readonly events: number;
}

/**
 * The frames that bring one connection from `after` to `upTo`: the events meant for it, and a `skip` wherever entries
 * were withheld or have expired, so that its position moves over them.
 *
 * @param logChannel the name of the log in `skip` frames.
 * @param maySee whether the viewer may, as it is now, see events of a channel of this log (rule F9).
 */
export function select(
  { after, upTo, entries }: Batch,
  logChannel: string,
  viewer: Viewer,
  maySee: (channel: string, viewer: Viewer) => boolean,
): Selection {
  const frames: string[] = [];
  let events = 0;
  let position = after;
  const skipTo = (to: number) => {
    if (to > position) frames.push(encode({ type: "skip", channel: logChannel, upTo: to }));
    position = Math.max(position, to);
  };
  for (const { offset, channel, aim, frame } of entries) {
    if (!isMeantFor(aim, viewer) || !maySee(channel, viewer)) continue;
    if (offset !== undefined) {
      skipTo(offset - 1);
      position = offset;
    }
    frames.push(frame);
    events += 1;
  }
  skipTo(upTo);
  return { frames, events };
}
