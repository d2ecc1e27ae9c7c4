import type { Undo } from "./api.ts";

/** What is told of a listener that threw. */
export type Complaint = (thrown: unknown) => void;

/**
 * Those who listen to one thing, or to several by name. A listener that throws harms no other: what it threw is told to
 * `complain`. Whoever begins or ends to listen while something is being told counts from the next time on.
 */
export class Listeners<Args extends readonly unknown[]> {
  readonly #complain: Complaint;
  readonly #byName = new Map<string, Set<(...args: Args) => void>>();

  constructor(complain: Complaint) {
    this.#complain = complain;
  }

  /** @returns what ends it; calling that twice does nothing. */
  add(name: string, listener: (...args: Args) => void): Undo {
    // The same function may be given twice; each is undone by its own.
    const own = (...args: Args) => listener(...args);
    const named = this.#byName.get(name) ?? new Set();
    this.#byName.set(name, named.add(own));
    return () => {
      named.delete(own);
      if (named.size === 0 && this.#byName.get(name) === named) this.#byName.delete(name);
    };
  }

  has(name: string): boolean {
    return this.#byName.has(name);
  }

  tell(name: string, ...args: Args): void {
    for (const listener of [...(this.#byName.get(name) ?? [])]) {
      try {
        listener(...args);
      } catch (thrown) {
        this.#complain(thrown);
      }
    }
  }
}
