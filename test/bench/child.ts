import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { type Usage, usageOf } from "./process-usage.ts";

const failure = z.object({ kind: z.literal("failed"), message: z.string() });

/**
 * A process of the benchmark, which does what it is told: one command, one answer. It ends when this process does.
 *
 * @example
 * await using child = new Child("./publisher.ts");
 * const { counts } = await child.ask(command, published, 10_000);
 */
export class Child implements AsyncDisposable {
  readonly #name: string;
  readonly #process: ChildProcess;

  /** @param module the program, relative to this folder. */
  constructor(module: string, args: readonly string[] = []) {
    this.#name = module;
    this.#process = fork(fileURLToPath(new URL(module, import.meta.url)), args, {
      execArgv: [],
      // Its output is the benchmark's; a crash must be seen.
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
  }

  get pid(): number {
    const { pid } = this.#process;
    if (pid === undefined) throw new Error(`${this.#name} could not be started.`);
    return pid;
  }

  usage(): Usage | undefined {
    return usageOf(this.pid);
  }

  /**
   * Sends a command and takes the answer.
   *
   * @param milliseconds how long that may take.
   * @throws {Error} what the process says that it failed at, or that it ended or did not answer.
   */
  async ask<Answer extends z.ZodType>(
    command: { readonly kind: string },
    answer: Answer,
    milliseconds: number,
  ): Promise<z.output<Answer>> {
    const abandon = new AbortController();
    const { signal } = abandon;
    const asked = `${this.#name} was asked to ${command.kind}`;
    const answered = once(this.#process, "message", { signal }).then(([message]: unknown[]) => message);
    const ended = once(this.#process, "exit", { signal }).then(([code]: unknown[]) => {
      throw new Error(`${asked} and ended with ${code}.`);
    });
    // Whichever loses the race is abandoned, which is no failure.
    answered.catch(() => {});
    ended.catch(() => {});
    const late = AbortSignal.timeout(milliseconds);
    const lateness = once(late, "abort", { signal }).then(() => {
      throw new Error(`${asked} and did not answer within ${milliseconds / 1000} s.`);
    });
    lateness.catch(() => {});
    try {
      this.#process.send(command);
      const message = await Promise.race([answered, ended, lateness]);
      const failed = failure.safeParse(message);
      if (failed.success) throw new Error(`${asked}: ${failed.data.message}`);
      return answer.parse(message);
    } finally {
      abandon.abort();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = once(this.#process, "exit");
    this.#process.kill("SIGKILL");
    await ended;
  }
}
