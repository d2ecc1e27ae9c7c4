import type { Store, Undo } from "./api.ts";
import { type Complaint, Listeners } from "./emitter.ts";

/** A value that tells when it is another one. */
export class Value<Held> implements Store<Held> {
  #held: Held;
  readonly #listeners: Listeners<[]>;

  constructor(held: Held, complain: Complaint) {
    this.#held = held;
    this.#listeners = new Listeners(complain);
  }

  get(): Held {
    return this.#held;
  }

  set(held: Held): void {
    if (held === this.#held) return;
    this.#held = held;
    this.#listeners.tell("");
  }

  subscribe(listener: () => void): Undo {
    return this.#listeners.add("", listener);
  }
}
