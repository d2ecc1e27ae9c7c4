import type { Language } from "../../languages.ts";
import type { Format } from "../../ui/format.ts";
import type { IconName } from "../../ui/icon.tsx";
import type { Tone } from "../../ui/tone.ts";
import { statusIn } from "../status-words.ts";
import type { News } from "./farm.ts";
import { newsWords } from "./news-words.ts";

/** One event, ready to be shown. */
export interface Described {
  readonly icon: IconName;
  readonly tone: Tone;
  readonly title: string;
  /** What it is about: a number, where it has one. */
  readonly subject: string | undefined;
  /** The rest of what it says; may be empty. */
  readonly detail: string;
}

const looks: Readonly<Record<News["event"], readonly [IconName, Tone]>> = {
  "application:created": ["file", "blue"],
  "application:updated": ["clock", "violet"],
  "application:approved": ["check", "green"],
  "application:rejected": ["close", "red"],
  "payment:created": ["card", "amber"],
  "payment:confirmed": ["card", "green"],
  "audit:scheduled": ["clipboard", "blue"],
  "audit:completed": ["clipboard", "green"],
  "certificate:issued": ["award", "green"],
  "certificate:expiring": ["award", "amber"],
  "system:announcement": ["megaphone", "blue"],
};

/** An event in the reader's words. */
export function describe(news: News, language: Language, format: Format): Described {
  const words = language === "th" ? newsWords.th : newsWords.en;
  const [icon, tone] = looks[news.event];
  const title = news.event === "system:announcement" ? news.data.title : words[news.event];
  const detail = detailOf(news, language, words, format)
    .filter((part) => part)
    .join(" · ");
  return { icon, tone, title, subject: subjectOf(news), detail };
}

function subjectOf({ event, data }: News): string | undefined {
  if (event === "system:announcement") return undefined;
  return "applicationNumber" in data ? data.applicationNumber : data.certificateNumber;
}

function detailOf(
  { event, data }: News,
  language: Language,
  words: typeof newsWords.en,
  { money, date, day, number }: Format,
): readonly (string | null | undefined)[] {
  switch (event) {
    case "application:created":
      return [data.standardName];
    case "application:updated":
      return [statusIn(language, data.status)];
    case "application:approved":
    case "application:rejected":
      return [data.reason];
    case "payment:created":
      return [money(data.amount), data.dueDate && words.by(day(data.dueDate))];
    case "payment:confirmed":
      return [money(data.amount), words.receipt(data.receiptNumber)];
    case "audit:scheduled":
      return [date(data.scheduledDate), data.location];
    case "audit:completed": {
      const { result, score } = data;
      const said = result === "passed" || result === "failed" ? words[result] : result;
      return [said, score === null || score === undefined ? undefined : words.score(number(score))];
    }
    case "certificate:issued":
    case "certificate:expiring":
      return [words.until(day(data.expiryDate))];
    case "system:announcement":
      return [data.message];
  }
}
