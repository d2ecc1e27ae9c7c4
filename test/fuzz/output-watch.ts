import type { Target } from "./target.ts";

/** A line of a failure that nobody expected: an error that was logged, or one that was not even caught. */
const fault = /"level":"error"|uncaught|unhandled|fatal|\bat .+:\d+:\d+/i;

/** Looks into what the service prints for failures that nobody was told of. */
export class OutputWatch {
  readonly #target: Target;
  #seen = "";

  constructor(target: Target) {
    this.#target = target;
  }

  /** @throws {Error} with the lines of failures since it was last asked. */
  check(): void {
    const printed = this.#target.output();
    const faults = this.#newIn(printed)
      .split("\n")
      .filter((line) => fault.test(line));
    this.#seen = printed;
    if (faults.length > 0) throw new Error(`The service printed:\n${faults.slice(0, 5).join("\n")}`);
  }

  /** Passes over what was printed so far. */
  forget(): void {
    this.#seen = this.#target.output();
  }

  /** The target keeps what it printed last: what was seen ends somewhere in it. */
  #newIn(printed: string): string {
    if (printed.startsWith(this.#seen)) return printed.slice(this.#seen.length);
    const end = this.#seen.slice(-200);
    const at = printed.lastIndexOf(end);
    return at === -1 ? printed : printed.slice(at + end.length);
  }
}
