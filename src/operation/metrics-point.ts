import { type Metric, metrics, nameIn } from "./metrics.ts";
import type { Sums } from "./metrics-tally.ts";

/** The sums of a data point, in this order: `double1` and so on. docs/metrics.md lists them. */
export const pointColumns: readonly string[] = Object.entries(metrics).flatMap(
  ([name, { type }]: [string, Metric]) => {
    if (type === "gauge") return [];
    return type === "histogram" ? [`${name}_count`, `${name}_sum`] : [name];
  },
);

/** What one hand-over counted, as a data point of Analytics Engine: one number for each metric, all labels together. */
export function pointOf(sums: Sums, index: string): { indexes: string[]; doubles: number[] } {
  const totals = new Map<string, number>();
  for (const [series, sum] of Object.entries(sums)) {
    const name = nameIn(series);
    totals.set(name, (totals.get(name) ?? 0) + sum);
  }
  return { indexes: [index], doubles: pointColumns.map((name) => totals.get(name) ?? 0) };
}
