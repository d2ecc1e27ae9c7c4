import * as z from "zod/mini";
import type { Received } from "../../../client/index.ts";
import type { Tone } from "../ui/tone.ts";
import { everyNoteOf, type Note } from "./notes.ts";

export type Level = "info" | "warning" | "critical";

export const toneOfLevel: Readonly<Record<Level, Tone>> = { info: "blue", warning: "amber", critical: "red" };

/** Something that the staff of a clinic are told. */
export interface Alert {
  readonly id: string;
  readonly message: string;
  readonly level: Level;
  /** ms since 1970. */
  readonly at: number;
  /** Who has taken it up first, if anybody. */
  readonly seenBy: string | undefined;
  readonly seenAt: number | undefined;
}

const told = z.object({
  message: z.string(),
  level: z.catch(z.enum(["info", "warning", "critical"]), "warning"),
});

const ALERTS = 50;

/**
 * The alerts of a clinic, the newest first.
 *
 * @param events of the room where they are told.
 * @param acknowledgements of the room where the staff note the id of each that they have taken up.
 */
export function alertsOf(
  events: readonly Received[],
  acknowledgements: readonly Received[],
): readonly Alert[] {
  const seen = new Map<string, Note>();
  for (const note of everyNoteOf(acknowledgements)) if (!seen.has(note.text)) seen.set(note.text, note);
  return events
    .flatMap(({ event, data, id, at }) => {
      const parsed = told.safeParse(data);
      if (event !== "CLINIC_ALERT" || !parsed.success) return [];
      const { message, level } = parsed.data;
      const by = seen.get(id);
      return [{ id, message, level, at, seenBy: by?.from, seenAt: by?.at }];
    })
    .slice(-ALERTS)
    .reverse();
}

/** Those that nobody may overlook and nobody has taken up. */
export function openCritical(alerts: readonly Alert[]): readonly Alert[] {
  return alerts.filter(({ level, seenAt }) => level === "critical" && seenAt === undefined);
}
