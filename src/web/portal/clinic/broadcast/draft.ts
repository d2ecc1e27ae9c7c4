import { type AnnouncementChannel, type AnnouncementType, announcementChannels } from "../announcements.ts";

/** Whom a broadcast is for: all who hear the channel, or those of them who match. */
export const audiences = ["everyone", "roles", "clinics", "people"] as const;

export type AudienceKind = (typeof audiences)[number];

export const priorities = ["low", "normal", "high", "critical"] as const;

export type Priority = (typeof priorities)[number];

/** The languages that a broadcast is written in; the first is for readers of any other. */
export const written = ["en", "th"] as const;

export type Written = (typeof written)[number];

export interface DraftText {
  readonly title: string;
  readonly message: string;
}

/** A broadcast as it is being written. */
export interface Draft {
  readonly channel: AnnouncementChannel;
  readonly audience: AudienceKind;
  readonly roles: readonly string[];
  readonly clinics: readonly string[];
  readonly people: readonly string[];
  readonly type: AnnouncementType;
  readonly priority: Priority;
  readonly texts: Readonly<Record<Written, DraftText>>;
}

const noText: DraftText = { title: "", message: "" };

export const emptyDraft: Draft = {
  ...{ channel: "announcements", audience: "everyone", roles: [], clinics: [], people: [] },
  ...{ type: "info", priority: "normal", texts: { en: noText, th: noText } },
};

/** The texts that are there whole, each trimmed. */
export function wholeTexts({ texts }: Draft): Partial<Record<Written, DraftText>> {
  const whole: Partial<Record<Written, DraftText>> = {};
  for (const language of written) {
    const text = trimmed(texts[language]);
    if (text.title !== "" && text.message !== "") whole[language] = text;
  }
  return whole;
}

/** What keeps a draft from being sent: nobody is chosen, nothing is written, or a language half. */
export function problemOf(draft: Draft): "nobody" | "empty" | "half" | undefined {
  if (draft.audience !== "everyone" && draft[draft.audience].length === 0) return "nobody";
  const isHalf = written.some((language) => {
    const { title, message } = trimmed(draft.texts[language]);
    return (title === "") !== (message === "");
  });
  if (isHalf) return "half";
  return Object.keys(wholeTexts(draft)).length === 0 ? "empty" : undefined;
}

/**
 * What is posted for a draft: one event on the audience channel, and a notification in every language that was written.
 *
 * @param at when it is said (ms since 1970).
 */
export function publicationOf(draft: Draft, id: string, at: number): object {
  const { channel, audience, roles, clinics, people, type, priority } = draft;
  const texts = wholeTexts(draft);
  const each = (field: keyof DraftText) =>
    Object.fromEntries(Object.entries(texts).map(([language, text]) => [language, text[field]]));
  const first = texts.en ?? texts.th ?? noText;
  const only = {
    everyone: undefined,
    roles: { roles },
    clinics: { tenants: clinics },
    people: { users: people },
  };
  return {
    id,
    event: "ANNOUNCEMENT",
    data: { ...first, type, priority, at: new Date(at).toISOString(), texts },
    to: { channels: [announcementChannels[channel]] },
    only: only[audience],
    notification: { type: "announcement", title: each("title"), message: each("message"), priority },
  };
}

function trimmed({ title, message }: DraftText): DraftText {
  return { title: title.trim(), message: message.trim() };
}
