const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * How long ago something was, as one says it: now, 5 min. ago, 2 hr. ago, yesterday; the date from a week on.
 *
 * @param at ms since 1970; later than `now` by a clock that is wrong counts as now.
 * @param locale a BCP 47 tag.
 */
export function relativeTime(at: number, now: number, locale: string): string {
  const ago = Math.max(0, now - at);
  const say = (count: number, unit: Intl.RelativeTimeFormatUnit) =>
    relativeFormat(locale).format(count === 0 ? 0 : -count, unit);
  if (ago < 45 * SECOND) return say(0, "second");
  if (ago < HOUR) return say(Math.max(1, Math.floor(ago / MINUTE)), "minute");
  if (ago < DAY) return say(Math.floor(ago / HOUR), "hour");
  if (ago < 7 * DAY) return say(Math.floor(ago / DAY), "day");
  const isThisYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return dateFormat(locale, isThisYear ? "day" : "year").format(at);
}

/** A moment with its day and time of day, for who wants to know exactly. */
export function exactTime(at: number, locale: string): string {
  return dateFormat(locale, "exact").format(at);
}

const dateOptions = {
  day: { day: "numeric", month: "short" },
  year: { day: "numeric", month: "short", year: "numeric" },
  exact: { dateStyle: "long", timeStyle: "short" },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

// Making a format takes longer than using it a thousand times.
const relativeFormats = new Map<string, Intl.RelativeTimeFormat>();
const dateFormats = new Map<string, Intl.DateTimeFormat>();

function relativeFormat(locale: string): Intl.RelativeTimeFormat {
  const known = relativeFormats.get(locale);
  if (known) return known;
  const made = new Intl.RelativeTimeFormat(locale, { numeric: "auto", style: "short" });
  relativeFormats.set(locale, made);
  return made;
}

function dateFormat(locale: string, kind: keyof typeof dateOptions): Intl.DateTimeFormat {
  const key = `${kind} ${locale}`;
  const known = dateFormats.get(key);
  if (known) return known;
  const made = new Intl.DateTimeFormat(locale, dateOptions[kind]);
  dateFormats.set(key, made);
  return made;
}
