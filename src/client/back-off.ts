/** Bounds of the delay before a connection is tried again, in ms. */
export interface BackOff {
  readonly minDelay: number;
  readonly maxDelay: number;
}

/**
 * How long to wait before an attempt, in ms: full jitter above the shortest delay, up to a bound that doubles with each
 * attempt, so that a crowd whose service was restarted does not come back all at once.
 *
 * @param attempt the attempt that comes, from 1.
 * @param random from 0 up to 1.
 * @example delayBefore(1, { minDelay: 1000, maxDelay: 30_000 }, Math.random()) // 1000 to 2000
 */
export function delayBefore(attempt: number, { minDelay, maxDelay }: BackOff, random: number): number {
  const bound = Math.min(maxDelay, minDelay * 2 ** attempt);
  return minDelay + random * Math.max(0, bound - minDelay);
}
