import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { usageOf } from "./process-usage.ts";
import type { Secrets, Server } from "./server.ts";
import { buildWorker } from "./worker-bundle.ts";
import { startWorkerd } from "./workerd.ts";
import { workerdConfig } from "./workerd-config.ts";

/** Starts the Worker on a runtime of its own, with empty storage, so that it counts what its objects cost. */
export async function startCountingCarillon(secrets: Secrets, parent: string): Promise<Server> {
  const folder = join(parent, "counting");
  const storage = join(folder, "storage");
  await mkdir(storage, { recursive: true });
  const bundle = await buildWorker(folder, "test/bench/counting-worker.ts");
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
