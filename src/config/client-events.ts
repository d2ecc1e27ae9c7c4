import { z } from "zod";
import { clientEvent } from "../channels/rules.ts";

/**
 * Somebody is writing. Whoever goes on writing says so every few seconds, and `{ "isTyping": false }` at the end;
 * `TYPING_SECONDS` after the last word the room says it for them.
 */
export const typing = clientEvent(z.object({ isTyping: z.boolean().default(true) }).prefault({}), {
  ends: { isTyping: false },
});

/** A word to the others on a page, which who comes later finds there as well. */
export const note = clientEvent(z.object({ text: z.string().min(1).max(500) }), { store: true });

/** Where somebody points: a place on the page, in the page's own measure, and perhaps what lies there. */
export const cursor = clientEvent(
  z.object({ x: z.number(), y: z.number(), on: z.string().max(200).optional() }),
);
