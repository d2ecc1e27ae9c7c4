import { dollarsOf } from "./counts.ts";
import { hostedPrices } from "./hosted-prices.ts";
import type { Measurement } from "./measurement.ts";
import type { Table } from "./table.ts";

const MILLION = 1_000_000;

/** What a million deliveries cost in each shape that was counted, beside what hosted services ask for the same. */
export function moneyTable(rows: readonly Measurement[]): Table {
  const delivering = rows.filter((row) => row.kind === "cost").filter(({ deliveries }) => deliveries > 0);
  return {
    title: "A million deliveries in dollars, beyond what plans include",
    names: 2,
    head: [
      "what",
      "audience",
      "deliveries of each event",
      "carillon",
      ...hostedPrices.map(({ name }) => name),
    ],
    rows: delivering.map((row) => {
      const shares = row.deliveries / row.events;
      return [
        ...[row.what, `${row.sockets.toLocaleString("en")}, ${row.audience}`, shares.toLocaleString("en")],
        dollars((dollarsOf(row.counted) / row.deliveries) * MILLION),
        ...hostedPrices.map(({ published, delivered }) => dollars(delivered + published / shares)),
      ];
    }),
  };
}

function dollars(amount: number): string {
  return amount.toFixed(amount < 0.1 ? 4 : 2);
}
