import { useMemo } from "react";
import { useLanguage } from "../language-choice.ts";
import type { Language } from "../languages.ts";
import { isCalendarDay } from "./days.ts";

/** Money, numbers and dates as the reader writes them. */
export interface Format {
  /** @param amount baht. */
  readonly money: (amount: number) => string;
  readonly number: (value: number) => string;
  /** A day, and its time where a moment is given. */
  readonly date: (date: string) => string;
  /** The day alone. */
  readonly day: (date: string) => string;
  /** @param at ms since 1970. */
  readonly moment: (at: number) => string;
}

export function formatFor(language: Language): Format {
  const money = new Intl.NumberFormat(language, {
    ...{ style: "currency", currency: "THB", currencyDisplay: "narrowSymbol" },
    trailingZeroDisplay: "stripIfInteger",
  });
  const number = new Intl.NumberFormat(language);
  const calendar = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeZone: "UTC" });
  const moment = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
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
  };
}

export function useFormat(): Format {
  const { language } = useLanguage();
  return useMemo(() => formatFor(language), [language]);
}
