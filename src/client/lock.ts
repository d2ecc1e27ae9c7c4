/** A lock of the browser's, over all tabs of an origin: what lets go of it. The browser does so itself when a tab is gone. */
export type Release = () => void;

/** Whether there are such locks here, and a way to speak to other tabs. */
export function hasLocks(): boolean {
  return globalThis.navigator?.locks !== undefined && typeof BroadcastChannel !== "undefined";
}

/** Takes a lock that nobody has. @returns nothing where somebody has it. */
export function tryLock(name: string): Promise<Release | undefined> {
  return new Promise((settle) => {
    const hold = (lock: Lock | null) =>
      lock ? new Promise<void>((release) => settle(release)) : settle(undefined);
    navigator.locks.request(name, { ifAvailable: true }, hold).catch(() => settle(undefined));
  });
}

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
