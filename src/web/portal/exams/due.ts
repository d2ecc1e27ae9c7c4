import { isCalendarDay } from "../ui/calendar-day.ts";
import type { Tone } from "../ui/tone.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** When something is due, in ms since 1970: a calendar day is over at its end, where the reader is. */
export function dueMoment(dueAt: string): number {
  return new Date(isCalendarDay(dueAt) ? `${dueAt}T23:59:59` : dueAt).getTime();
}

/**
 * How long it is until a moment, as one says it: in 19 hours. It is told in the largest unit and rounded down, so it changes
 * once a minute at most.
 *
 * @returns nothing when it has passed.
 */
export function timeLeft(due: number, now: number, language: string): string | undefined {
  const left = leftOf(due, now);
  return left && new Intl.RelativeTimeFormat(language, { numeric: "always" }).format(left.count, left.unit);
}

/** As `timeLeft`, without a word before it: 19 hours. */
export function amountLeft(due: number, now: number, language: string): string | undefined {
  const left = leftOf(due, now);
  if (!left) return undefined;
  const { count, unit } = left;
  return new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long" }).format(count);
}

interface Left {
  readonly count: number;
  readonly unit: "day" | "hour" | "minute";
}

function leftOf(due: number, now: number): Left | undefined {
  const left = due - now;
  if (!(left > 0)) return undefined;
  if (left >= 2 * DAY) return { count: Math.floor(left / DAY), unit: "day" };
  if (left >= HOUR) return { count: Math.floor(left / HOUR), unit: "hour" };
  return { count: Math.max(1, Math.floor(left / MINUTE)), unit: "minute" };
}

/** How pressing it is. */
export function toneOf(due: number, now: number): Tone {
  const left = due - now;
  if (!(left > 0)) return "grey";
  if (left < DAY) return "red";
  return left < 3 * DAY ? "amber" : "blue";
}

/** What is due next first; what has passed last, the newest of it first. */
export function byDue(now: number): (one: { dueAt: string }, other: { dueAt: string }) => number {
  return (one, other) => {
    const [mine, theirs] = [dueMoment(one.dueAt), dueMoment(other.dueAt)];
    const [isMineOver, isTheirsOver] = [mine <= now, theirs <= now];
    if (isMineOver !== isTheirsOver) return isMineOver ? 1 : -1;
    return isMineOver ? theirs - mine : mine - theirs;
  };
}
