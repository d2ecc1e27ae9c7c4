/**
 * Whether one connection got every event of its log once, by the offsets. What does not come is noticed at the end, when
 * the number of events that were published is known.
 */
export class Ledger {
  readonly #isOrdered: boolean;
  /** Offsets beyond the next one, where events may come in another order. */
  readonly #ahead = new Set<number>();
  #offset = 0;
  #received = 0;
  #repeated = 0;

  /** @param isOrdered whether an event that comes after a later one is out of place. */
  constructor(isOrdered = true) {
    this.#isOrdered = isOrdered;
  }

  /** The newest event that came, with all before it. */
  get offset(): number {
    return this.#offset;
  }

  /** Events since `begin` that came at their place. */
  get received(): number {
    return this.#received;
  }

  /** Events since `begin` that came a second time or, where there is an order, after a later one. */
  get repeated(): number {
    return this.#repeated;
  }

  /** Goes to where the server says that this connection stands. */
  goTo(offset: number): void {
    this.#offset = offset;
  }

  /** Counts from nothing, from here on. */
  begin(): void {
    this.#received = 0;
    this.#repeated = 0;
  }

  /** Answers whether the event is a new one. */
  take(offset: number): boolean {
    if (offset <= this.#offset || this.#ahead.has(offset)) {
      this.#repeated++;
      return false;
    }
    this.#received++;
    if (this.#isOrdered || offset === this.#offset + 1) this.#offset = offset;
    else this.#ahead.add(offset);
    while (this.#ahead.size > 0 && this.#ahead.delete(this.#offset + 1)) this.#offset++;
    return true;
  }
}
