import { setTimeout } from "node:timers/promises";
import type { OutputWatch } from "./output-watch.ts";

/** How long the smallest counterexamples are looked for in all, in ms. */
const SHRINK_TIME = 60_000;
/** How long what a batch did may take to be printed, in ms; nothing tells when it has been. */
const PRINT_TIME = 50;

/**
 * The search for counterexamples by lanes that run at once, until the first that fails. What the service prints may
 * come from any of them, so each then fails; they look for their smallest counterexamples one after the other, alone.
 */
export class Search {
  readonly #watch: OutputWatch;
  #printed: Error | undefined;
  #deadline: number | undefined;
  /** Who looks for the smallest counterexample or waits for that, and how to end it. */
  readonly #shrinking = new Map<string, PromiseWithResolvers<void>>();

  constructor(watch: OutputWatch) {
    this.#watch = watch;
  }

  /** Whether a lane has no more to try. */
  isOverFor(lane: string): boolean {
    if (this.#deadline === undefined) return false;
    return !this.#shrinking.has(lane) || Date.now() > this.#deadline;
  }

  /** Runs one batch. @throws {Error} what is wrong, when it is this lane's turn to look for the smallest batch. */
  async attempt(lane: string, batch: () => Promise<void>): Promise<void> {
    const isShrinking = this.#shrinking.has(lane);
    try {
      await batch();
      if (isShrinking) await setTimeout(PRINT_TIME);
      this.#look(isShrinking);
    } catch (error) {
      if (!isShrinking) await this.#enter(lane);
      // What this batch had printed is not the next one's.
      else await this.#settle(PRINT_TIME);
      throw error;
    }
  }

  /** A lane has come to its end. */
  leave(lane: string): void {
    this.#shrinking.get(lane)?.resolve();
  }

  #look(isAlone: boolean): void {
    try {
      this.#watch.check();
    } catch (error) {
      if (!isAlone && error instanceof Error) this.#printed ??= error;
      throw error;
    }
    if (!isAlone && this.#printed) throw this.#printed;
  }

  async #enter(lane: string): Promise<void> {
    const before = [...this.#shrinking.values()].at(-1);
    this.#deadline ??= Date.now() + SHRINK_TIME;
    this.#shrinking.set(lane, Promise.withResolvers<void>());
    await before?.promise;
    // What the others still had under way is not this lane's.
    await this.#settle(10 * PRINT_TIME);
  }

  async #settle(ms: number): Promise<void> {
    await setTimeout(ms);
    this.#watch.forget();
  }
}
