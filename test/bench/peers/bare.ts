import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { transformWithOxc } from "vite";
import { experimental_readRawConfig } from "wrangler";
import { usageOf } from "../process-usage.ts";
import type { Secrets, Server } from "../server.ts";
import { startWorkerd } from "../workerd.ts";

/** Starts the bare object on a runtime of its own, which keeps nothing. It knows neither key nor token. */
export async function startBare(_: Secrets, parent: string): Promise<Server> {
  const folder = await mkdtemp(join(parent, "bare-"));
  const source = fileURLToPath(new URL("bare-worker.ts", import.meta.url));
  const { code } = await transformWithOxc(await readFile(source, "utf8"), source, { sourcemap: false });
  await writeFile(join(folder, "bare-worker.js"), code);
  const { port, pid, output, end } = await startWorkerd(configWith(compatibilityDate()), folder);
  return { port, usage: () => usageOf(pid), output, [Symbol.asyncDispose]: end };
}

/** That of Carillon, so that both have the same runtime. */
function compatibilityDate(): string {
  const config = fileURLToPath(new URL("../../../wrangler.toml", import.meta.url));
  return experimental_readRawConfig({ config }).rawConfig.compatibility_date ?? "";
}

function configWith(compatibilityDate: string): string {
  return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "worker")],
  services = [(name = "worker", worker = .worker)],
);

const worker :Workerd.Worker = (
  modules = [(name = "bare-worker.js", esModule = embed "bare-worker.js")],
  compatibilityDate = "${compatibilityDate}",
  bindings = [(name = "OBJECTS", durableObjectNamespace = "BareObject")],
  durableObjectNamespaces = [(className = "BareObject", uniqueKey = "BareObject")],
  durableObjectStorage = (inMemory = void),
);
`;
}
