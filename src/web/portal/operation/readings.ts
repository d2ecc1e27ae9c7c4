import { buckets, readMetrics, total } from "./metrics-text.ts";

/** What the service had counted at one moment. Counters since it began, so only differences tell anything. */
export interface Reading {
  /** ms since 1970. */
  readonly at: number;
  readonly connections: number;
  readonly deliveries: number;
  readonly latency: ReadonlyMap<number, number>;
}

/** One point of the charts: what happened between two readings. */
export interface Point {
  readonly at: number;
  readonly connections: number;
  /** For each second. */
  readonly deliveries: number;
  /** ms that 95 of 100 deliveries took at the most, as the buckets' bounds tell it; nothing where there were none. */
  readonly latency: number | undefined;
}

export function readingOf(metrics: string, connections: number, at: number): Reading {
  const samples = readMetrics(metrics);
  return {
    ...{ at, connections },
    deliveries: total(samples, "carillon_deliveries_total"),
    latency: buckets(samples, "carillon_delivery_latency_seconds"),
  };
}

/** What happened between each two readings that follow each other. */
export function pointsOf(readings: readonly Reading[]): readonly Point[] {
  return readings.flatMap((reading, index) => {
    const before = readings[index - 1];
    if (!before) return [];
    const seconds = Math.max(0.001, (reading.at - before.at) / 1000);
    // A service that began anew counts from nothing again.
    const deliveries = Math.max(0, reading.deliveries - before.deliveries) / seconds;
    return [{ at: reading.at, connections: reading.connections, deliveries, latency: p95(before, reading) }];
  });
}

function p95(before: Reading, after: Reading): number | undefined {
  const counts = [...after.latency]
    .map(([bound, count]) => [bound, count - (before.latency.get(bound) ?? 0)] as const)
    .toSorted(([one], [other]) => one - other);
  const all = counts.at(-1)?.[1] ?? 0;
  if (all <= 0) return undefined;
  const [bound = Infinity] = counts.find(([, count]) => count >= 0.95 * all) ?? [];
  // Beyond the last bound nothing is known but that it took longer.
  const largest = counts.findLast(([one]) => Number.isFinite(one))?.[0] ?? 0;
  return (Number.isFinite(bound) ? bound : largest) * 1000;
}
