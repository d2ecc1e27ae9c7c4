import { z } from "zod";
import type { ServerFrameOf } from "../../src/protocol/frames.ts";
import { type Counts, countsSchema, type InboxPage, type Item, itemSchema } from "./inbox.ts";

type Times = Pick<Item, "seenAt" | "readAt" | "archivedAt">;

const whichSchema = z.union([
  z.object({ ids: z.array(z.string()).min(1) }),
  z.object({ all: z.literal(true), upTo: z.number() }),
]);

const arrival = itemSchema.extend({ replaces: z.string().optional(), counts: countsSchema });
const update = z.intersection(
  whichSchema,
  z.object({
    as: z.enum(["read", "unread", "seen", "unseen", "archived", "unarchived"]),
    at: z.number(),
    counts: countsSchema,
  }),
);
const deletion = z.intersection(whichSchema, z.object({ counts: countsSchema }));

/** What is told of the inbox beside the log. */
const passingSchemas: Readonly<Record<string, z.ZodType>> = {
  "notification:read": z.strictObject({ id: z.string(), readAt: z.number() }),
  "unread:count": z.strictObject({ count: z.number() }),
};

/** What a client knows of the inbox: a page that it has fetched, or nothing, and what the log has told since. */
export class InboxView {
  counts: Counts;
  readonly #items: Map<string, Item>;

  constructor(page?: Pick<InboxPage, "notifications" | "counts">) {
    this.counts = page?.counts ?? { total: 0, unread: 0, unseen: 0 };
    this.#items = new Map(page?.notifications.map((item) => [item.id, item]));
  }

  /** Those that are not archived, newest first. */
  get notifications(): Item[] {
    return this.all.filter(({ archivedAt }) => archivedAt === null);
  }

  /** The archived ones too. */
  get all(): Item[] {
    return [...this.#items.values()].toSorted((a, b) => b.offset - a.offset);
  }

  /** Applies an event of the user's log; one that is not of the inbox changes nothing. */
  take({ event, data, offset, id }: ServerFrameOf<"event">): void {
    passingSchemas[event]?.parse(data);
    if (offset === undefined) return;
    if (event === "notification:new") {
      const { replaces, counts, ...item } = arrival.parse(data);
      if (item.offset !== offset || item.id !== id) throw new Error("It does not agree with its entry.");
      if (replaces !== undefined) this.#items.delete(replaces);
      this.#items.set(item.id, item);
      this.counts = counts;
    } else if (event === "notification:updated") {
      const { as, at, counts, ...which } = update.parse(data);
      for (const item of this.#thoseOf(which)) this.#items.set(item.id, { ...item, ...marked(item, as, at) });
      this.counts = counts;
    } else if (event === "notification:deleted") {
      const { counts, ...which } = deletion.parse(data);
      for (const item of this.#thoseOf(which)) this.#items.delete(item.id);
      this.counts = counts;
    }
  }

  #thoseOf(which: z.output<typeof whichSchema>): Item[] {
    if ("ids" in which) return which.ids.flatMap((id) => this.#items.get(id) ?? []);
    return this.all.filter(({ offset }) => offset <= which.upTo);
  }
}

/** The times after a mark: what is so already keeps its time, and what is read has been seen. */
function marked(
  { seenAt, readAt, archivedAt }: Times,
  as: z.output<typeof update>["as"],
  at: number,
): Partial<Times> {
  switch (as) {
    case "read":
      return { readAt: readAt ?? at, seenAt: seenAt ?? at };
    case "unread":
      return { readAt: null };
    case "seen":
      return { seenAt: seenAt ?? at };
    case "unseen":
      return { seenAt: null };
    case "archived":
      return { archivedAt: archivedAt ?? at };
    case "unarchived":
      return { archivedAt: null };
  }
}

/** The counts that a list of notifications comes to. */
export function countsOf(items: readonly Item[]): Counts {
  const inInbox = items.filter(({ archivedAt }) => archivedAt === null);
  return {
    total: inInbox.length,
    unread: inInbox.filter(({ readAt }) => readAt === null).length,
    unseen: inInbox.filter(({ seenAt }) => seenAt === null).length,
  };
}
