import type { Store } from "./api.ts";
import { type Complaint, createListeners } from "./emitter.ts";

/** A value that tells when it is another one. */
export interface Value<Held> extends Store<Held> {
  set(held: Held): void;
}

export function createValue<Held>(first: Held, complain: Complaint): Value<Held> {
  const listeners = createListeners<[]>(complain);
  let held = first;
  return {
    get: () => held,
    set(next) {
      if (next === held) return;
      held = next;
      listeners.tell("");
    },
    subscribe: (listener) => listeners.add("", listener),
  };
}
