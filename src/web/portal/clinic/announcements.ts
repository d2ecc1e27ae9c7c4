import * as z from "zod/mini";
import type { Received } from "../../../client/index.ts";
import type { Language } from "../languages.ts";
import type { Tone } from "../ui/tone.ts";

/** The channels that everybody hears, and what is said over each. */
export const announcementChannels = {
  announcements: "system:announcements",
  maintenance: "system:maintenance",
} as const;

export type AnnouncementChannel = keyof typeof announcementChannels;

export const announcementTypes = ["info", "success", "warning", "error"] as const;

export type AnnouncementType = (typeof announcementTypes)[number];

export const toneOfType: Readonly<Record<AnnouncementType, Tone>> = {
  info: "blue",
  success: "green",
  warning: "amber",
  error: "red",
};

/** What is announced, in one language. */
export interface AnnouncementText {
  readonly title?: string | undefined;
  readonly message: string;
}

/** A text in the languages that it is given in. */
export type ByLanguage<Text> = { readonly [Name in Language]?: Text | undefined };

/** Something that was said to everybody, or to some of them. */
export interface Announced {
  readonly id: string;
  readonly channel: AnnouncementChannel;
  readonly type: AnnouncementType;
  /** ms since 1970. */
  readonly at: number;
  /** By language; `en` where it was given in one only. */
  readonly texts: ByLanguage<AnnouncementText>;
}

const text = z.object({ title: z.optional(z.string()), message: z.string() });

const said = z.object({
  title: z.optional(z.string()),
  message: z.string(),
  type: z.catch(z.enum(announcementTypes), "info"),
  texts: z.catch(
    z.optional(z.object({ en: z.optional(text), th: z.optional(text), vi: z.optional(text) })),
    undefined,
  ),
});

/** The announcements of a user's log, the newest first. */
export function announcementsOf(events: readonly Received[]): readonly Announced[] {
  return events
    .flatMap(({ event, channel: name, data, id, at }) => {
      const channel = channelOf(name);
      const parsed = said.safeParse(data);
      if (event !== "ANNOUNCEMENT" || channel === undefined || !parsed.success) return [];
      const { title, message, type, texts = {} } = parsed.data;
      const isGiven = Object.values(texts).some((one) => one !== undefined);
      return [{ id, channel, type, at, texts: isGiven ? texts : { en: { title, message } } }];
    })
    .reverse();
}

/** What a reader of a language is shown: the text in it, else the first that there is. */
export function textFor<Text>(texts: ByLanguage<Text>, language: Language): Text | undefined {
  return texts[language] ?? texts.en ?? texts.th ?? texts.vi;
}

function channelOf(name: string): AnnouncementChannel | undefined {
  if (name === announcementChannels.announcements) return "announcements";
  return name === announcementChannels.maintenance ? "maintenance" : undefined;
}
