import { z } from "zod";
import type { Notification } from "./notification.ts";

const clockTime = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, "A time of day is HH:MM, from 00:00 to 23:59.");

const timeZone = z
  .string()
  .max(64)
  .refine(isTimeZone, "It is a time zone of the IANA database, such as Asia/Bangkok.");

/** What a user wants of notifications, by their type; and hours in which none makes itself heard. */
export const preferencesSchema = z.strictObject({
  types: z
    .record(
      z.string().min(1).max(64),
      z.strictObject({
        /** Whether it comes into the inbox at all. */
        inbox: z.boolean().default(true),
        /** Whether it is announced; otherwise it comes silently. */
        announce: z.boolean().default(true),
      }),
    )
    .refine((types) => Object.keys(types).length <= 200, "At most 200 types.")
    .default({}),
  quietHours: z.strictObject({ from: clockTime, to: clockTime, timeZone }).nullable().default(null),
});

export type Preferences = z.output<typeof preferencesSchema>;

export const noPreferences: Preferences = { types: {}, quietHours: null };

/** Whether a user wants notifications of a type in the inbox. */
export function wants({ types }: Preferences, type: string): boolean {
  return !Object.hasOwn(types, type) || types[type]?.inbox !== false;
}

/**
 * Whether a notification comes without a sound: the badge moves and nothing pops up. What is critical is never silent.
 *
 * @param now ms since 1970.
 */
export function isSilent(
  { types, quietHours }: Preferences,
  { type, priority }: Pick<Notification, "type" | "priority">,
  now: number,
): boolean {
  if (priority === "critical") return false;
  if (Object.hasOwn(types, type) && types[type]?.announce === false) return true;
  return quietHours !== null && isWithin(quietHours, now);
}

function isWithin({ from, to, timeZone }: NonNullable<Preferences["quietHours"]>, now: number): boolean {
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  // Times of day in two digits each compare as texts; hours that run over midnight are what the rest of the day is not.
  const time = format.format(now);
  return from <= to ? from <= time && time < to : from <= time || time < to;
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
