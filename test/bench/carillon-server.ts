import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { Readable } from "node:stream";
import { z } from "zod";
import { usageOf } from "./process-usage.ts";
import type { Secrets, Server } from "./server.ts";
import { buildWorker, type WorkerBundle } from "./worker-bundle.ts";
import { workerdConfig } from "./workerd-config.ts";

/** How long the runtime may take to listen, in milliseconds. */
const START_TIMEOUT = 30_000;
/** The runtime writes where it listens to this file descriptor. */
const CONTROL_FD = 3;

const listening = z.object({ event: z.literal("listen"), socket: z.literal("http"), port: z.number() });
const runtime = z.object({ default: z.string() });

/** One build serves all servers of a run. */
const bundles = new Map<string, Promise<WorkerBundle>>();

/** Starts the built Worker on a runtime of its own, with empty storage, as one process. */
export async function startCarillon(secrets: Secrets, folder: string): Promise<Server> {
  const bundle = bundles.get(folder) ?? buildWorker(folder);
  bundles.set(folder, bundle);
  const storage = await mkdtemp(join(folder, "storage-"));
  const config = workerdConfig(await bundle, {
    storage,
    vars: {
      ENVIRONMENT: "production",
      JWT_SECRET: secrets.jwtSecret,
      PUBLISH_KEYS: `bench:${secrets.publishKey}`,
    },
  });
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
  const stop = async () => {
    process.off("exit", abandon);
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
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
    return {
      port,
      usage: () => usageOf(pid),
      output: () => printed,
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw new Error(`The Worker could not be started:\n${printed}`, { cause: error });
  }
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
