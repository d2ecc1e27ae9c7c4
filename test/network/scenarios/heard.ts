import { expect } from "vitest";

/** An event as it is heard, whole: it lies in a log, and came at some time. */
export function event(channel: string, name: string, data: unknown, id: string) {
  const at = expect.any(Number);
  return { type: "event", channel, event: name, data, id, at, offset: expect.any(Number) };
}

/** What a notification says. */
export interface Said {
  readonly type: string;
  readonly title: string;
  readonly message: string;
  readonly actionUrl?: string;
  readonly actionText?: string;
  readonly priority?: string;
}

/**
 * A notification as it is heard by its user; `data` is the event's that it came with. What the inbox adds to it, times
 * and counts, is a matter of the inbox.
 */
export function notification(user: string, said: Said, data: unknown, id: string) {
  const entry = { id, priority: "normal", ...said, data, createdAt: expect.any(Number) };
  return event(`user:${user}`, "notification:new", expect.objectContaining(entry), id);
}
