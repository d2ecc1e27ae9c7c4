import type { Received, Undo } from "./api.ts";

/** What is told of a listener that threw. */
export type Complaint = (thrown: unknown) => void;

/** Those who listen to one thing, or to several by name. */
export interface Listeners<Args extends readonly unknown[]> {
  /** @returns what ends it; calling that twice does nothing. */
  add(name: string, listener: (...args: Args) => void): Undo;
  has(name: string): boolean;
  tell(name: string, ...args: Args): void;
}

/**
 * A listener that throws harms no other: what it threw is told to `complain`. Whoever begins or ends to listen while
 * something is being told counts from the next time on.
 */
export function createListeners<Args extends readonly unknown[]>(complain: Complaint): Listeners<Args> {
  // The same function may be given twice; each is undone by its own.
  const all = new Set<readonly [string, (...args: Args) => void]>();
  const of = (name: string) => [...all].filter(([own]) => own === name);
  return {
    add(name, listener) {
      const one = [name, listener] as const;
      all.add(one);
      return () => void all.delete(one);
    },
    has: (name) => of(name).length > 0,
    tell(name, ...args) {
      for (const [, listener] of of(name)) {
        try {
          listener(...args);
        } catch (thrown) {
          complain(thrown);
        }
      }
    },
  };
}

/** Tells an event to those who listen to its name, and then to those who listen to all. */
export function tellEvent(listeners: Listeners<[unknown, Received]>, event: Received): void {
  for (const name of [event.event, "*"]) listeners.tell(name, event.data, event);
}
