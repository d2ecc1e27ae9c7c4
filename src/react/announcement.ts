import type { InboxNotification, Received } from "../client/api.ts";

/** Something that is said to everybody, in whatever form it was published. */
export interface Announcement {
  /** The id of its event, which is also that of its notification where it has one. */
  readonly id: string;
  readonly title: string | undefined;
  readonly message: string;
  readonly type: "info" | "warning" | "error" | "success";
  readonly priority: InboxNotification["priority"];
  readonly actionUrl: string | undefined;
  /** ms since 1970. */
  readonly at: number;
  readonly channel: string;
}

/** The events that are announcements, unless an application says others. */
export const announcementEvents: readonly string[] = ["system:announcement", "system:alert", "ANNOUNCEMENT"];

/**
 * What an event announces: its `message`, and what else it says of `title`, `type` or `level`, `priority` and `actionUrl`.
 * `undefined` for an event without a message.
 */
export function announcementOf({ id, data, at, channel }: Received): Announcement | undefined {
  if (typeof data !== "object" || data === null) return undefined;
  const fields = new Map<string, unknown>(Object.entries(data));
  const text = (name: string) => {
    const value = fields.get(name);
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  const message = text("message");
  if (message === undefined) return undefined;
  const level = text("level");
  return {
    id,
    title: text("title"),
    message,
    type:
      oneOf(
        ["info", "warning", "error", "success"],
        level === "critical" ? "error" : (text("type") ?? level),
      ) ?? "info",
    priority:
      oneOf(["low", "normal", "high", "critical"], text("priority")) ??
      (level === "critical" ? "high" : "normal"),
    actionUrl: text("actionUrl"),
    at,
    channel,
  };
}

function oneOf<Value extends string>(values: readonly Value[], given: string | undefined): Value | undefined {
  return values.find((value) => value === given);
}
