import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { usageOf } from "./process-usage.ts";
import type { Secrets, Server } from "./server.ts";
import { buildWorker, type WorkerBundle } from "./worker-bundle.ts";
import { startWorkerd } from "./workerd.ts";
import { workerdConfig } from "./workerd-config.ts";

/** One build serves all servers of a run. */
const bundles = new Map<string, Promise<WorkerBundle>>();

/** Starts the built Worker on a runtime of its own, with empty storage, as one process. */
export async function startCarillon(secrets: Secrets, folder: string): Promise<Server> {
  const building = bundles.get(folder) ?? buildWorker(folder);
  bundles.set(folder, building);
  const bundle = await building;
  const storage = await mkdtemp(join(folder, "storage-"));
  const config = workerdConfig(bundle, {
    storage,
    vars: {
      ENVIRONMENT: "production",
      RATE_LIMITS: "off",
      JWT_SECRET: secrets.jwtSecret,
      PUBLISH_KEYS: `bench:${secrets.publishKey}`,
    },
  });
  const { port, pid, output, end } = await startWorkerd(config, folder);
  return { port, usage: () => usageOf(pid), output, [Symbol.asyncDispose]: end };
}
