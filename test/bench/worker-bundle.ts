import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { experimental_readRawConfig } from "wrangler";
import { z } from "zod";
import { Failure } from "../../src/cli/command.ts";

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
  // Off in a benchmark: all its connections come from one address.
  "ratelimits",
]);

/** What the runtime must know of wrangler.toml. */
const runtimeConfig = z.object({
  compatibility_date: z.string(),
  compatibility_flags: z.array(z.string()).default([]),
  durable_objects: z.object({ bindings: z.array(z.object({ name: z.string(), class_name: z.string() })) }),
  migrations: z.array(z.object({ new_sqlite_classes: z.array(z.string()).default([]) })),
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
  await writeFile(
    configPath,
    JSON.stringify({ ...config, main: join(ROOT, entry ?? config.main ?? "src/worker.ts") }),
  );
  const wrangler = join(ROOT, "node_modules/wrangler/bin/wrangler.js");
  const args = [wrangler, "deploy", "--dry-run", "--config", configPath, "--outdir", folder];
  const env = { ...process.env, WRANGLER_SEND_METRICS: "false", WRANGLER_LOG_PATH: join(folder, "logs") };
  await promisify(execFile)(process.execPath, args, { cwd: ROOT, env });
  const { durable_objects, migrations, compatibility_date, compatibility_flags } =
    runtimeConfig.parse(config);
  return {
    module: basename(entry ?? "worker.ts").replace(/\.ts$/, ".js"),
    compatibilityDate: compatibility_date,
    compatibilityFlags: compatibility_flags,
    objects: new Map(durable_objects.bindings.map((binding) => [binding.name, binding.class_name])),
    sqliteClasses: new Set(migrations.flatMap((migration) => migration.new_sqlite_classes)),
  };
}
