/** How long something is remembered: by this window until it is closed, or by every window of this device. */
export type Memory = "window" | "device";

function storageOf(memory: Memory): Storage {
  return memory === "window" ? sessionStorage : localStorage;
}

/** @returns nothing where nothing is remembered by this name, or the browser lets pages remember nothing. */
export function recall(memory: Memory, name: string): string | undefined {
  try {
    return storageOf(memory).getItem(name) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Remembers a text, or forgets it for `undefined`. Where the browser lets pages remember nothing, a reload forgets it. */
export function remember(memory: Memory, name: string, text: string | undefined): void {
  try {
    if (text === undefined) storageOf(memory).removeItem(name);
    else storageOf(memory).setItem(name, text);
  } catch {
    // It may be forbidden, or full: the page shows what it was told all the same.
  }
}
