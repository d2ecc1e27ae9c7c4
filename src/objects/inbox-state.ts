import { z } from "zod";
import { countsSchema, type Mark } from "../protocol/frames.ts";

/** The badge: notifications in the inbox (not archived), those of them not read, and those not seen. */
export type Counts = Readonly<z.output<typeof countsSchema>>;

/** When a notification was seen, read and archived (ms), or not. */
export interface Times {
  readonly seenAt: number | null;
  readonly readAt: number | null;
  readonly archivedAt: number | null;
}

/** What a notification can be marked as and still lie there. */
export type Keeping = Exclude<Mark, "deleted">;

/** One mark of everything up to an offset: kept as such, so that marking ten thousand writes one row. */
const sweepSchema = z.object({
  as: z.enum(["read", "unread", "seen", "unseen", "archived", "unarchived"]),
  upTo: z.number(),
  /** When (ms). */
  at: z.number(),
  /** Its place among all changes of the inbox. */
  seq: z.number(),
});

export type Sweep = Readonly<z.output<typeof sweepSchema>>;

const tallySchema = z.object({ inbox: countsSchema, archive: countsSchema });

/** Counts of all that is kept: of the inbox itself, which is the badge, and of what is archived. */
export interface Tally {
  readonly inbox: Counts;
  readonly archive: Counts;
}

/** What holds for an inbox as a whole. */
export const inboxStateSchema = z.object({
  tally: tallySchema,
  /** Everything up to here was deleted at once. */
  deletedUpTo: z.number(),
  /** Nothing was published before (ms), if there is anything. */
  oldest: z.number().nullable(),
  /** Nothing removes itself before (ms), if anything does. */
  expires: z.number().nullable(),
  /** Changes so far. */
  seq: z.number(),
  sweeps: z.array(sweepSchema),
});

export type InboxState = Readonly<z.output<typeof inboxStateSchema>>;

export const noCounts: Counts = { total: 0, unread: 0, unseen: 0 };

export const nothing: Tally = { inbox: noCounts, archive: noCounts };

export const emptyState: InboxState = {
  tally: nothing,
  deletedUpTo: 0,
  oldest: null,
  expires: null,
  seq: 0,
  sweeps: [],
};

/** A notification's place, what it was last marked as by itself, and when among all changes. */
export interface Marked extends Times {
  readonly offset: number;
  readonly seq: number;
}

export const unmarked: Times = { seenAt: null, readAt: null, archivedAt: null };

/** The times that hold for a notification: its own, and what was marked later along with others. */
export function timesOf(one: Marked, sweeps: readonly Sweep[]): Times {
  const { seenAt, readAt, archivedAt } = one;
  let times: Times = { seenAt, readAt, archivedAt };
  for (const { seq, upTo, as, at } of sweeps) {
    if (seq > one.seq && one.offset <= upTo) times = marked(times, as, at);
  }
  return times;
}

/**
 * Marks of many, with one more behind them; without those of which nothing is left by that, so that marking to and fro
 * does not make them ever more.
 */
export function withSweep(sweeps: readonly Sweep[], last: Sweep): Sweep[] {
  const left = sweeps.flatMap((sweep) => (sweep.upTo > last.upTo ? sweep : leftOf(sweep, last.as)));
  return [...left, last];
}

/** What is left of a mark when all that it marked is marked once more. */
function leftOf(sweep: Sweep, as: Keeping): Sweep | [] {
  const isArchiving = sweep.as === "archived" || sweep.as === "unarchived";
  if (as === "unarchived" && isArchiving) return [];
  if (as === "unseen" && (sweep.as === "seen" || sweep.as === "unseen")) return [];
  if (as === "unread" && sweep.as === "unread") return [];
  if (as === "unread" && sweep.as === "read") return { ...sweep, as: "seen" };
  return sweep;
}

/** The times after a mark. What is so already keeps its time; what is read has been seen. */
export function marked({ seenAt, readAt, archivedAt }: Times, as: Keeping, at: number): Times {
  switch (as) {
    case "read":
      return { seenAt: seenAt ?? at, readAt: readAt ?? at, archivedAt };
    case "unread":
      return { seenAt, readAt: null, archivedAt };
    case "seen":
      return { seenAt: seenAt ?? at, readAt, archivedAt };
    case "unseen":
      return { seenAt: null, readAt, archivedAt };
    case "archived":
      return { seenAt, readAt, archivedAt: archivedAt ?? at };
    case "unarchived":
      return { seenAt, readAt, archivedAt: null };
  }
}

export function isSame(one: Times, other: Times): boolean {
  return one.seenAt === other.seenAt && one.readAt === other.readAt && one.archivedAt === other.archivedAt;
}

/** What one notification adds to the counts. */
export function weightOf({ seenAt, readAt, archivedAt }: Times): Tally {
  const counts = { total: 1, unread: readAt === null ? 1 : 0, unseen: seenAt === null ? 1 : 0 };
  return archivedAt === null ? { inbox: counts, archive: noCounts } : { inbox: noCounts, archive: counts };
}

/** Counts notifications, of which there may be ten thousand. */
export function tallyOf(all: Iterable<Marked>, sweeps: readonly Sweep[]): Tally {
  const tally = { inbox: { ...noCounts }, archive: { ...noCounts } };
  for (const one of all) {
    const { seenAt, readAt, archivedAt } = timesOf(one, sweeps);
    const counts = archivedAt === null ? tally.inbox : tally.archive;
    counts.total += 1;
    if (readAt === null) counts.unread += 1;
    if (seenAt === null) counts.unseen += 1;
  }
  return tally;
}

/**
 * The counts after everything that was counted has been marked. They say all that is needed for it, so that nobody
 * has to look at each notification; what they say is the same only where the mark changes none of them.
 */
export function markedAll({ inbox, archive }: Tally, as: Keeping): Tally {
  switch (as) {
    case "archived":
      return { inbox: noCounts, archive: sum(archive, inbox, 1) };
    case "unarchived":
      return { inbox: sum(inbox, archive, 1), archive: noCounts };
    default:
      return { inbox: markedCounts(inbox, as), archive: markedCounts(archive, as) };
  }
}

function markedCounts({ total, unseen, unread }: Counts, as: "read" | "unread" | "seen" | "unseen"): Counts {
  switch (as) {
    case "read":
      return { total, unread: 0, unseen: 0 };
    case "unread":
      return { total, unread: total, unseen };
    case "seen":
      return { total, unread, unseen: 0 };
    case "unseen":
      return { total, unread, unseen: total };
  }
}

export function plus(one: Tally, other: Tally): Tally {
  return { inbox: sum(one.inbox, other.inbox, 1), archive: sum(one.archive, other.archive, 1) };
}

export function minus(one: Tally, other: Tally): Tally {
  return { inbox: sum(one.inbox, other.inbox, -1), archive: sum(one.archive, other.archive, -1) };
}

export function isSameTally(one: Tally, other: Tally): boolean {
  return isSameCounts(one.inbox, other.inbox) && isSameCounts(one.archive, other.archive);
}

/** How many notifications are kept. */
export function keptIn({ inbox, archive }: Tally): number {
  return inbox.total + archive.total;
}

/** The earlier of two times, where there are any. */
export function earlier(one: number | null, other: number | null | undefined): number | null {
  return one === null || other === null || other === undefined
    ? (one ?? other ?? null)
    : Math.min(one, other);
}

function isSameCounts(one: Counts, other: Counts): boolean {
  return one.total === other.total && one.unread === other.unread && one.unseen === other.unseen;
}

function sum(one: Counts, other: Counts, sign: 1 | -1): Counts {
  return {
    total: one.total + sign * other.total,
    unread: one.unread + sign * other.unread,
    unseen: one.unseen + sign * other.unseen,
  };
}
