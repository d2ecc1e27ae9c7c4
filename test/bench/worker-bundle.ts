import { readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { transformWithOxc } from "vite";
import { experimental_readRawConfig } from "wrangler";
import { z } from "zod";
import { Failure } from "../../src/cli/command.ts";
import { bundle, putWorker } from "../support/built.ts";
import type { ConsumerConfig } from "./consumer-config.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** The Worker as `npm run build` makes it, and what wrangler.toml says of it. */
export interface WorkerBundle {
  /** The module's file name, in the folder. */
  readonly module: string;
  readonly compatibilityDate: string;
  readonly compatibilityFlags: readonly string[];
  /** Object classes by the name of their binding. */
  readonly objects: ReadonlyMap<string, string>;
  readonly sqliteClasses: ReadonlySet<string>;
  /** Queues by the name of their binding. */
  readonly queues: ReadonlyMap<string, string>;
  /** What is said of their consumers, by the queue's name. */
  readonly consumers: Readonly<Record<string, ConsumerConfig>>;
  /** The service that stands in for the platform's queues: a module, as text. */
  readonly broker: string;
}

/** Tables of wrangler.toml that matter to a deployment only, or that are handled here. */
const understood = new Set([
  "$schema",
  "name",
  "main",
  "compatibility_date",
  "compatibility_flags",
  "workers_dev",
  "build",
  "assets",
  "durable_objects",
  "migrations",
  "observability",
  "queues",
  // Off in a benchmark: all its connections come from one address.
  "ratelimits",
]);

/** What the runtime must know of wrangler.toml. */
const runtimeConfig = z.object({
  compatibility_date: z.string(),
  compatibility_flags: z.array(z.string()).default([]),
  durable_objects: z.object({ bindings: z.array(z.object({ name: z.string(), class_name: z.string() })) }),
  migrations: z.array(z.object({ new_sqlite_classes: z.array(z.string()).default([]) })),
  queues: z
    .object({
      producers: z.array(z.object({ binding: z.string(), queue: z.string() })),
      consumers: z.array(
        z.object({
          queue: z.string(),
          max_batch_size: z.number().default(10),
          max_retries: z.number().default(3),
          retry_delay: z.number().default(0),
          dead_letter_queue: z.string().optional(),
        }),
      ),
    })
    .default({ producers: [], consumers: [] }),
});

/**
 * Builds the Worker into a folder, by a configuration without the pages: a benchmark asks for none.
 *
 * @param entry another entry than that of wrangler.toml, with the same object classes; its path in the repository.
 * @throws {Failure} when wrangler.toml has a table that the benchmark's server would not have.
 */
export async function buildWorker(folder: string, entry?: string): Promise<WorkerBundle> {
  const { rawConfig } = experimental_readRawConfig({ config: join(ROOT, "wrangler.toml") });
  const strange = Object.keys(rawConfig).filter((key) => !understood.has(key));
  if (strange.length > 0) {
    throw new Failure(
      `wrangler.toml has ${strange.join(", ")}, which the benchmark does not know; teach it in test/bench/.`,
    );
  }
  const { build: _, assets: __, ...config } = rawConfig;
  const configPath = join(folder, "wrangler.json");
  const main = join(ROOT, entry ?? config.main ?? "src/worker.ts");
  await writeFile(configPath, JSON.stringify({ ...config, main }));
  await (entry === undefined ? putWorker(folder, configPath) : bundle(folder, configPath));
  const { durable_objects, migrations, compatibility_date, compatibility_flags, queues } =
    runtimeConfig.parse(config);
  return {
    module: basename(entry ?? "worker.ts").replace(/\.ts$/, ".js"),
    compatibilityDate: compatibility_date,
    compatibilityFlags: compatibility_flags,
    objects: new Map(durable_objects.bindings.map((binding) => [binding.name, binding.class_name])),
    sqliteClasses: new Set(migrations.flatMap((migration) => migration.new_sqlite_classes)),
    queues: new Map(queues.producers.map(({ binding, queue }) => [binding, queue])),
    consumers: Object.fromEntries(queues.consumers.map(({ queue, ...consumer }) => [queue, consumer])),
    broker: await brokerModule(),
  };
}

/** The broker as the runtime can load it, without its types. */
async function brokerModule(): Promise<string> {
  const path = join(ROOT, "test/bench/queue-broker.ts");
  const { code } = await transformWithOxc(await readFile(path, "utf8"), path, { sourcemap: false });
  return code;
}
