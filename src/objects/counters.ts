import type { Sums, Tally } from "../operation/metrics-tally.ts";
import { describe, report } from "../operation/report.ts";

/** What an isolate has counted since it last handed something over. */
export interface HandOver {
  /** Names the isolate's memory, in which the numbers below grow. */
  readonly life: string;
  /** Grows with each hand-over of a life; one that comes again brings the same sums. */
  readonly sequence: number;
  readonly sums: Sums;
}

export interface CountersOptions {
  readonly tally: Pick<Tally, "isEmpty" | "countedAt" | "take">;
  readonly wait: (ms: number) => Promise<void>;
  readonly now: () => number;
  /** A name that no other life has. */
  readonly newLife: () => string;
}

/** Gives a hand-over to its shard; may fail, and is repeated then. */
export type Give = (handOver: HandOver) => Promise<void>;

/** After so long without anything counted an isolate takes itself to be falling idle (ms). */
const QUIET = 3000;
/** How often that is looked at by one caller: nine seconds in all, less than an object stays awake anyway. */
const LOOKS = 3;
/** A hand-over that has not ended after so long died with the object or request that made it (ms). */
const PATIENCE = 10_000;
/** A shard knows a life's last sequence for longer (`REMEMBERED`), so that nothing can count twice. */
const GIVE_UP = 600_000;

interface Batch extends HandOver {
  readonly since: number;
}

/**
 * Decides when what an isolate has counted is handed over: at most once in an interval while it is busy, and once when
 * nothing has been counted for a moment. The callers are the Worker's requests and objects that are awake; what is kept
 * between them are numbers alone, since each may die at any moment and its timers and calls with it.
 */
export class Counters {
  readonly #options: CountersOptions;
  #life: string | undefined;
  #sequence = 0;
  #batch: Batch | undefined;
  #handedAt = 0;
  #watchedUntil = 0;
  #givenUntil = 0;

  constructor(options: CountersOptions) {
    this.#options = options;
  }

  /**
   * Hands over before long, unless another caller sees to it.
   *
   * @param interval at least so long (ms) between two while there is something to count.
   * @returns what the caller has to stay alive for, if anything.
   */
  soon(give: Give, interval: number): Promise<void> | undefined {
    const { tally, now } = this.#options;
    const time = now();
    if ((tally.isEmpty && !this.#batch) || time < this.#watchedUntil) return undefined;
    this.#watchedUntil = time + QUIET * (LOOKS + 1);
    return this.#watch(give, interval);
  }

  /** Hands over what there is, at once. Never fails: what was not taken is handed over again. */
  async now(give: Give): Promise<void> {
    const isRepeated = this.#batch !== undefined;
    await this.#hand(give);
    if (isRepeated && !this.#batch) await this.#hand(give);
  }

  async #watch(give: Give, interval: number): Promise<void> {
    const { tally, now, wait } = this.#options;
    for (let look = 0; look < LOOKS; look++) {
      await wait(QUIET);
      const isQuiet = now() - tally.countedAt >= QUIET;
      if (!isQuiet && now() - this.#handedAt < interval) continue;
      this.#watchedUntil = 0;
      return this.now(give);
    }
    // Busy, so somebody else comes along at once.
    this.#watchedUntil = 0;
  }

  async #hand(give: Give): Promise<void> {
    const { now } = this.#options;
    const time = now();
    if (time < this.#givenUntil) return;
    const batch = this.#nextBatch(time);
    if (!batch) return;
    this.#batch = batch;
    this.#givenUntil = time + PATIENCE;
    this.#handedAt = time;
    try {
      const { life, sequence, sums } = batch;
      await give({ life, sequence, sums });
      if (this.#batch === batch) this.#batch = undefined;
    } catch (error) {
      report("warn", "counts were not handed over", describe(error));
    } finally {
      this.#givenUntil = 0;
    }
  }

  #nextBatch(time: number): Batch | undefined {
    const { tally, newLife } = this.#options;
    if (this.#batch && time - this.#batch.since < GIVE_UP) return this.#batch;
    if (this.#batch) report("warn", "counts are lost: no shard took them for ten minutes");
    this.#batch = undefined;
    if (tally.isEmpty) return undefined;
    this.#life ??= newLife();
    this.#sequence += 1;
    return { life: this.#life, sequence: this.#sequence, sums: tally.take(), since: time };
  }
}
