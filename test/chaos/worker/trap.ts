import { ABORTED, type Attack, type Point } from "../attack.ts";

/** How long something stands still at a point, in milliseconds; the process is killed meanwhile. */
export const HOLD = 1000;

interface Armed {
  readonly attack: Attack;
  readonly reached: () => void;
}

/** The trap that is laid in an object under test: the next call that passes its point springs it. */
export class Trap {
  readonly #ctx: DurableObjectState;
  #armed: Armed | undefined;

  constructor(ctx: DurableObjectState) {
    this.#ctx = ctx;
  }

  /** Lays the trap and waits for it. An abort is never answered: the caller gets the error of it. */
  async lay(attack: Attack): Promise<"held" | "late"> {
    if (attack.point === "now") this.#ctx.abort(ABORTED);
    const { promise, resolve } = Promise.withResolvers<"held">();
    this.#armed = { attack, reached: () => resolve("held") };
    const late = scheduler.wait(attack.patience).then(() => "late" as const);
    const outcome = await Promise.race([promise, late]);
    if (outcome === "late" && attack.deed === "abort") this.#ctx.abort(ABORTED);
    this.#armed = undefined;
    return outcome;
  }

  isAt(point: Point): boolean {
    return this.#armed?.attack.point === point;
  }

  /** Aborts in the caller's synchronous block. */
  strike(point: Point): void {
    if (this.isAt(point) && this.#armed?.attack.deed === "abort") this.#ctx.abort(ABORTED);
  }

  /** Passes a point: aborts there, or stands still. What was written before is durable by then. */
  async spring(point: Point): Promise<void> {
    if (!this.isAt(point) || !this.#armed) return;
    const { attack, reached } = this.#armed;
    this.#armed = undefined;
    await scheduler.wait(attack.delay);
    await this.#ctx.storage.sync();
    if (attack.deed === "abort") this.#ctx.abort(ABORTED);
    reached();
    await scheduler.wait(HOLD);
  }
}
