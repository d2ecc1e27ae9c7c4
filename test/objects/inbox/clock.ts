const told = Date.now;
/** So far ahead that no alarm rings by itself: a run rings them. */
const AHEAD = 400 * 86_400_000;
let ahead = AHEAD;

export const MINUTE = 60_000;

/** Turns the clock on by so many minutes. The objects run in the test's own isolate. */
export function turnOn(minutes: number): void {
  ahead += minutes * MINUTE;
}

/** Puts a clock that can be turned on in the place of the runtime's. @returns what puts the runtime's back. */
export function installClock(): () => void {
  Date.now = () => told() + ahead;
  return () => {
    Date.now = told;
    ahead = AHEAD;
  };
}
