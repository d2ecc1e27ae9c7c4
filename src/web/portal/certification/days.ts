import { isCalendarDay } from "../ui/calendar-day.ts";

const DAY = 86_400_000;

/**
 * How many days are left until a date; less than 0 when it is past. A day of the calendar is that of the reader, a moment
 * counts by the day that it falls on there.
 *
 * @param date `2026-01-31` or a moment as ISO 8601 writes it.
 * @param now ms since 1970.
 */
export function daysUntil(date: string, now: number): number {
  return Math.round((dayNumber(date) - localDay(new Date(now))) / DAY);
}

/** When the reader's day began, in ms since 1970. */
export function startOfDay(now: number): number {
  return new Date(now).setHours(0, 0, 0, 0);
}

function dayNumber(date: string): number {
  return isCalendarDay(date) ? Date.parse(date) : localDay(new Date(date));
}

/** The reader's day as if it were one of Greenwich, where all have 24 hours. */
function localDay(moment: Date): number {
  return Date.UTC(moment.getFullYear(), moment.getMonth(), moment.getDate());
}
