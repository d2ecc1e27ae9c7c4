import { useLanguage } from "../language-choice.ts";
import type { Language } from "../languages.ts";
import { isCalendarDay } from "./calendar-day.ts";

/** Money, numbers and dates as the reader writes them. */
export interface Format {
  /** @param amount baht. */
  readonly money: (amount: number) => string;
  readonly number: (value: number) => string;
  /** A day, and its time where a moment is given. */
  readonly date: (date: string) => string;
  /** The day alone. */
  readonly day: (date: string) => string;
  /** The day and the time of day. @param at ms since 1970. */
  readonly moment: (at: number) => string;
  /** The time of day, to the minute. @param at ms since 1970. */
  readonly time: (at: number) => string;
  /** The time of day, to the second. @param at ms since 1970. */
  readonly clock: (at: number) => string;
}

/** Those that were made: making one costs more than all that it says on a page. */
const made = new Map<Language, Format>();

export function formatFor(language: Language): Format {
  const format = made.get(language) ?? makeFormat(language);
  made.set(language, format);
  return format;
}

function makeFormat(language: Language): Format {
  const money = new Intl.NumberFormat(language, {
    ...{ style: "currency", currency: "THB", currencyDisplay: "narrowSymbol" },
    trailingZeroDisplay: "stripIfInteger",
  });
  const number = new Intl.NumberFormat(language);
  const calendar = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeZone: "UTC" });
  const moment = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
  const time = new Intl.DateTimeFormat(language, { timeStyle: "short" });
  const clock = new Intl.DateTimeFormat(language, { timeStyle: "medium" });
  const dayOfMoment = new Intl.DateTimeFormat(language, { dateStyle: "medium" });
  const say = (date: string, momentFormat: Intl.DateTimeFormat) => {
    const at = Date.parse(date);
    // What a backend calls a date, and is none, is shown as it came.
    if (Number.isNaN(at)) return date;
    return (isCalendarDay(date) ? calendar : momentFormat).format(at);
  };
  return {
    money: (amount) => money.format(amount),
    number: (value) => number.format(value),
    date: (date) => say(date, moment),
    day: (date) => say(date, dayOfMoment),
    moment: (at) => moment.format(at),
    time: (at) => time.format(at),
    clock: (at) => clock.format(at),
  };
}

export function useFormat(): Format {
  return formatFor(useLanguage().language);
}
