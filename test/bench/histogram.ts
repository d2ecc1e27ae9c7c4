import { z } from "zod";

/** Each bucket is 1 % wider than the one before, so a quantile is off by half a percent at most. */
const STEP = Math.log(1.01);
/** Enough for durations of thousands of years. */
const BUCKETS = 4096;

/** A histogram as it travels between processes: pairs of bucket and count, and the largest value. */
export const histogramData = z.object({
  buckets: z.array(z.tuple([z.number(), z.number()])),
  max: z.number(),
});
export type HistogramData = z.output<typeof histogramData>;

/**
 * Counts durations by size, in microseconds, in the same memory however many there are.
 *
 * @example
 * const latency = new Histogram();
 * latency.record(1200);
 * latency.quantile(0.95); // about 1200
 */
export class Histogram {
  /** By bucket. */
  readonly #counts = new Float64Array(BUCKETS);
  #total = 0;
  #max = 0;

  get total(): number {
    return this.#total;
  }

  get max(): number {
    return this.#max;
  }

  record(value: number): void {
    const bucket = value <= 1 ? 0 : Math.floor(Math.log(value) / STEP);
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#total++;
    if (value > this.#max) this.#max = value;
  }

  /** Adds what another process has counted. */
  add({ buckets, max }: HistogramData): void {
    for (const [bucket, count] of buckets) {
      this.#counts[bucket] = (this.#counts[bucket] ?? 0) + count;
      this.#total += count;
    }
    this.#max = Math.max(this.#max, max);
  }

  /** The value that a share of all do not exceed, or nothing where nothing was counted. */
  quantile(share: number): number | undefined {
    if (this.#total === 0) return undefined;
    let left = Math.max(1, Math.ceil(this.#total * share));
    for (const [bucket, count] of this.#counts.entries()) {
      left -= count;
      if (left <= 0) return Math.min(this.#max, Math.exp((bucket + 0.5) * STEP));
    }
    return this.#max;
  }

  toData(): HistogramData {
    const buckets = [...this.#counts.entries()].filter(([, count]) => count > 0);
    return { buckets, max: this.#max };
  }
}
