import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { usageOf } from "./process-usage.ts";
import type { Secrets, Server } from "./server.ts";
import { buildWorker, type WorkerBundle } from "./worker-bundle.ts";
import { startWorkerd } from "./workerd.ts";
import { workerdConfig } from "./workerd-config.ts";

/** The Worker that counts what it does. */
const COUNTING = "test/bench/counting-worker.ts";

/** The runtime's flag that turns compression off. */
const NO_COMPRESSION = "no_web_socket_compression";

/** One build serves all servers of a run. */
const builds = new Map<string, Promise<{ readonly bundle: WorkerBundle; readonly folder: string }>>();

/** Starts the built Worker on a runtime of its own, with empty storage, as one process. */
export function startCarillon(secrets: Secrets, folder: string): Promise<Server> {
  return startBuilt(undefined, secrets, folder);
}

/** Starts it so that it compresses for clients that offer it, which the service's own configuration turns off. */
export function startCompressingCarillon(secrets: Secrets, folder: string): Promise<Server> {
  return startBuilt(undefined, secrets, folder, [NO_COMPRESSION]);
}

/** Starts it so that it counts what its objects cost. */
export function startCountingCarillon(secrets: Secrets, folder: string): Promise<Server> {
  return startBuilt(COUNTING, secrets, folder);
}

async function startBuilt(
  entry: string | undefined,
  secrets: Secrets,
  parent: string,
  flagsLeftOut: readonly string[] = [],
): Promise<Server> {
  const key = `${parent} ${entry}`;
  const building = builds.get(key) ?? build(entry, parent);
  builds.set(key, building);
  const { bundle, folder } = await building;
  const storage = await mkdtemp(join(folder, "storage-"));
  const compatibilityFlags = bundle.compatibilityFlags.filter((flag) => !flagsLeftOut.includes(flag));
  const config = workerdConfig(
    { ...bundle, compatibilityFlags },
    {
      storage,
      vars: {
        ENVIRONMENT: "production",
        RATE_LIMITS: "off",
        JWT_SECRET: secrets.jwtSecret,
        PUBLISH_KEYS: `bench:${secrets.publishKey}`,
      },
    },
  );
  const { port, pid, output, end } = await startWorkerd(config, folder);
  return { port, usage: () => usageOf(pid), output, [Symbol.asyncDispose]: end };
}

/** Builds into a folder of its own, for both entries may be built at once. */
async function build(entry: string | undefined, parent: string) {
  const folder = await mkdtemp(join(parent, "build-"));
  return { bundle: await buildWorker(folder, entry), folder };
}
