import { Failure } from "./command.ts";

/** A step failed, which has been told; what comes after it makes no sense. */
export class StepFailed extends Error {
  override readonly name = "StepFailed";
}

/** Runs steps one after the other and tells of each in one line: how it went, how long it took, what it found. */
export class Steps {
  readonly #out: (line: string) => void;
  readonly #secrets = new Set<string>();
  readonly #began = performance.now();
  #count = 0;

  constructor(out: (line: string) => void) {
    this.#out = out;
  }

  /** From here on this text is blotted out of every line, whoever put it there. */
  hide(secret: string): void {
    this.#secrets.add(secret);
  }

  /**
   * Runs one step.
   *
   * @param work is given what to call with what it found, in a few words, and answers with what later steps need.
   * @throws {StepFailed} when the work fails, after telling why.
   */
  async run<Found>(name: string, work: (found: (note: string) => void) => Promise<Found>): Promise<Found> {
    const began = performance.now();
    let note = "";
    try {
      const found = await work((text) => {
        note = text;
      });
      this.#tell("✓", name, began, note);
      this.#count += 1;
      return found;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      this.#tell(
        "✗",
        name,
        began,
        error instanceof Failure ? error.message : `${error.name}: ${error.message}`,
      );
      throw new StepFailed(name);
    }
  }

  /** The last line. */
  done(): void {
    this.#out(`${this.#count} steps passed in ${Math.round(performance.now() - this.#began)} ms`);
  }

  #tell(mark: string, name: string, began: number, note: string): void {
    const milliseconds = String(Math.round(performance.now() - began)).padStart(6);
    let line = `${mark} ${name.padEnd(28)}${milliseconds} ms  ${note}`;
    for (const secret of this.#secrets) line = line.replaceAll(secret, "•••");
    this.#out(line.trimEnd());
  }
}
