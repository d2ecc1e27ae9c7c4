import type { Counts, InboxNotification, Mark, Received } from "./api.ts";
import { isAmong, type Known, marked, type Which } from "./inbox-view.ts";
import { hasFields } from "./json.ts";

/** What an entry of the user's log says of the inbox, and the counts after it. */
export type InboxEntry = { readonly offset: number; readonly counts: Counts } & (
  | { readonly kind: "new"; readonly item: InboxNotification; readonly replaces: string | undefined }
  | { readonly kind: "updated"; readonly which: Which; readonly as: Mark; readonly at: number }
  | { readonly kind: "deleted"; readonly which: Which }
);

type Told = { readonly counts: Counts; readonly ids?: readonly string[]; readonly upTo?: number };

/** Reads an event of the user's log; nothing where it is not an entry of the inbox. */
export function entryOf({ event, data, offset }: Received): InboxEntry | undefined {
  if (offset === undefined || !hasFields(data, "counts")) return undefined;
  if (event === "notification:new" && isArrival(data)) {
    const { counts, replaces, ...item } = data;
    return { kind: "new", offset, counts, item, replaces };
  }
  if (!isTold(data)) return undefined;
  const { counts, ids, upTo = 0 } = data;
  const which = ids ? { ids } : { upTo };
  if (event === "notification:deleted") return { kind: "deleted", offset, counts, which };
  if (event !== "notification:updated" || !isUpdate(data)) return undefined;
  return { kind: "updated", offset, counts, which, as: data.as, at: data.at };
}

/** What is known after an entry. */
export function withEntry({ items }: Known, entry: InboxEntry): Known {
  const after = new Map(items);
  if (entry.kind === "new") {
    if (entry.replaces !== undefined) after.delete(entry.replaces);
    after.set(entry.item.id, entry.item);
  } else {
    for (const item of items.values()) {
      if (!isAmong(item, entry.which)) continue;
      if (entry.kind === "deleted") after.delete(item.id);
      else after.set(item.id, marked(item, entry.as, entry.at));
    }
  }
  return { items: after, counts: entry.counts };
}

function isArrival(data: object): data is InboxNotification & { counts: Counts; replaces?: string } {
  return hasFields(data, "id", "offset", "title");
}

function isTold(data: object): data is Told {
  return "ids" in data || "upTo" in data;
}

function isUpdate(data: object): data is { readonly as: Mark; readonly at: number } {
  return hasFields(data, "as", "at");
}
