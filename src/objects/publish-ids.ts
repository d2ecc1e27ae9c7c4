import type { Publication } from "./publication.ts";

/** Where an event of a publication came to lie; `offset` is absent for an event that is not stored. */
export interface Place {
  readonly channel: string;
  readonly offset: number | undefined;
}

interface Remembered {
  readonly hash: string;
  readonly places: Place[];
}

/** What is known of a publish id. */
export type Recalled =
  | { readonly kind: "new" }
  | { readonly kind: "repeated"; readonly places: readonly Place[] }
  | { readonly kind: "conflict" };

/**
 * The publish ids that a log has taken (rule F4): those of its newest rows, read once for each waking that publishes,
 * and those that came since. Why there is no index for them stands in docs/decisions.md.
 */
export class PublishIds {
  readonly #limit: number;
  /** The publication of which the first entries may lie before what is remembered. */
  #cut: string | undefined;
  readonly #byId = new Map<string, Remembered>();

  /** @param limit how many ids are remembered. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /**
   * Takes in the rows of the log, in their order.
   *
   * @param rows those that are to be remembered, and the one before them if there is one.
   * @param after the offset after which they are to be remembered.
   */
  read(rows: Iterable<{ offset: number; id: string; hash: string; channel: string }>, after: number): void {
    let before: string | undefined;
    for (const { offset, id, hash, channel } of rows) {
      if (offset <= after) {
        before = id;
        continue;
      }
      // Of the row before nothing may be left.
      if (this.#byId.size === 0 && offset > 1 && (before === undefined || before === id)) this.#cut = id;
      const known = this.#byId.get(id);
      if (known) known.places.push({ channel, offset });
      else this.#byId.set(id, { hash, places: [{ channel, offset }] });
    }
  }

  /** Whether a publication was taken before, with the same content to the same channels or with other. */
  recall({ id, hash, events }: Publication): Recalled {
    const before = this.#byId.get(id);
    if (!before) return { kind: "new" };
    const missing = id === this.#cut ? events.length - before.places.length : 0;
    const isSame =
      before.hash === hash &&
      missing >= 0 &&
      before.places.length + missing === events.length &&
      before.places.every(({ channel }, index) => channel === events[index + missing]?.channel);
    if (!isSame) return { kind: "conflict" };
    const first = (before.places[0]?.offset ?? 0) - missing;
    // Entries of one publication have offsets in a row.
    const gone = events.slice(0, missing).map(({ channel }, index) => ({ channel, offset: first + index }));
    return { kind: "repeated", places: [...gone, ...before.places] };
  }

  /** Remembers a publication, and forgets the oldest beyond the limit. */
  remember({ id, hash }: Publication, places: Place[]): void {
    this.#byId.set(id, { hash, places });
    for (const oldest of this.#byId.keys()) {
      if (this.#byId.size <= this.#limit) break;
      this.#byId.delete(oldest);
    }
  }
}
