import { useSyncExternalStore } from "react";

/** ms; the finest that is said of a time is a minute. */
const STEP = 30_000;

let now = 0;
let timer: ReturnType<typeof setInterval> | undefined;
const listeners = new Set<() => void>();

/** The time, in ms since 1970, and a render every half minute: of all who ask at once, by one timer. `undefined` on a server. */
export function useNow(): number | undefined {
  return useSyncExternalStore(subscribe, read, onServer);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(tick, STEP);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

function read(): number {
  // Whoever asks first, after nobody asked for a while, finds the time of long ago.
  if (timer === undefined) now = Math.floor(Date.now() / 1000) * 1000;
  return now;
}

function tick(): void {
  now = Date.now();
  for (const listener of [...listeners]) listener();
}

function onServer(): undefined {
  return undefined;
}
