import { type Counts, dollarsOf, totalOf } from "./counts.ts";
import { whole } from "./figure.ts";
import { faultsOf, type Measurement } from "./measurement.ts";
import type { Table } from "./table.ts";

const columns: readonly (readonly [keyof Counts, string])[] = [
  ["invocations", "Worker requests"],
  ["requests", "object requests"],
  ["messages", "messages"],
  ["rowsWritten", "rows written"],
  ["rowsRead", "rows read"],
  ["queued", "queue operations"],
  ["wakeUps", "wake-ups"],
];

export function costTable(rows: readonly Measurement[]): Table {
  return {
    title: "What things cost: counted by the Worker and its objects themselves, for each",
    names: 3,
    head: [
      ...["audience", "sockets", "what", "for each", "of them"],
      ...columns.map(([, head]) => head),
      ...["$ for a million", "faults"],
    ],
    rows: rows
      .filter((row) => row.kind === "cost")
      .map((row) => [
        ...[row.audience, whole(row.sockets), row.what, row.each, whole(row.of)],
        ...columns.map(([name]) => (totalOf(row.counted[name]) / row.of).toFixed(3)),
        ((dollarsOf(row.counted) / row.of) * 1_000_000).toFixed(2),
        whole(faultsOf(row)),
      ]),
  };
}
