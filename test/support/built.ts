import { execFile } from "node:child_process";
import { copyFile, cp, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { experimental_readRawConfig } from "wrangler";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const run = promisify(execFile);

/** What the pages are made of. */
const IN_PAGES = ["src/web", "src/react", "src/client", "src/protocol"];

/** What of `src` the Worker has nothing of. */
const NOT_IN_WORKER = ["web", "react", "client", "publisher", "cli"];

/**
 * Writes a configuration for one service: the repository's own, with its paths made absolute, the pages built already
 * and the variables in place. It lies in a folder of its own, because wrangler reads `.dev.vars` and keeps its bundle
 * beside the configuration.
 *
 * @returns its path.
 */
export async function writeConfig(folder: string, vars: Readonly<Record<string, string>>): Promise<string> {
  const { rawConfig } = experimental_readRawConfig({ config: join(ROOT, "wrangler.toml") });
  const { build: _, ...config } = rawConfig;
  const path = join(folder, "wrangler.json");
  const assets = { ...config.assets, directory: await pages(folder) };
  const main = join(ROOT, config.main ?? "src/worker.ts");
  await writeFile(path, JSON.stringify({ ...config, main, assets, vars: { ...config.vars, ...vars } }));
  return path;
}

/** Puts the Worker into a folder, as `worker.js`: from `dist/worker` when that is newer than its sources, else built anew. */
export async function putWorker(folder: string, configPath: string): Promise<void> {
  const built = join(ROOT, "dist/worker/worker.js");
  const sources = await readdir(join(ROOT, "src"));
  const inWorker = sources.filter((name) => !NOT_IN_WORKER.includes(name)).map((name) => `src/${name}`);
  if (await isNewer(built, [...inWorker, "package.json", "wrangler.toml"])) {
    await copyFile(built, join(folder, "worker.js"));
  } else await bundle(folder, configPath);
}

/** Builds the Worker that a configuration names into a folder: one file, as it would be deployed. */
export async function bundle(folder: string, configPath: string): Promise<void> {
  const wrangler = join(ROOT, "node_modules/wrangler/bin/wrangler.js");
  const args = [wrangler, "deploy", "--dry-run", "--config", configPath, "--outdir", folder];
  const env = { ...process.env, WRANGLER_SEND_METRICS: "false", WRANGLER_LOG_PATH: join(folder, "logs") };
  await run(process.execPath, args, { cwd: ROOT, env });
}

/** The pages, copied from `dist/web` when that is newer than their sources, else built for this service alone. */
async function pages(folder: string): Promise<string> {
  const built = join(ROOT, "dist/web");
  const directory = join(folder, "web");
  if (await isNewer(join(built, "index.html"), IN_PAGES)) {
    // A copy, so that a build by someone else cannot take the pages away in the middle of a test.
    await cp(built, directory, { recursive: true });
    return directory;
  }
  // In a process of its own: here React would be built as for its own tests.
  await run(
    process.execPath,
    [
      join(ROOT, "node_modules/vite/bin/vite.js"),
      ...["build", "--config", join(ROOT, "src/web/vite.config.ts")],
      ...["--outDir", directory, "--logLevel", "warn"],
    ],
    { cwd: ROOT, env: { ...process.env, NODE_ENV: "production" } },
  );
  return directory;
}

/** Whether a file was made after the last change of its sources: files and folders of the repository. */
async function isNewer(built: string, sources: readonly string[]): Promise<boolean> {
  const changed = await Promise.all(sources.map((source) => newestIn(join(ROOT, source))));
  return (await changedAt(built)) > Math.max(...changed);
}

/** When a file was last changed, in ms since 1970; 0 if it is not there. */
async function changedAt(path: string): Promise<number> {
  const stats = await stat(path).catch(() => undefined);
  return stats?.mtimeMs ?? 0;
}

async function newestIn(path: string): Promise<number> {
  const entries = (await stat(path)).isDirectory() ? await readdir(path, { recursive: true }) : [""];
  return Math.max(0, ...(await Promise.all(entries.map((entry) => changedAt(join(path, entry))))));
}
