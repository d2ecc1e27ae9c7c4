import { useCallback, useSyncExternalStore } from "react";
import type { Store } from "../client/api.ts";

/**
 * A store's value, and a render at each change of it.
 *
 * @param server what is shown on a server and while the page that a server rendered is taken over: the same on both
 * sides, whatever the store has come to meanwhile.
 */
export function useStore<Value>(store: Store<Value>, server: Value): Value {
  return useSyncExternalStore(
    useCallback((listener: () => void) => store.subscribe(listener), [store]),
    useCallback(() => store.get(), [store]),
    () => server,
  );
}

/** A store whose value is set from outside. */
export interface Cell<Value> extends Store<Value> {
  set(value: Value): void;
}

/** Makes a store of a value. Its listeners hear of another value only, and one that throws keeps none of the others from it. */
export function cell<Value>(initial: Value): Cell<Value> {
  let value = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    set(next) {
      if (Object.is(next, value)) return;
      value = next;
      for (const listener of [...listeners]) listener();
    },
    subscribe(listener) {
      // Wrapped, so that the same function may listen twice and each undo takes away its own.
      const entry = () => listener();
      listeners.add(entry);
      return () => void listeners.delete(entry);
    },
  };
}
