import { z } from "zod";

/** One entry as it lies in an object's log. `event` is unique to each announcement of a run. */
export interface Row {
  readonly offset: number;
  readonly id: string;
  readonly channel: string;
  readonly event: string;
}

const frame = z.object({ event: z.string() });

/** The event's name in an `event` frame. */
export function eventIn(text: string): string {
  return frame.parse(JSON.parse(text)).event;
}
