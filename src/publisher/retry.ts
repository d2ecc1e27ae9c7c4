/** Delay before the second try, in ms; it doubles with each further one. */
const FIRST_DELAY = 250;
const LONGEST_DELAY = 10_000;
/** The longest that a service may ask us to wait, in seconds; beyond it the caller decides. */
const LONGEST_RETRY_AFTER = 60;

/**
 * How long to wait after a try that failed, in ms, spread at random so that many publishers do not come back at once.
 *
 * @param attempt the number of tries so far.
 * @param retryAfter what the service asked for, in seconds.
 * @param random from 0 to 1.
 * @returns `undefined` where the service asks for longer than a call should last.
 */
export function delayAfter(
  attempt: number,
  retryAfter: number | undefined,
  random: number,
): number | undefined {
  if (retryAfter !== undefined && retryAfter > LONGEST_RETRY_AFTER) return undefined;
  const backoff = Math.min(FIRST_DELAY * 2 ** (attempt - 1), LONGEST_DELAY) * (0.5 + random);
  return Math.max(backoff, retryAfter === undefined ? 0 : retryAfter * 1000 + random * FIRST_DELAY);
}

/** Seconds that a `Retry-After` header asks for, in either of its forms. */
export function readRetryAfter(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - now) / 1000));
}

/** Waits, in ms. @throws the signal's reason when it is aborted meanwhile. */
export function wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
  // Promise.withResolvers is not there in Node 20.
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const giveUp = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", giveUp);
      resolve();
    }, ms);
    signal?.addEventListener("abort", giveUp, { once: true });
  });
}
