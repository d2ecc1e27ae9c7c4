import type { Row } from "../config/route-kinds.ts";

/** How a value is written into a text: `form` is what its placeholder asks for, as in `{dueAt:date}`. */
export type Write = (value: unknown, form: "date" | "time" | undefined) => string;

const placeholder = /\{(\w+)(?::(date|time))?\}/g;

/**
 * Puts values in the place of `{field}` in a text; what they hold is not looked at again.
 *
 * @returns nothing where a field is absent from the data, or null.
 */
export function fill(text: string, data: Row, write: Write): string | undefined {
  let isComplete = true;
  const filled = text.replace(placeholder, (_, field: string, form: "date" | "time" | undefined) => {
    const value = Object.hasOwn(data, field) ? data[field] : undefined;
    if (value !== undefined && value !== null) return write(value, form);
    isComplete = false;
    return "";
  });
  return isComplete ? filled : undefined;
}

/** Writes values as they stand. */
export function plainly(value: unknown): string {
  return `${value}`;
}

/**
 * Writes numbers and dates as a language does. A calendar day is that day everywhere; a moment is told in the time zone.
 *
 * @param language a BCP 47 tag.
 * @param timeZone a name of the IANA database, such as `Asia/Bangkok`.
 */
export function inLanguage(language: string, timeZone: string): Write {
  return (value, form) => {
    if (form) return writeDate(value, form, language, timeZone);
    return typeof value === "number" ? numberFormat(language).format(value) : plainly(value);
  };
}

const calendarDay = /^\d{4}-\d{2}-\d{2}$/;

function writeDate(value: unknown, form: "date" | "time", language: string, timeZone: string): string {
  if (typeof value !== "string" && typeof value !== "number") return plainly(value);
  const isDay = typeof value === "string" && calendarDay.test(value);
  const moment = new Date(value);
  if (Number.isNaN(moment.valueOf())) return plainly(value);
  // Midnight in Greenwich is the day before in America.
  return isDay
    ? dateFormat(language, "date", "UTC").format(moment)
    : dateFormat(language, form, timeZone).format(moment);
}

// A format takes far longer to make than to use.
const numberFormats = new Map<string, Intl.NumberFormat>();
const dateFormats = new Map<string, Intl.DateTimeFormat>();

function numberFormat(language: string): Intl.NumberFormat {
  let format = numberFormats.get(language);
  if (!format) {
    format = new Intl.NumberFormat(language);
    numberFormats.set(language, format);
  }
  return format;
}

function dateFormat(language: string, form: "date" | "time", timeZone: string): Intl.DateTimeFormat {
  const key = `${language} ${form} ${timeZone}`;
  let format = dateFormats.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat(language, {
      dateStyle: "long",
      ...(form === "time" && { timeStyle: "short" }),
      timeZone,
    });
    dateFormats.set(key, format);
  }
  return format;
}
