import type { Counts, InboxNotification, Mark } from "./api.ts";

/** Which notifications: those of these ids, or all that arrived up to an offset of the user's log. */
export type Which = { readonly ids: readonly string[] } | { readonly upTo: number };

/** A mark, or a deletion. */
export interface Change {
  readonly as: Mark;
  readonly which: Which;
  /** ms since 1970. */
  readonly at: number;
}

/** What is known of the inbox. */
export interface Known {
  /** By id; those that are archived too. */
  readonly items: ReadonlyMap<string, InboxNotification>;
  readonly counts: Counts;
}

export const nothing: Known = { items: new Map(), counts: { total: 0, unread: 0, unseen: 0 } };

export function isAmong({ id, offset }: InboxNotification, which: Which): boolean {
  return "ids" in which ? which.ids.includes(id) : offset <= which.upTo;
}

/**
 * What is known after a change that the service has not told yet. The counts move by what is known of the notifications
 * that it is about; of the older ones, which are not loaded, they are those that a change of all leaves.
 */
export function withChange({ items, counts }: Known, change: Change): Known {
  const after = new Map(items);
  for (const item of items.values()) {
    if (!isAmong(item, change.which)) continue;
    if (change.as === "deleted") after.delete(item.id);
    else after.set(item.id, marked(item, change.as, change.at));
  }
  const [before, now] = [countsOf(items), countsOf(after)];
  const count = (field: keyof Counts) => counts[field] + now[field] - before[field];
  const moved = { total: count("total"), unread: count("unread"), unseen: count("unseen") };
  return { items: after, counts: "upTo" in change.which ? ofAll(moved, now, change.as) : moved };
}

/** The times after a mark: what is so already keeps its time, and what is read has been seen. */
export function marked(item: InboxNotification, as: Mark, at: number): InboxNotification {
  switch (as) {
    case "read":
      return { ...item, readAt: item.readAt ?? at, seenAt: item.seenAt ?? at };
    case "unread":
      return { ...item, readAt: null };
    case "seen":
      return { ...item, seenAt: item.seenAt ?? at };
    case "unseen":
      return { ...item, seenAt: null };
    case "archived":
      return { ...item, archivedAt: item.archivedAt ?? at };
    case "unarchived":
      return { ...item, archivedAt: null };
    case "deleted":
      return item;
  }
}

/** After a change of all nothing is left of it but what came later, which is known. */
function ofAll(counts: Counts, { total, unread, unseen }: Counts, as: Mark): Counts {
  if (as === "read") return { ...counts, unread, unseen };
  if (as === "seen") return { ...counts, unseen };
  if (as === "archived" || as === "deleted") return { total, unread, unseen };
  return counts;
}

function countsOf(items: ReadonlyMap<string, InboxNotification>): Counts {
  const counts = { total: 0, unread: 0, unseen: 0 };
  for (const { readAt, seenAt, archivedAt } of items.values()) {
    if (archivedAt !== null) continue;
    counts.total += 1;
    if (readAt === null) counts.unread += 1;
    if (seenAt === null) counts.unseen += 1;
  }
  return counts;
}
