/**
 * Whether one connection got every event of its log once and in order, by the offsets. What does not come is noticed
 * at the end, when the number of events that were published is known.
 */
export class Ledger {
  #offset = 0;
  #received = 0;
  #repeated = 0;

  /** The newest event that came. */
  get offset(): number {
    return this.#offset;
  }

  /** Events since `begin` that came at their place. */
  get received(): number {
    return this.#received;
  }

  /** Events since `begin` that came a second time, or after a later one. */
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
    if (offset <= this.#offset) {
      this.#repeated++;
      return false;
    }
    this.#offset = offset;
    this.#received++;
    return true;
  }
}
