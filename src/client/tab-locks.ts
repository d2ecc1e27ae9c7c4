import type { Release } from "./lock.ts";

/** Takes a lock from whoever has it. @param lost it was taken from here in turn. */
export function seizeLock(name: string, held: (release: Release) => void, lost: () => void): void {
  const hold = () => new Promise<void>((release) => held(release));
  navigator.locks.request(name, { steal: true }, hold).catch(lost);
}

/** Takes a lock as soon as it is free. @param signal ends the wait. @param lost it was taken from here. */
export function awaitLock(
  name: string,
  signal: AbortSignal,
  held: (release: Release) => void,
  lost: () => void = () => undefined,
): void {
  // It may be granted in the very moment in which the wait is ended.
  const hold = () => signal.aborted || new Promise<void>((release) => held(release));
  navigator.locks.request(name, { signal }, hold).catch(() => signal.aborted || lost());
}
