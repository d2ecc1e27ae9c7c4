/** The longest a queue is asked to wait before it delivers again, in seconds. */
const LONGEST = 900;

/**
 * How long to wait, in whole seconds, after so many tries have failed: the delay doubles up to a quarter of an hour and is
 * spread at random, from half to one and a half of it, so that what failed together does not come back together.
 *
 * @param first seconds after the first try.
 * @param random from 0 to 1.
 * @param longest seconds, where it is not a quarter of an hour.
 */
export function delayAfter(tries: number, first: number, random: number, longest = LONGEST): number {
  const delay = Math.min(first * 2 ** (tries - 1), longest);
  return Math.max(1, Math.round(delay * (0.5 + random)));
}
