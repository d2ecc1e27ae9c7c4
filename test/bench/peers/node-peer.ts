import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { usageOf } from "../process-usage.ts";
import type { Secrets, Server } from "../server.ts";

/** How long it may take to listen, in milliseconds. */
const START_TIMEOUT = 30_000;

const listening = z.object({ kind: z.literal("listening"), port: z.number() });

/**
 * Starts a peer that is one process of Node.
 *
 * @param module the program, relative to this folder.
 */
export async function startNodePeer(module: string, { publishKey, jwtSecret }: Secrets): Promise<Server> {
  const program = fileURLToPath(new URL(module, import.meta.url));
  const child = fork(program, [publishKey, jwtSecret], {
    execArgv: [],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  };
  try {
    const [message]: unknown[] = await once(child, "message", { signal: AbortSignal.timeout(START_TIMEOUT) });
    const { pid } = child;
    if (pid === undefined) throw new Error("It has no process id.");
    return {
      port: listening.parse(message).port,
      usage: () => usageOf(pid),
      output: () => "",
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw new Error(`${module} could not be started.`, { cause: error });
  }
}
