import * as z from "zod/mini";
import type { Received } from "../../../client/index.ts";

/** A word of somebody to the others at the board. */
export interface Note {
  readonly id: string;
  readonly text: string;
  /** The user who wrote it. */
  readonly from: string | undefined;
  /** ms since 1970. */
  readonly at: number;
}

const written = z.object({ text: z.string() });

/** All notes among a room's events, in their order. */
export function everyNoteOf(events: readonly Received[]): readonly Note[] {
  return events.flatMap(({ event, data, id, from, at }) => {
    const parsed = written.safeParse(data);
    return event === "note" && parsed.success ? [{ id, text: parsed.data.text, from, at }] : [];
  });
}

const NOTES = 30;

/** The newest notes among a room's events, the newest first. */
export function notesOf(events: readonly Received[]): readonly Note[] {
  return everyNoteOf(events).slice(-NOTES).reverse();
}
