import { encode } from "../protocol/codec.ts";
import { isMeantFor, type Viewer } from "./aim.ts";
import type { Page } from "./follow.ts";

/** What one connection is sent of a page: its frames, and how many of them are events. */
export interface Selection {
  readonly frames: string[];
  readonly events: number;
}

/**
 * The frames that bring one connection from `page.after` to `page.upTo`: the events meant for it, and a `skip`
 * wherever entries were withheld or have expired, so that its position moves over them.
 *
 * @param logChannel the name of the log in `skip` frames.
 * @param maySee whether the viewer may, as it is now, see events of a channel of this log (rule F9).
 */
export function select(
  page: Page,
  logChannel: string,
  viewer: Viewer,
  maySee: (channel: string, viewer: Viewer) => boolean,
): Selection {
  const frames: string[] = [];
  let events = 0;
  let position = page.after;
  const skipTo = (upTo: number) => {
    if (upTo > position) frames.push(encode({ type: "skip", channel: logChannel, upTo }));
    position = Math.max(position, upTo);
  };
  for (const { offset, channel, aim, frame } of page.entries) {
    if (!isMeantFor(aim, viewer) || !maySee(channel, viewer)) continue;
    skipTo(offset - 1);
    frames.push(frame);
    events += 1;
    position = offset;
  }
  skipTo(page.upTo);
  return { frames, events };
}
