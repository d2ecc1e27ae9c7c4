import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Failure, type Surroundings } from "./command.ts";

/** How long the server may take to end by itself before it is killed, in milliseconds. */
const GRACE = 5_000;

/** Where wrangler writes: held until the service is ready, then passed on. */
type Output = { readonly kind: "held"; readonly lines: string[] } | { readonly kind: "passed" };

/** `wrangler dev` as a child process, with the processes that it starts. */
export class DevServer {
  /** Settles when the server has ended, with how it did. */
  readonly ended: Promise<string>;
  readonly #child: ChildProcess;
  readonly #out: (line: string) => void;
  #output: Output = { kind: "held", lines: [] };

  constructor(args: readonly string[], { directory, env, out, err }: Surroundings) {
    this.#out = out;
    const script = join(directory, "node_modules/wrangler/bin/wrangler.js");
    this.#child = spawn(process.execPath, [script, "dev", ...args], {
      cwd: directory,
      env: {
        ...env,
        WRANGLER_SEND_METRICS: "false",
        WRANGLER_HIDE_BANNER: "true",
        // Where the developer sits is of no use to the service, and asking fails loudly without a network.
        CLOUDFLARE_CF_FETCH_ENABLED: "false",
      },
      stdio: ["ignore", "pipe", "pipe"],
      // A group of its own, so that the runtime that wrangler starts can be ended with it.
      detached: process.platform !== "win32",
    });
    const { promise, resolve } = Promise.withResolvers<string>();
    this.ended = promise;
    // The last resort, for when we end without having ended it.
    process.on("exit", this.#kill);
    this.#child.once("error", (error) => resolve(`wrangler could not be started: ${error.message}`));
    this.#child.once("close", (code, signal) => resolve(`wrangler ended with ${signal ?? `code ${code}`}`));
    eachLine(this.#child.stdout, (line) => this.#tell(line));
    // Warnings and errors are never held back.
    eachLine(this.#child.stderr, err);
  }

  /** Passes wrangler's output on from here; what was held is forgotten. */
  pass(): void {
    this.#output = { kind: "passed" };
  }

  /** Tells what was held so far, for whoever must find out why the server did not become ready. */
  release(): void {
    if (this.#output.kind === "held") for (const line of this.#output.lines) this.#out(line);
    this.pass();
  }

  /** Ends the server and every process that it started. */
  async stop(): Promise<void> {
    this.#signal("SIGTERM");
    const timer = setTimeout(this.#kill, GRACE);
    await this.ended;
    clearTimeout(timer);
    // Whatever of the group has outlived its leader.
    this.#kill();
    process.off("exit", this.#kill);
  }

  #tell(line: string): void {
    if (this.#output.kind === "held") this.#output.lines.push(line);
    else this.#out(line);
  }

  readonly #kill = () => this.#signal("SIGKILL");

  #signal(signal: "SIGTERM" | "SIGKILL"): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      if (process.platform === "win32") this.#child.kill(signal);
      else process.kill(-pid, signal);
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
    }
  }
}

function eachLine(stream: NodeJS.ReadableStream | null, tell: (line: string) => void): void {
  if (!stream) throw new Failure("wrangler's output cannot be read.");
  createInterface({ input: stream }).on("line", tell);
}
