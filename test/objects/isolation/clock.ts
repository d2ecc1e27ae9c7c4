/** How long (ms) something brief lives. No run takes so long by itself. */
export const BRIEF = 60_000;

const told = Date.now;
let ahead = 0;

/** Turns the clock on, beyond the life of everything brief. The objects run in the test's own isolate. */
export function turnOn(): void {
  ahead += 2 * BRIEF;
}

/** Puts a clock that can be turned on in the place of the runtime's. @returns what puts the runtime's back. */
export function installClock(): () => void {
  Date.now = () => told() + ahead;
  return () => {
    Date.now = told;
  };
}
