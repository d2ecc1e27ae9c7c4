import type { WorkerBundle } from "./worker-bundle.ts";

/** What a configuration is written from, beside the Worker. */
export interface WorkerdOptions {
  /** Folder for the objects' databases. */
  readonly storage: string;
  readonly vars: Readonly<Record<string, string>>;
}

/**
 * Writes the configuration by which `workerd serve` runs the Worker alone: its objects with SQLite on the disk, its
 * settings, queues that lie on the disk as well, and in place of the pages a service that has none. The socket is called
 * `http`; its port is free.
 */
export function workerdConfig(bundle: WorkerBundle, { storage, vars }: WorkerdOptions): string {
  const bindings = [
    ...[...bundle.objects].map(
      ([name, className]) => `(name = ${text(name)}, durableObjectNamespace = ${text(className)})`,
    ),
    ...[...bundle.queues].map(([name, queue]) => {
      const props = text(JSON.stringify({ queue }));
      return `(name = ${text(name)}, queue = (name = "queues", props = (json = ${props})))`;
    }),
    ...Object.entries(vars).map(([name, value]) => `(name = ${text(name)}, text = ${text(value)})`),
    '(name = "ASSETS", service = "pages")',
  ];
  const namespaces = [...bundle.objects.values()].map((className) => {
    const sql = bundle.sqliteClasses.has(className);
    return `(className = ${text(className)}, uniqueKey = ${text(className)}, enableSql = ${sql})`;
  });
  const flags = bundle.compatibilityFlags.map(text).join(", ");
  return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "worker")],
  services = [
    (name = "worker", worker = .worker),
    (name = "pages", worker = .pages),
    (name = "queues", worker = .queues),
    (name = "internet", network = (allow = ["public", "private"])),
    (name = "storage", disk = (path = ${text(storage)}, writable = true)),
  ],
);

const worker :Workerd.Worker = (
  modules = [(name = ${text(bundle.module)}, esModule = embed ${text(bundle.module)})],
  compatibilityDate = ${text(bundle.compatibilityDate)},
  compatibilityFlags = [${flags}],
  bindings = [
    ${bindings.join(",\n    ")},
  ],
  durableObjectNamespaces = [
    ${namespaces.join(",\n    ")},
  ],
  durableObjectStorage = (localDisk = "storage"),
);

const queues :Workerd.Worker = (
  modules = [(name = "queue-broker.js", esModule = ${text(bundle.broker)})],
  compatibilityDate = ${text(bundle.compatibilityDate)},
  compatibilityFlags = ["experimental", "service_binding_extra_handlers"],
  bindings = [
    (name = "BROKERS", durableObjectNamespace = "QueueBroker"),
    (name = "CONSUMERS", json = ${text(JSON.stringify(bundle.consumers))}),
    (name = "WORKER", service = "worker"),
  ],
  durableObjectNamespaces = [(className = "QueueBroker", uniqueKey = "QueueBroker", enableSql = true)],
  durableObjectStorage = (localDisk = "storage"),
);

const pages :Workerd.Worker = (
  modules = [(name = "pages.js", esModule = "export default { fetch: () => new Response(null, { status: 404 }) }")],
  compatibilityDate = ${text(bundle.compatibilityDate)},
);
`;
}

/** Text as Cap'n Proto writes it, which is as JSON does where no character needs \u. */
function text(value: string): string {
  return JSON.stringify(value);
}
