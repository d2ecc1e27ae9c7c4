import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { unstable_getMiniflareWorkerOptions } from "wrangler";
import { z } from "zod";
import { putWorker, writeConfig } from "./built.ts";
import { runWrangler } from "./wrangler-dev.ts";

const PUBLISH_KEY = "dev-only-publish-key-of-the-tests";
const JWT_SECRET = "dev-only-secret-that-signs-tokens-of-the-tests";

/** ms; a start takes 1 s on an idle machine. Shorter than the suites' hookTimeout, so that its message is seen. */
const START_TIMEOUT = 50_000;

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
  /** What it has printed so far, for the message of a failing test. */
  output(): string;
  /** Ends it and removes its files. A second call does nothing. */
  stop(): Promise<void>;
}

/** What serves, however it was started. */
export interface Running {
  readonly port: number;
  output(): string;
  end(): Promise<void>;
}

/** What is to be served, and where. */
export interface Place {
  /** For everything that lies on the disk while it runs. The caller removes it. */
  readonly folder: string;
  readonly configPath: string;
  /** The folder of the objects' storage. */
  readonly state: string;
  /** 0 for one that the system chooses. */
  readonly port: number;
}

/**
 * Starts the real service for tests over the network: the Worker that `npm run build` makes, in the runtime of
 * Cloudflare and with the bindings of wrangler.toml.
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
export function startService(options: ServiceOptions = {}): Promise<Service> {
  return start(runBuilt, options);
}

/** Starts the service as a developer does, by `wrangler dev`, which takes more than twice the time. */
export function startWranglerDev(options: ServiceOptions = {}): Promise<Service> {
  return start(runWrangler, options);
}

async function start(run: (place: Place) => Promise<Running>, options: ServiceOptions): Promise<Service> {
  const folder = await mkdtemp(join(tmpdir(), "carillon-service-"));
  let running: Running | undefined;
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= (async () => {
      await running?.end();
      await remove(folder);
    })();
    return stopping;
  };
  const printed = () => running?.output() ?? "";
  try {
    const configPath = await writeConfig(folder, {
      ENVIRONMENT: "development",
      JWT_SECRET,
      PUBLISH_KEYS: `tests:${PUBLISH_KEY}`,
      ...options.vars,
    });
    const state = options.state ?? join(folder, "state");
    await mkdir(state, { recursive: true });
    running = await run({ folder, configPath, state, port: options.port ?? 0 });
    const { port } = running;
    const url = `http://127.0.0.1:${port}`;
    await awaitHealth(url, printed);
    return {
      url,
      wsUrl: `ws://127.0.0.1:${port}`,
      port,
      publishKey: PUBLISH_KEY,
      jwtSecret: JWT_SECRET,
      output: printed,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Serves the built Worker from this process, which has the runtime beside it. */
async function runBuilt({ folder, configPath, state, port }: Place): Promise<Running> {
  const { workerOptions } = unstable_getMiniflareWorkerOptions(configPath);
  await putWorker(folder, configPath);
  const modules = [{ type: "ESModule" as const, path: join(folder, "worker.js") }];
  let printed = "";
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      host: "127.0.0.1",
      port,
      cf: false,
      // So it tells of exceptions that nobody catches.
      verbose: true,
      resourcePersistencePath: state,
      rootPath: folder,
      workers: [{ ...workerOptions, name: "carillon", rootPath: folder, modulesRoot: folder, modules }],
      handleStructuredLogs: ({ level, message }) => {
        // The runtime's second word on it, and on what happens to its own streams: no stack of ours is in it.
        if (message.startsWith("uncaught exception; exception = ")) return;
        printed += level === "error" ? `[ERROR] ${message}\n` : `${message}\n`;
      },
    }),
  );
  try {
    const ready = await miniflare.ready;
    return { port: Number(ready.port), output: () => printed, end: () => miniflare.dispose() };
  } catch (error) {
    await miniflare.dispose();
    throw error;
  }
}

const health = z.object({ ok: z.boolean(), configured: z.boolean() });

/** The first request compiles the Worker and waits for it, so one is enough. */
async function awaitHealth(url: string, printed: () => string): Promise<void> {
  const late = AbortSignal.timeout(START_TIMEOUT);
  const response = await fetch(`${url}/health`, { signal: late }).catch((error: unknown) => {
    if (!late.aborted) throw error;
    throw new Error(`Waited ${START_TIMEOUT / 1000} s for the service's /health:\n${printed()}`);
  });
  const text = await response.text();
  if (response.status !== 200 && response.status !== 503) {
    throw new Error(`Awaited 200 or 503 of ${url}/health, got ${response.status}: ${text}`);
  }
  health.parse(JSON.parse(text));
}

/** Removes a folder, again if the last process was still writing into it. */
async function remove(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}
