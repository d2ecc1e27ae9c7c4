/** How long a call to another object may take (ms) before it counts as failed; it may be repeated then. */
const PATIENCE = 5000;

/** Waits. Once `until` has settled nobody is waiting any more. */
export type Wait = (ms: number, until?: Promise<unknown>) => Promise<void>;

/**
 * The runtime's clock. A timer of its own for each call between objects, called off by an AbortSignal, cost half as much
 * as the call itself.
 */
export const wait: Wait = (ms, until) =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    // A timer that is left running would keep the object from sleeping.
    const stop = () => clearTimeout(timer);
    until?.then(stop, stop);
  });

/**
 * Calls another object, and gives up if the answer takes too long: whoever waits for it, a publisher or a socket that is
 * behind, must not wait for ever.
 */
export async function inTime<Answer>(call: () => Promise<Answer>, waiting: Wait = wait): Promise<Answer> {
  const answer = call();
  const tooLate = waiting(PATIENCE, answer).then(() => {
    throw new Error("Another object did not answer in time.");
  });
  return await Promise.race([answer, tooLate]);
}
