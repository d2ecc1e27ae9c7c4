import { english } from "./texts-en.ts";
import { thai } from "./texts-th.ts";
import { vietnamese } from "./texts-vi.ts";

/** Everything that the components say. A language that lacks one of these does not compile. */
export interface Texts {
  /** The panel's heading, and what the bell is called. */
  readonly notifications: string;
  /** Said aloud of the bell, and when its number changes. */
  readonly unreadCount: (count: number) => string;
  /** Said of a notification that has not been read. */
  readonly unread: string;
  readonly all: string;
  /** What the two lists, all and unread, are called together. */
  readonly show: string;
  readonly markRead: string;
  readonly markUnread: string;
  readonly markAllRead: string;
  readonly archive: string;
  readonly delete: string;
  readonly clearAll: string;
  /** Asked before everything is deleted. */
  readonly confirmClear: string;
  readonly cancel: string;
  readonly loadMore: string;
  readonly loading: string;
  readonly empty: string;
  readonly emptyHint: string;
  readonly emptyUnread: string;
  readonly loadFailed: string;
  /** Something that was asked for did not happen, and is shown as it was before. */
  readonly actionFailed: string;
  readonly retry: string;
  readonly close: string;

  readonly live: string;
  readonly connecting: string;
  readonly offline: string;
  /** Beside `live`: events come by asking for them every few seconds. */
  readonly polling: string;
  readonly reconnect: string;
  /** There has been no connection for a while. */
  readonly noConnection: string;
  /** A sentence of its own: events come by asking for them every few seconds. */
  readonly delayed: string;

  /** What the toasts are called together. */
  readonly toasts: string;
  readonly dismiss: string;
  readonly open: string;
  /** More came while nobody was there than toasts would tell one by one. */
  readonly whileAway: (count: number) => string;
  readonly announcement: string;

  readonly turnOnBrowserNotifications: string;
  readonly browserNotificationsBlocked: string;
  /** What is chosen for this device alone. */
  readonly onThisDevice: string;
  readonly browserNotifications: string;
  readonly browserNotificationsHint: string;
  readonly sound: string;
  readonly soundHint: string;
  readonly congratulations: string;

  /** At least one name. */
  readonly typing: (names: readonly string[]) => string;
  readonly presence: string;
  readonly peopleHere: (count: number) => string;
  /** After the first few people who are there. */
  readonly morePeople: (count: number) => string;

  readonly preferences: string;
  readonly notificationType: string;
  readonly inInbox: string;
  readonly announced: string;
  /** Asked of one type of notification. */
  readonly inInboxOf: (type: string) => string;
  readonly announcedOf: (type: string) => string;
  readonly quietHours: string;
  readonly quietHoursHint: string;
  readonly from: string;
  readonly to: string;
  readonly timeZone: string;
  readonly save: string;
  readonly saving: string;
  readonly saved: string;
}

/** A language whose texts come along. */
export type Language = "en" | "th" | "vi";

/** The texts that come along, in each language. */
export const texts: Readonly<Record<Language, Texts>> = { en: english, th: thai, vi: vietnamese };

/** The texts for a BCP 47 tag: those of its language (`th` for `th-TH`), English where that does not come along. */
export function textsFor(locale: string): Texts {
  const language = locale.toLowerCase().split("-")[0] ?? "";
  return isLanguage(language) ? texts[language] : texts.en;
}

function isLanguage(language: string): language is Language {
  return Object.hasOwn(texts, language);
}
