import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { Readable } from "node:stream";
import { z } from "zod";

/** How long the runtime may take to listen, in milliseconds. */
const START_TIMEOUT = 30_000;
/** The runtime writes where it listens to this file descriptor. */
const CONTROL_FD = 3;

const listening = z.object({ event: z.literal("listen"), socket: z.literal("http"), port: z.number() });
const runtime = z.object({ default: z.string() });

/** A runtime that listens, as one process. */
export interface Workerd {
  readonly port: number;
  readonly pid: number;
  /** What it has printed last. */
  output(): string;
  /** Ends it at once, as a crash would, and waits until it is gone. */
  end(): Promise<void>;
}

/**
 * Starts the runtime with a configuration, which is written into a folder beside the Worker that it names. It ends
 * when this process does.
 *
 * @throws {Error} when it does not listen in time, with what it printed.
 */
export async function startWorkerd(config: string, folder: string): Promise<Workerd> {
  const path = join(folder, "config.capnp");
  await writeFile(path, config);
  // `--experimental` is what storage on the local disk asks for; wrangler's own server runs so too.
  const args = ["serve", path, "--experimental", `--control-fd=${CONTROL_FD}`];
  const child = spawn(workerdBinary(), args, { stdio: ["ignore", "pipe", "pipe", "pipe"] });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      printed = (printed + text).slice(-10_000);
    });
  }
  const abandon = () => child.kill("SIGKILL");
  process.once("exit", abandon);
  const end = async () => {
    process.off("exit", abandon);
    await ended(child);
  };
  try {
    const port = await Promise.race([
      controlledPort(child.stdio[CONTROL_FD]),
      once(child, "exit").then(([code]) => {
        throw new Error(`workerd ended with ${code} before it listened.`);
      }),
    ]);
    const { pid } = child;
    if (pid === undefined) throw new Error("workerd has no process id.");
    return { port, pid, output: () => printed, end };
  } catch (error) {
    await end();
    throw new Error(`The Worker could not be started:\n${printed}`, { cause: error });
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, "exit");
  child.kill("SIGKILL");
  await exit;
}

/** The runtime's binary, of the version that wrangler comes with. */
function workerdBinary(): string {
  const ofWrangler = createRequire(createRequire(import.meta.url).resolve("wrangler"));
  return runtime.parse(ofWrangler("workerd")).default;
}

async function controlledPort(control: unknown): Promise<number> {
  if (!(control instanceof Readable)) throw new Error("workerd has no control channel.");
  const late = AbortSignal.timeout(START_TIMEOUT);
  const [line]: unknown[] = await once(control, "data", { signal: late });
  return listening.parse(JSON.parse(String(line).split("\n")[0] ?? "")).port;
}
