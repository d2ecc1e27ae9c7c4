import { z } from "zod";

/** Where the counting server tells what it has counted. */
export const COUNTS_PATH = "/bench/counts";

const tally = z.record(z.string(), z.number());

/** What costs money, since the server was started. */
export const counts = z.object({
  /** Requests to the Worker, and batches that a queue brought. */
  invocations: tally,
  /** Requests to objects: calls and upgrades, by object and method, and alarms. */
  requests: tally,
  /** Messages on sockets that reached an object; what the runtime answers by itself does not. */
  messages: tally,
  /** Rows, by object, as the platform counts them for the bill; setting an alarm is a row too. */
  rowsWritten: tally,
  rowsRead: tally,
  /** What queues were given, in operations: each message is written, read and deleted. */
  queued: tally,
  /** How often an object was made or woken, by object. That is not billed by itself. */
  wakeUps: tally,
});
export type Counts = z.output<typeof counts>;

/** What the counting server tells. */
export const countsAnswer = z.object({
  counts,
  /** Calls of objects that are not answered yet. */
  underWay: z.number(),
  /** Alarms, by object, that are set and due within the next hour. */
  alarmsWithinAnHour: tally,
});
export type CountsAnswer = z.output<typeof countsAnswer>;

export const noCounts: Counts = {
  invocations: {},
  requests: {},
  messages: {},
  rowsWritten: {},
  rowsRead: {},
  queued: {},
  wakeUps: {},
};

/** What was counted between two moments. What did not happen is not in it. */
export function difference(after: Counts, before: Counts): Counts {
  const between = (name: keyof Counts) =>
    Object.fromEntries(
      Object.entries(after[name])
        .map(([what, count]) => [what, count - (before[name][what] ?? 0)] as const)
        .filter(([, count]) => count > 0),
    );
  return {
    invocations: between("invocations"),
    requests: between("requests"),
    messages: between("messages"),
    rowsWritten: between("rowsWritten"),
    rowsRead: between("rowsRead"),
    queued: between("queued"),
    wakeUps: between("wakeUps"),
  };
}

/** All of one sort together. */
export function totalOf(tallied: Counts[keyof Counts]): number {
  return Object.values(tallied).reduce((sum, count) => sum + count, 0);
}

/** The paid plan's prices in dollars, for a million of each (docs/performance.md says where they stand). */
const DOLLARS: Readonly<Record<keyof Counts, number>> = {
  invocations: 0.3,
  requests: 0.15,
  // Twenty messages are one request.
  messages: 0.15 / 20,
  rowsWritten: 1,
  rowsRead: 0.001,
  queued: 0.4,
  wakeUps: 0,
};

/** What that costs on the paid plan, in dollars, beyond what the plan includes, without duration and processor time. */
export function dollarsOf(counted: Counts): number {
  const sorts = counts.keyof().options;
  return sorts.reduce((sum, sort) => sum + totalOf(counted[sort]) * DOLLARS[sort], 0) / 1_000_000;
}
