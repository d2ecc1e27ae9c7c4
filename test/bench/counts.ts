import { z } from "zod";

/** Where the counting server tells what it has counted. */
export const COUNTS_PATH = "/bench/counts";

const tally = z.record(z.string(), z.number());

/** What objects did that costs money, since the server was started. */
export const counts = z.object({
  /** Requests to objects: calls and upgrades, by object and method, and alarms. */
  requests: tally,
  /** Rows, by object, as the platform counts them for the bill; setting an alarm is a row too. */
  rowsWritten: tally,
  rowsRead: tally,
});
export type Counts = z.output<typeof counts>;

/** What was counted between two moments. What did not happen is not in it. */
export function difference(after: Counts, before: Counts): Counts {
  const between = (name: keyof Counts) =>
    Object.fromEntries(
      Object.entries(after[name])
        .map(([what, count]) => [what, count - (before[name][what] ?? 0)] as const)
        .filter(([, count]) => count > 0),
    );
  return {
    requests: between("requests"),
    rowsWritten: between("rowsWritten"),
    rowsRead: between("rowsRead"),
  };
}

/** All of one sort together. */
export function totalOf(tallied: Counts[keyof Counts]): number {
  return Object.values(tallied).reduce((sum, count) => sum + count, 0);
}

/** The paid plan's prices in dollars, for a million of each (2026-11, docs/performance.md). */
const DOLLARS = { requests: 0.15, rowsWritten: 1, rowsRead: 0.001 } as const;

/** What that costs on the paid plan, in dollars, beyond what the plan includes. */
export function dollarsOf({ requests, rowsWritten, rowsRead }: Counts): number {
  return (
    (totalOf(requests) * DOLLARS.requests +
      totalOf(rowsWritten) * DOLLARS.rowsWritten +
      totalOf(rowsRead) * DOLLARS.rowsRead) /
    1_000_000
  );
}
