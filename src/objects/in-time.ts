/** How long a call to another object may take (ms) before it counts as failed; it may be repeated then. */
const PATIENCE = 5000;

/** Waits, and can be told not to any more. */
export type Wait = (ms: number, signal?: AbortSignal) => Promise<void>;

/** The runtime's clock. */
export const wait: Wait = (ms, signal) => scheduler.wait(ms, signal && { signal });

/**
 * Calls another object, and gives up if the answer takes too long: whoever waits for it, a publisher or a socket that is
 * behind, must not wait for ever.
 */
export async function inTime<Answer>(call: () => Promise<Answer>, waiting: Wait = wait): Promise<Answer> {
  // A timer that is left running would keep the object from sleeping.
  const answered = new AbortController();
  const tooLate = waiting(PATIENCE, answered.signal).then(() => {
    throw new Error("Another object did not answer in time.");
  });
  try {
    return await Promise.race([call(), tooLate]);
  } finally {
    answered.abort();
  }
}
