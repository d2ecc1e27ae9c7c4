import { z } from "zod";

/** A text that every reader needs is written in the languages of a service, not in all that there are. */
const MAX_LANGUAGES = 50;

/** A text in one language, or in several by their BCP 47 tags: the reader's is chosen where it is sent. */
const localText = (max: number) =>
  z.union([
    z.string().min(1).max(max),
    z
      .record(
        z
          .string()
          .max(35)
          .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/),
        z.string().min(1).max(max),
      )
      .refine((texts) => Object.keys(texts).length > 0, "Give the text in at least one language.")
      .refine((texts) => Object.keys(texts).length <= MAX_LANGUAGES, `At most ${MAX_LANGUAGES} languages.`),
  ]);

/** Where an action leads: a page of the web, or a path on the reader's own site. Nothing that would run as a script. */
const actionUrl = z
  .string()
  .min(1)
  .max(2000)
  .refine(
    (address) => isPath(address) || isWebAddress(address),
    "It is an http(s) address, or a path that begins with /.",
  );

/**
 * A notification as it is published: it lies in the inbox of each user whom the event reaches. Texts given in several
 * languages are sent in the reader's; where the reader's is not among them, in the first.
 */
export const notificationSchema = z.strictObject({
  type: z.string().min(1).max(64),
  title: localText(200),
  message: localText(2000),
  actionUrl: actionUrl.exactOptional(),
  actionText: localText(100).exactOptional(),
  priority: z.enum(["low", "normal", "high", "critical"]).default("normal"),
  /** Takes the place of an earlier one of the same key that has not been read. */
  collapseKey: z.string().min(1).max(128).exactOptional(),
  /** When it removes itself (ms since 1970). */
  expiresAt: z.number().int().positive().exactOptional(),
});

export type Notification = z.output<typeof notificationSchema>;

const keptText = z.union([z.string(), z.record(z.string(), z.string())]);

/**
 * A notification as an inbox keeps it: with the event's data (JSON text), and whether it came without a sound. It was
 * checked when it was published; by limits that may have changed since.
 */
export const keptNotificationSchema = z.object({
  type: z.string(),
  title: keptText,
  message: keptText,
  actionUrl: z.string().exactOptional(),
  actionText: keptText.exactOptional(),
  priority: notificationSchema.shape.priority,
  collapseKey: z.string().exactOptional(),
  expiresAt: z.number().exactOptional(),
  data: z.string(),
  silent: z.boolean(),
});

export type KeptNotification = z.output<typeof keptNotificationSchema>;

/** The event that tells a user's clients of a new notification, on `user:{id}`. */
export const NOTIFICATION_EVENT = "notification:new";

function isPath(address: string): boolean {
  // A browser takes // and /\\ for the beginning of another host.
  return /^\/(?![/\\])/.test(address) && !/[\p{Cc}\\]/u.test(address);
}

function isWebAddress(address: string): boolean {
  return /^https?:\/\//i.test(address) && URL.canParse(address) && !/\p{Cc}/u.test(address);
}

/** A text that is written in one language or in several. */
export type LocalText = string | Readonly<Record<string, string>>;

/**
 * The text in a reader's language: in that very one (`en-GB`), else in its main one (`en`), else in the first.
 *
 * @param locale a BCP 47 tag, if the reader's is known.
 */
export function textFor(text: LocalText, locale: string | undefined): string {
  if (typeof text === "string") return text;
  const wanted = locale?.toLowerCase() ?? "";
  const [main] = wanted.split("-");
  const found =
    Object.entries(text).find(([language]) => language.toLowerCase() === wanted) ??
    Object.entries(text).find(([language]) => language.toLowerCase().split("-")[0] === main);
  return found?.[1] ?? Object.values(text)[0] ?? "";
}
