import { type CounterName, type HistogramName, type LabelsOf, latencyBounds, seriesOf } from "./metrics.ts";

/** Sums by series. */
export type Sums = Readonly<Record<string, number>>;

const INFINITE = "+Inf";

/** What has been counted and not been taken yet. Counting is a change in memory and nothing else. */
export class Tally {
  #sums = new Map<string, number>();
  #countedAt = 0;
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  get isEmpty(): boolean {
    return this.#sums.size === 0;
  }

  /** When something was last counted (ms). */
  get countedAt(): number {
    return this.#countedAt;
  }

  count<Name extends CounterName>(name: Name, labels: LabelsOf<Name>, by = 1): void {
    if (by > 0) this.#add(seriesOf(name, labels), by);
  }

  /** Counts what took so long, as often as it happened. The buckets hold all that took no longer, as they are told. */
  observe<Name extends HistogramName>(
    name: Name,
    labels: LabelsOf<Name>,
    milliseconds: number,
    times = 1,
  ): void {
    if (times <= 0) return;
    // Clocks of two machines may differ by a little.
    const seconds = Math.max(0, milliseconds) / 1000;
    for (const le of latencyBounds) {
      if (seconds <= le) this.#add(seriesOf(`${name}_bucket`, { ...labels, le: `${le}` }), times);
    }
    this.#add(seriesOf(`${name}_bucket`, { ...labels, le: INFINITE }), times);
    this.#add(seriesOf(`${name}_sum`, labels), seconds * times);
    this.#add(seriesOf(`${name}_count`, labels), times);
  }

  /** Everything counted since this was last called. */
  take(): Sums {
    const sums = Object.fromEntries(this.#sums);
    this.#sums.clear();
    return sums;
  }

  #add(series: string, by: number): void {
    this.#countedAt = this.#now();
    this.#sums.set(series, (this.#sums.get(series) ?? 0) + by);
  }
}

/** One sum of each series. */
export function addedUp(all: readonly Sums[]): Sums {
  const total: Record<string, number> = {};
  for (const sums of all) {
    for (const [series, sum] of Object.entries(sums)) total[series] = (total[series] ?? 0) + sum;
  }
  return total;
}

/**
 * What this isolate has counted: the Worker and all objects in it count here, and whoever of them is awake hands it over
 * (src/objects/counters.ts).
 */
export const tally = new Tally(Date.now);
