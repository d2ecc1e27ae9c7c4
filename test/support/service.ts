import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { experimental_readRawConfig } from "wrangler";
import { z } from "zod";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const PUBLISH_KEY = "dev-only-publish-key-of-the-tests";
const JWT_SECRET = "dev-only-secret-that-signs-tokens-of-the-tests";

/** The folders of `src` that the pages are made of. */
const IN_PAGES = ["web", "react", "client", "protocol"];

/** ms; a start takes 2 s on an idle machine. Shorter than the suites' hookTimeout, so that its message is seen. */
const START_TIMEOUT = 50_000;
/** ms; what has not ended by then is killed. */
const STOP_TIMEOUT = 5_000;

/** How a service is started. All of it may be left out. */
export interface ServiceOptions {
  /**
   * Worker variables beside `ENVIRONMENT=development`, `JWT_SECRET` and `PUBLISH_KEYS`, or instead of them. An empty
   * text is the same as a variable that is not set.
   */
  readonly vars?: Readonly<Record<string, string>>;
  /** A folder for the objects' storage that outlives the service, to be given to the next one. The caller removes it. */
  readonly state?: string;
  /** The port, when it must be that of an earlier service. Otherwise the system chooses a free one. */
  readonly port?: number;
}

/** A running service. */
export interface Service {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  readonly url: string;
  /** `ws://127.0.0.1:<port>`: add `/connect?…` or `/rooms/…/connect?…`. */
  readonly wsUrl: string;
  readonly port: number;
  /** A secret of `PUBLISH_KEYS`, for `Authorization: Bearer`. The name of the key is `tests`. */
  readonly publishKey: string;
  /** The `JWT_SECRET` by which users' tokens are signed (HS256). */
  readonly jwtSecret: string;
  /** The process, which leads a process group of its own. */
  readonly pid: number;
  /** What it has printed so far, for the message of a failing test. */
  output(): string;
  /** Ends the whole process group and removes its files. A second call does nothing. */
  stop(): Promise<void>;
}

/**
 * Starts the real service, `wrangler dev`, for tests over the network.
 *
 * Each one has its own port, storage, configuration and copy of the pages, so several run side by side and none reads
 * `.dev.vars`. A service that is not configured (`vars: { JWT_SECRET: "" }`) counts as started too: its `/health`
 * answers 503.
 *
 * @throws {Error} when `/health` does not answer in time, with what the service printed.
 * @example
 * let service: Service;
 * beforeAll(async () => {
 *   service = await startService({ vars: { HEARTBEAT_SECONDS: "5" } });
 * });
 * afterAll(() => service?.stop());
 */
export async function startService(options: ServiceOptions = {}): Promise<Service> {
  const folder = await mkdtemp(join(tmpdir(), "carillon-service-"));
  try {
    const configPath = await writeConfig(folder, {
      ENVIRONMENT: "development",
      JWT_SECRET,
      PUBLISH_KEYS: `tests:${PUBLISH_KEY}`,
      ...options.vars,
    });
    return await run(folder, configPath, options);
  } catch (error) {
    await remove(folder);
    throw error;
  }
}

/**
 * Writes a configuration for one service: the repository's own, with its paths made absolute, the pages built already
 * and the variables in place. It lies in a folder of its own, because wrangler reads `.dev.vars` and keeps its bundle
 * beside the configuration.
 */
async function writeConfig(folder: string, vars: Readonly<Record<string, string>>): Promise<string> {
  const { rawConfig } = experimental_readRawConfig({ config: join(ROOT, "wrangler.toml") });
  const { build: _, ...config } = rawConfig;
  const path = join(folder, "wrangler.json");
  const assets = { ...config.assets, directory: await pages(folder) };
  const main = join(ROOT, config.main ?? "src/worker.ts");
  await writeFile(path, JSON.stringify({ ...config, main, assets, vars: { ...config.vars, ...vars } }));
  return path;
}

/** The pages, copied from `dist/web` when that is newer than their sources, else built for this service alone. */
async function pages(folder: string): Promise<string> {
  const built = join(ROOT, "dist/web");
  const directory = join(folder, "web");
  const builtAt = await changedAt(join(built, "index.html"));
  const sources = await Promise.all(IN_PAGES.map((folder) => newestIn(join(ROOT, "src", folder))));
  if (sources.every((changed) => builtAt > changed)) {
    // A copy, so that a build by someone else cannot take the pages away in the middle of a test.
    await cp(built, directory, { recursive: true });
    return directory;
  }
  // In a process of its own: here React would be built as for its own tests.
  await promisify(execFile)(
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

/** When a file was last changed, in ms since 1970; 0 if it is not there. */
async function changedAt(path: string): Promise<number> {
  const stats = await stat(path).catch(() => undefined);
  return stats?.mtimeMs ?? 0;
}

async function newestIn(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true });
  return Math.max(0, ...(await Promise.all(entries.map((entry) => changedAt(join(folder, entry))))));
}

async function run(folder: string, configPath: string, options: ServiceOptions): Promise<Service> {
  const state = options.state ?? join(folder, "state");
  await mkdir(state, { recursive: true });
  const child = spawn(
    process.execPath,
    [
      join(ROOT, "node_modules/wrangler/bin/wrangler.js"),
      "dev",
      ...["--config", configPath],
      ...["--ip", "127.0.0.1"],
      ...["--port", String(options.port ?? 0)],
      ...["--inspector-port", "0"],
      ...["--persist-to", state],
      "--show-interactive-dev-session=false",
    ],
    {
      cwd: ROOT,
      // A group of its own: wrangler starts workerd, and both must end together.
      detached: process.platform !== "win32",
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...process.env,
        CI: "1",
        NO_COLOR: "1",
        WRANGLER_SEND_METRICS: "false",
        WRANGLER_LOG_PATH: join(folder, "logs"),
        // Without this, services of one name would find each other.
        WRANGLER_REGISTRY_PATH: join(folder, "registry"),
        CLOUDFLARE_CF_FETCH_ENABLED: "false",
        CLOUDFLARE_LOAD_DEV_VARS_FROM_DOT_ENV: "false",
      },
    },
  );
  let printed = "";
  const ready = Promise.withResolvers<number>();
  const collect = (chunk: Buffer) => {
    printed += chunk.toString();
    const [, port] = /Ready on http:\/\/127\.0\.0\.1:(\d+)/.exec(printed) ?? [];
    if (port !== undefined) ready.resolve(Number(port));
  };
  child.stdout.on("data", collect);
  child.stderr.on("data", collect);
  child.once("error", (error) => ready.reject(error));
  child.once("exit", (code) => ready.reject(new Error(`wrangler dev ended with ${code}:\n${printed}`)));
  // The group outlives this process if it ends without stopping it.
  const abandon = () => signal(child, "SIGKILL");
  process.once("exit", abandon);

  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= end(child).then(async () => {
      process.off("exit", abandon);
      await remove(folder);
    });
    return stopping;
  };

  const lateness = new AbortController();
  const timer = setTimeout(() => {
    const error = new Error(`Waited ${START_TIMEOUT / 1000} s for the service's /health:\n${printed}`);
    lateness.abort(error);
    ready.reject(error);
  }, START_TIMEOUT);
  try {
    const port = await ready.promise;
    const url = `http://127.0.0.1:${port}`;
    await awaitHealth(url, lateness.signal);
    const { pid } = child;
    if (pid === undefined) throw new Error("wrangler dev has no process id.");
    return {
      url,
      wsUrl: `ws://127.0.0.1:${port}`,
      port,
      publishKey: PUBLISH_KEY,
      jwtSecret: JWT_SECRET,
      pid,
      output: () => printed,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

const health = z.object({ ok: z.boolean(), configured: z.boolean() });

/** The first request compiles the Worker and waits for it, so one is enough. */
async function awaitHealth(url: string, late: AbortSignal): Promise<void> {
  const response = await fetch(`${url}/health`, { signal: late });
  const text = await response.text();
  if (response.status !== 200 && response.status !== 503) {
    throw new Error(`Awaited 200 or 503 of ${url}/health, got ${response.status}: ${text}`);
  }
  health.parse(JSON.parse(text));
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const ended = once(child, "exit");
    signal(child, "SIGTERM");
    const timer = setTimeout(() => signal(child, "SIGKILL"), STOP_TIMEOUT);
    await ended;
    clearTimeout(timer);
  }
  // wrangler has ended; what it started may not have.
  signal(child, "SIGKILL");
}

/** Signals the whole group by its id. A group that has ended is no error. */
function signal(child: ChildProcess, name: "SIGTERM" | "SIGKILL"): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === "win32") child.kill(name);
    else process.kill(-child.pid, name);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}

/** Removes a folder, again if the last process was still writing into it. */
async function remove(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}
