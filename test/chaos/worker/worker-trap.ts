import { ABORTED, type Attack, type Point } from "../attack.ts";
import { HOLD } from "./trap.ts";

/** How often it is looked whether a trap was sprung, in milliseconds. */
const LOOK = 10;

/**
 * The trap for the Worker's own part of a publish, which has no object that could be aborted: it throws in whatever
 * passes its point, or lets it stand still. One request lays it and another springs it, so the one must look.
 */
export class WorkerTrap {
  #armed: Attack | undefined;

  async lay(attack: Attack): Promise<"aborted" | "held" | "late"> {
    this.#armed = attack;
    const end = Date.now() + attack.patience;
    while (this.#armed === attack && Date.now() < end) await scheduler.wait(LOOK);
    if (this.#armed !== attack) return attack.deed === "abort" ? "aborted" : "held";
    this.#armed = undefined;
    return "late";
  }

  /** @throws {Error} where the trap is laid there, and meant to. */
  async spring(point: Point): Promise<void> {
    if (this.#armed?.point !== point) return;
    const { deed } = this.#armed;
    this.#armed = undefined;
    if (deed === "abort") throw new Error(ABORTED);
    await scheduler.wait(HOLD);
  }
}
