export interface GatheringOptions {
  /** Sends what waits. Must not throw. */
  readonly flush: () => void;
  /** How many sockets a flush serves. */
  readonly sockets: () => number;
  /** How long (ms) something waits for others for each socket that there is. */
  readonly perSocket: number;
  /** The longest time (ms) that something waits for others; 0 sends everything at once. */
  readonly longest: number;
  readonly wait: (ms: number) => Promise<void>;
}

/**
 * Decides when an object sends to its sockets. What comes first leaves at once. What comes within the time after it waits
 * for the end of that time and leaves together, in one message for each socket: sending costs the same for one event and
 * for fifty. The more sockets, the longer; with a few there is nothing to be gained, and nothing waits.
 */
export class Gathering {
  readonly #options: GatheringOptions;
  /** The next flush, while the time after the last one runs. */
  #next: Promise<void> | undefined;
  #isWanted = false;

  constructor(options: GatheringOptions) {
    this.#options = options;
  }

  /** Sends what waits now, or with the flush that is due. @returns nothing, or what resolves when that has been done. */
  send(): Promise<void> | undefined {
    if (this.#next) this.#isWanted = true;
    else this.#flush();
    return this.pending;
  }

  /** Resolves when what waits has been sent; nothing where nothing waits. */
  get pending(): Promise<void> | undefined {
    return this.#isWanted ? this.#next : undefined;
  }

  #flush(): void {
    const { flush, sockets, perSocket, longest, wait } = this.#options;
    this.#isWanted = false;
    flush();
    const pause = Math.min(sockets() * perSocket, longest);
    // A timer is no finer than this. It ends before the object could go to sleep.
    if (pause < 1) return;
    // The runtime's clock stands still while sockets are written to: the time counts from when that is done.
    this.#next = wait(0)
      .then(() => wait(pause))
      .then(() => {
        this.#next = undefined;
        if (this.#isWanted) this.#flush();
      });
  }
}
