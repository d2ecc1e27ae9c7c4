/** A lock of the browser's, over all tabs of an origin: what lets go of it. The browser does so itself when a tab is gone. */
export type Release = () => void;

/** Whether there are such locks here, and a way to speak to other tabs. */
export function hasLocks(): boolean {
  return Boolean(globalThis.navigator?.locks && globalThis.BroadcastChannel);
}

/** Takes a lock that nobody has. @returns nothing where somebody has it. */
export function tryLock(name: string): Promise<Release | undefined> {
  return new Promise((settle) => {
    const hold = (lock: Lock | null) =>
      lock ? new Promise<void>((release) => settle(release)) : settle(undefined);
    navigator.locks.request(name, { ifAvailable: true }, hold).catch(() => settle(undefined));
  });
}
