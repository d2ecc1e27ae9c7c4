import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { delimiter, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";
import { openFiles } from "../open-files.ts";
import { usageOf } from "../process-usage.ts";
import type { Secrets, Server } from "../server.ts";
import { nchanConfig } from "./nchan-config.ts";

/** How long nginx may take to listen, in milliseconds. */
const START_TIMEOUT = 10_000;
/** Files that a worker needs, at most. */
const MOST_FILES = 65_536;
/** Where packages put what is not in the path of every user. */
const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin"];
const MODULE = "ngx_nchan_module.so";
const moduleFolders = ["/usr/lib/nginx/modules", "/usr/lib64/nginx/modules", "/usr/local/lib/nginx/modules"];

/** Why nchan cannot be measured here, or nothing where it can. */
export async function nchanMissing(): Promise<string | undefined> {
  const program = nginx();
  if (program === undefined) return "not installed";
  if (module() !== undefined) return undefined;
  const { stderr } = await promisify(execFile)(program, ["-V"]);
  return stderr.includes("nchan") ? undefined : "not installed: nginx is here without it";
}

/** Starts nginx: one process that started the workers, which count too. */
export async function startNchan({ publishKey }: Secrets, parent: string): Promise<Server> {
  const program = nginx();
  if (program === undefined) throw new Error("nginx is not installed.");
  const folder = await mkdtemp(join(parent, "nchan-"));
  const port = await freePort();
  const files = Math.min(await openFiles(), MOST_FILES);
  const user = process.getuid?.() === 0 ? "root" : undefined;
  await writeFile(
    join(folder, "nginx.conf"),
    nchanConfig({ port, publishKey, module: module(), files, user }),
  );
  const child = spawn(program, ["-p", folder, "-c", "nginx.conf", "-e", "stderr"], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let printed = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    printed = (printed + text).slice(-10_000);
  });
  // Asked to end, it ends its workers; killed, it would leave them.
  const abandon = () => child.kill("SIGTERM");
  process.once("exit", abandon);
  const end = async () => {
    process.off("exit", abandon);
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    await ended;
  };
  try {
    const { pid } = child;
    if (pid === undefined) throw new Error("It has no process id.");
    await listening(port, () => child.exitCode !== null);
    return { port, usage: () => usageOf(pid), output: () => printed, [Symbol.asyncDispose]: end };
  } catch (error) {
    await end();
    throw new Error(`nginx could not be started:\n${printed}`, { cause: error });
  }
}

function nginx(): string | undefined {
  return folders.map((folder) => join(folder, "nginx")).find((path) => existsSync(path));
}

function module(): string | undefined {
  return moduleFolders.map((folder) => join(folder, MODULE)).find((path) => existsSync(path));
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const bound = server.address();
  server.close();
  await once(server, "close");
  if (bound === null || typeof bound === "string") throw new Error("There is no free port.");
  return bound.port;
}

/** Waits until something listens there. */
async function listening(port: number, hasEnded: () => boolean): Promise<void> {
  const late = AbortSignal.timeout(START_TIMEOUT);
  for (;;) {
    late.throwIfAborted();
    if (hasEnded()) throw new Error("It has ended.");
    const socket = connect({ host: "127.0.0.1", port });
    try {
      await once(socket, "connect");
      return;
    } catch {
      await wait(20);
    } finally {
      socket.destroy();
    }
  }
}
