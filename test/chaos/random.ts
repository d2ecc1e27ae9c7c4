/**
 * Numbers that are the same for the same seed (mulberry32). Each part of a run has a stream of its own, so that what
 * one of them does at which moment does not change what the others draw.
 */
export class Random {
  readonly #seed: number;
  #state: number;

  constructor(seed: number) {
    this.#seed = seed;
    this.#state = seed;
  }

  /** A stream for a part of the run. */
  of(part: string): Random {
    let seed = this.#seed;
    for (const character of part) seed = Math.imul(seed ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
    return new Random(seed);
  }

  /** From 0 up to, but not, 1. */
  readonly next = (): number => {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };

  between(least: number, most: number): number {
    return least + this.next() * (most - least);
  }

  /** A whole number from 0 up to, but not, `count`. */
  below(count: number): number {
    return Math.floor(this.next() * count);
  }

  /** Whether something happens that has this probability. */
  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new Error("There is nothing to pick from.");
    return item;
  }

  /** One of several, the earlier ones more often: some rooms and users are busier than others. */
  pickEarly<Item>(items: readonly Item[]): Item {
    const item = items[Math.floor(this.next() ** 1.5 * items.length)];
    if (item === undefined) throw new Error("There is nothing to pick from.");
    return item;
  }
}
