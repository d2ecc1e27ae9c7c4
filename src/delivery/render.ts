import type { NotificationTemplate, Row, TextTemplate } from "../config/route-kinds.ts";
import { type Notification, notificationSchema } from "../objects/notification.ts";
import { fill, inLanguage, plainly } from "./template.ts";

/**
 * Writes a notification from its template, in each language of its texts; the reader's is chosen where it is sent.
 *
 * @param timeZone in which moments are told.
 * @returns what is wrong with it where the data gives none that can be kept: a title that is too long, say.
 */
export function render(
  template: NotificationTemplate,
  data: Row,
  timeZone: string,
): { readonly notification: Notification } | { readonly wrong: string } {
  const { type, title, message, actionUrl, actionText, priority } = template;
  const parts = {
    type: fill(type, data, plainly),
    title: renderText(title, data, timeZone),
    message: renderText(message, data, timeZone),
    actionUrl: actionUrl && renderAddress(actionUrl, data),
    actionText: actionText && renderText(actionText, data, timeZone),
    priority: priority && fill(priority, data, plainly),
  };
  const present = Object.entries(parts).filter(([, part]) => part !== undefined);
  const parsed = notificationSchema.safeParse(Object.fromEntries(present));
  if (parsed.success) return { notification: parsed.data };
  const [issue] = parsed.error.issues;
  return { wrong: `${issue?.path.join(".")}: ${issue?.message}` };
}

function renderText(text: TextTemplate, data: Row, timeZone: string) {
  if (typeof text === "string") return fill(text, data, plainly);
  const texts = Object.entries(text).map(
    ([language, one]) => [language, fill(one, data, inLanguage(language, timeZone))] as const,
  );
  return texts.every(([, one]) => one !== undefined) ? Object.fromEntries(texts) : undefined;
}

/** A field that is the whole address stands as it is; within one, a value must not add to its path or query. */
function renderAddress(address: string, data: Row): string | undefined {
  const isWhole = /^\{\w+\}$/.test(address);
  return fill(address, data, isWhole ? plainly : (value) => encodeURIComponent(`${value}`.toWellFormed()));
}
