import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readOptions, serviceAddress, type Usage, wholeNumber } from "../../src/cli/args.ts";
import { type Command, main, type Surroundings } from "../../src/cli/command.ts";
import { Patience } from "../../src/cli/patience.ts";
import { startCarillon } from "../bench/carillon-server.ts";
import { Client } from "./client.ts";
import { type Credentials, credentialsFor } from "./credentials.ts";
import { Outcome } from "./outcome.ts";

const usage = {
  call: "npm run load --",
  summary:
    "Lets many clients connect at once and send messages, each of which must be answered. Exit code 0: all were. Without an address it starts the built Worker on this machine.",
  options: {
    url: { type: "string", value: "<address>", help: "Address of a service that runs." },
    token: {
      type: "string",
      value: "<jwt>",
      help: "Token that all clients show; a user may have 5 connections by default.",
    },
    key: {
      type: "string",
      value: "<key>",
      help: "Publish key, which buys each client a ticket of a user of its own.",
    },
    secret: {
      type: "string",
      value: "<secret>",
      help: "Signs each client's token. Without any of these, JWT_SECRET from the environment, POST /dev/token or .dev.vars.",
    },
    clients: { type: "string", value: "<number>", default: "1000", help: "Clients, each with a connection." },
    messages: { type: "string", value: "<number>", default: "10", help: "Messages that each client sends." },
    concurrency: {
      type: "string",
      value: "<number>",
      default: "50",
      help: "Clients that connect at the same time.",
    },
    rate: {
      type: "string",
      value: "<number>",
      help: "Connections begun in a second, at most: a deployed service takes 100 in 10 seconds from one address.",
    },
    timeout: { type: "string", value: "<seconds>", default: "120", help: "How long it may take in all." },
  },
} as const satisfies Usage;

/** `npm run load`: a thousand clients with ten messages each, and what share of them was answered. */
export const load: Command = async (argv, { directory, env, out, err, stop }) => {
  const { options } = readOptions(usage, argv);
  const clients = wholeNumber("--clients", options.clients, 1, 15_000);
  const messages = wholeNumber("--messages", options.messages, 1, 100_000);
  const concurrency = wholeNumber("--concurrency", options.concurrency, 1, 1000);
  const rate = options.rate === undefined ? undefined : wholeNumber("--rate", options.rate, 1, 10_000);
  const seconds = wholeNumber("--timeout", options.timeout, 1, 3600);
  const url = options.url === undefined ? undefined : serviceAddress(options.url);

  await using target = await openTarget(url, options, { directory, env });
  using patience = new Patience(seconds * 1000, stop, `the whole took longer than ${seconds} s`);
  const { signal } = patience;
  out(`${clients} clients, ${messages} messages each, to ${url?.href ?? "the built Worker on this machine"}`);
  const outcome = new Outcome(clients, messages);
  const all = Array.from(
    { length: clients },
    (_, number) => new Client({ ...target, number, signal, outcome }),
  );
  try {
    await connectAll(all, concurrency, rate);
    outcome.allConnected();
    await Promise.all(all.map((client) => client.send(messages)));
    outcome.allSent();
  } finally {
    for (const client of all) client.drop();
  }
  for (const line of outcome.lines()) out(line);
  for (const line of outcome.failures()) err(line);
  return outcome.isWhole ? 0 : 1;
};

/** Opens the connections, so many at the same time and no more than `rate` in a second. */
async function connectAll(
  clients: readonly Client[],
  concurrency: number,
  rate: number | undefined,
): Promise<void> {
  const startedAt = performance.now();
  const waiting = clients.entries();
  const lane = async () => {
    for (const [index, client] of waiting) {
      const due = rate === undefined ? 0 : startedAt + (index / rate) * 1000;
      await client.connect(Math.max(0, due - performance.now()));
    }
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
}

interface Target extends AsyncDisposable {
  readonly service: URL;
  readonly credentials: Credentials;
}

/** The service that was named, or one that is started here and ended with the command. */
async function openTarget(
  url: URL | undefined,
  given: {
    readonly token?: string | undefined;
    readonly key?: string | undefined;
    readonly secret?: string | undefined;
  },
  around: Pick<Surroundings, "directory" | "env">,
): Promise<Target> {
  if (url !== undefined) {
    return {
      service: url,
      credentials: credentialsFor(url, given, around),
      [Symbol.asyncDispose]: async () => {},
    };
  }
  const secrets = { publishKey: crypto.randomUUID(), jwtSecret: crypto.randomUUID() };
  const folder = await mkdtemp(join(tmpdir(), "carillon-load-"));
  const clean = () => rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  try {
    const server = await startCarillon(secrets, folder);
    const service = new URL(`http://127.0.0.1:${server.port}/`);
    return {
      service,
      credentials: credentialsFor(service, { secret: secrets.jwtSecret }, around),
      [Symbol.asyncDispose]: async () => {
        await server[Symbol.asyncDispose]();
        await clean();
      },
    };
  } catch (error) {
    await clean();
    throw error;
  }
}

if (import.meta.main) await main(load);
