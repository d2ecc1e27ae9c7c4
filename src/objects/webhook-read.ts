import type { ReadNotifications } from "../protocol/webhook.ts";
import type { Webhooks } from "./webhooks.ts";

/** What the ids in one webhook may take in bytes, as JSON: a message of the queue holds 128,000. */
const IDS_BYTES = 100_000;

const encoder = new TextEncoder();

/** Tells that a user has read notifications: one webhook for one mark, unless its ids are too many for a message. */
export function tellRead(
  webhooks: Pick<Webhooks, "tell">,
  userId: string,
  which: ReadNotifications,
  at: number,
): void {
  const parts = "ids" in which ? inParts(which.ids).map((ids) => ({ ids })) : [which];
  for (const part of parts) {
    webhooks.tell({ event: "notification.read", data: { userId, ...part } }, { at });
  }
}

function inParts(ids: readonly string[]): string[][] {
  const parts: string[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const id of ids) {
    const size = encoder.encode(JSON.stringify(id)).length + 1;
    const open = parts.at(-1);
    if (open && bytes + size <= IDS_BYTES) {
      open.push(id);
      bytes += size;
    } else {
      parts.push([id]);
      bytes = size;
    }
  }
  return parts;
}
