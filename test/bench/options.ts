import { tmpdir } from "node:os";
import { readOptions, type Usage, UsageError, wholeNumber } from "../../src/cli/args.ts";
import { contenders } from "./contenders.ts";
import { type Sizes, type StageName, stageNames } from "./scene.ts";
import type { Contender } from "./server.ts";

const usage = {
  call: "npm run bench --",
  summary:
    "Measures Carillon and its peers in one run: connecting, publishing to a room and to users, broadcasting, compression, resuming, taking events in, what it all costs, and an inbox. Exit code 0: nothing was lost; speed is not judged.",
  options: {
    quick: {
      type: "boolean",
      help: "Small numbers, to see that it works: 100 sockets, a second a load, no silence.",
    },
    stages: {
      type: "string",
      value: "<names>",
      help: `What is measured, parted by commas. Default: ${stageNames.join(",")}.`,
    },
    sockets: {
      type: "string",
      value: "<numbers>",
      help: "Sockets in the room, one size after the other, parted by commas. Default: 100,1000,5000,10000.",
    },
    users: {
      type: "string",
      value: "<numbers>",
      help: "Users with a socket each, one size after the other. Default: 100,1000,3000.",
    },
    members: {
      type: "string",
      value: "<number>",
      help: "Users that a broadcast is for, each with one socket. Default: 2000.",
    },
    notifications: {
      type: "string",
      value: "<number>",
      help: "How many lie in the fuller of two inboxes. Default: 10000.",
    },
    silence: {
      type: "string",
      value: "<seconds>",
      help: "How long nothing happens before a broadcast to users whose objects sleep; 0 leaves it out. Default: 15.",
    },
    seconds: { type: "string", value: "<number>", help: "How long each load lasts. Default: 5." },
    servers: {
      type: "string",
      value: "<names>",
      help: `Which servers, parted by commas. Default: ${contenders.map(({ name }) => name).join(",")}.`,
    },
    listeners: {
      type: "string",
      value: "<number>",
      default: "1",
      help: "Processes that hold the sockets; more than one where there are cores for them.",
    },
    concurrency: {
      type: "string",
      value: "<number>",
      default: "20",
      help: "Connections that are opened at once.",
    },
    padding: {
      type: "string",
      value: "<characters>",
      default: "64",
      help: "Padding in each event's data.",
    },
    folder: {
      type: "string",
      value: "<folder>",
      help: "Where the servers' files lie meanwhile. Default: the system's folder for temporary files.",
    },
    markdown: { type: "boolean", help: "Prints Markdown, for docs/performance.md." },
    json: { type: "string", value: "<file>", help: "Writes the figures to a file too." },
  },
} as const satisfies Usage;

export interface BenchOptions extends Sizes {
  readonly contenders: readonly Contender[];
  readonly stages: readonly StageName[];
  readonly notifications: number;
  readonly listeners: number;
  readonly concurrency: number;
  readonly padding: number;
  readonly folder: string;
  readonly format: "text" | "markdown";
  readonly json: string | undefined;
}

/** @throws {UsageError} for what the usage text does not have. */
export function readBenchOptions(argv: readonly string[]): BenchOptions {
  const { options } = readOptions(usage, argv);
  const [sockets, users, members, seconds, silence, notifications] = options.quick
    ? ["100", "100", "100", "1", "0", "1000"]
    : ["100,1000,5000,10000", "100,1000,3000", "2000", "5", "15", "10000"];
  return {
    contenders: options.servers === undefined ? contenders : options.servers.split(",").map(findContender),
    stages: options.stages === undefined ? stageNames : options.stages.split(",").map(findStage),
    sockets: wholeNumbers("--sockets", options.sockets ?? sockets, 1, 15_000),
    users: wholeNumbers("--users", options.users ?? users, 1, 15_000),
    members: wholeNumber("--members", options.members ?? members, 1, 15_000),
    notifications: wholeNumber("--notifications", options.notifications ?? notifications, 100, 10_000),
    silence: wholeNumber("--silence", options.silence ?? silence, 0, 3600),
    seconds: readSeconds(options.seconds ?? seconds),
    listeners: wholeNumber("--listeners", options.listeners, 1, 64),
    concurrency: wholeNumber("--concurrency", options.concurrency, 2, 1000),
    padding: wholeNumber("--padding", options.padding, 0, 60_000),
    folder: options.folder ?? tmpdir(),
    format: options.markdown ? "markdown" : "text",
    json: options.json,
  };
}

function wholeNumbers(name: string, text: string, min: number, max: number): number[] {
  return text.split(",").map((part) => wholeNumber(name, part, min, max));
}

/** A load may be shorter than a second, so that tests need not wait for it. */
function readSeconds(text: string): number {
  const value = /^\d{1,4}(\.\d)?$/.test(text) ? Number(text) : Number.NaN;
  if (value >= 0.1 && value <= 3600) return value;
  throw new UsageError(`--seconds is a number from 0.1 to 3600 with at most one decimal, not "${text}".`);
}

function findContender(name: string): Contender {
  return findBy("--servers", contenders, ({ name: own }) => own, name);
}

function findStage(name: string): StageName {
  return findBy("--stages", stageNames, (own) => own, name);
}

function findBy<Item>(
  option: string,
  items: readonly Item[],
  nameOf: (item: Item) => string,
  name: string,
): Item {
  const found = items.find((item) => nameOf(item) === name);
  if (found !== undefined) return found;
  throw new UsageError(`${option} knows ${items.map(nameOf).join(" and ")}, not "${name}".`);
}
