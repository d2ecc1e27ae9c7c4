import { z } from "zod";
import type { countsSchema, Mark } from "../protocol/frames.ts";

/** The badge: notifications in the inbox (not archived), those of them not read, and those not seen. */
export type Counts = Readonly<z.output<typeof countsSchema>>;

/** When a notification was seen, read and archived (ms), or not. */
export interface Times {
  readonly seenAt: number | null;
  readonly readAt: number | null;
  readonly archivedAt: number | null;
}

/** One mark of everything up to an offset: kept as such, so that marking ten thousand writes one row. */
const sweepSchema = z.object({
  as: z.enum(["read", "unread", "seen", "archived", "unarchived"]),
  upTo: z.number(),
  /** When (ms). */
  at: z.number(),
  /** Its place among all changes of the inbox. */
  seq: z.number(),
});

export type Sweep = z.output<typeof sweepSchema>;

/** What holds for an inbox as a whole. */
export const inboxStateSchema = z.object({
  total: z.number(),
  unread: z.number(),
  unseen: z.number(),
  /** Everything up to here was deleted at once. */
  deletedUpTo: z.number(),
  /** Changes so far. */
  seq: z.number(),
  sweeps: z.array(sweepSchema),
});

export type InboxState = z.output<typeof inboxStateSchema>;

export const emptyState: InboxState = { total: 0, unread: 0, unseen: 0, deletedUpTo: 0, seq: 0, sweeps: [] };

/** A notification's place, what it was last marked as by itself, and when among all changes. */
export interface Marked extends Times {
  readonly offset: number;
  readonly seq: number;
}

/** The times that hold for a notification: its own, and what was marked later along with others. */
export function timesOf(
  { offset, seq, seenAt, readAt, archivedAt }: Marked,
  sweeps: readonly Sweep[],
): Times {
  return sweeps
    .filter((sweep) => sweep.seq > seq && offset <= sweep.upTo)
    .reduce<Times>((times, { as, at }) => marked(times, as, at), { seenAt, readAt, archivedAt });
}

/** The times after a mark. What is so already keeps its time; what is read has been seen. */
export function marked(times: Times, as: Exclude<Mark, "deleted">, at: number): Times {
  switch (as) {
    case "read":
      return { ...times, readAt: times.readAt ?? at, seenAt: times.seenAt ?? at };
    case "unread":
      return { ...times, readAt: null };
    case "seen":
      return { ...times, seenAt: times.seenAt ?? at };
    case "archived":
      return { ...times, archivedAt: times.archivedAt ?? at };
    case "unarchived":
      return { ...times, archivedAt: null };
  }
}

/** What one notification adds to the counts. */
export function weightOf({ seenAt, readAt, archivedAt }: Times): Counts {
  if (archivedAt !== null) return nothing;
  return { total: 1, unread: readAt === null ? 1 : 0, unseen: seenAt === null ? 1 : 0 };
}

export const nothing: Counts = { total: 0, unread: 0, unseen: 0 };

export function plus(one: Counts, other: Counts): Counts {
  return {
    total: one.total + other.total,
    unread: one.unread + other.unread,
    unseen: one.unseen + other.unseen,
  };
}

export function minus(one: Counts, other: Counts): Counts {
  return {
    total: one.total - other.total,
    unread: one.unread - other.unread,
    unseen: one.unseen - other.unseen,
  };
}
