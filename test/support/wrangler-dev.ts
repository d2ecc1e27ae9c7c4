import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Place, Running } from "./service.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** ms; a start takes 2 s on an idle machine. Shorter than the suites' hookTimeout, so that its message is seen. */
const START_TIMEOUT = 50_000;
/** ms; what has not ended by then is killed. */
const STOP_TIMEOUT = 5_000;

/**
 * Serves by `wrangler dev`, in a process group of its own.
 *
 * @throws {Error} when it does not say in time that it is ready, with what it printed.
 */
export async function runWrangler({ folder, configPath, state, port }: Place): Promise<Running> {
  const child = spawn(
    process.execPath,
    [
      join(ROOT, "node_modules/wrangler/bin/wrangler.js"),
      "dev",
      ...["--config", configPath],
      ...["--ip", "127.0.0.1"],
      ...["--port", String(port)],
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
  const stop = async () => {
    await end(child);
    process.off("exit", abandon);
  };

  const timer = setTimeout(() => {
    ready.reject(new Error(`Waited ${START_TIMEOUT / 1000} s for wrangler dev:\n${printed}`));
  }, START_TIMEOUT);
  try {
    // What it prints of the variables before it is ready is not the service's.
    return { port: await ready.promise, output: () => printed.slice(printed.indexOf("Ready on")), end: stop };
  } catch (error) {
    await stop();
    throw error;
  } finally {
    clearTimeout(timer);
  }
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
