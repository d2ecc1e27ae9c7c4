import { tmpdir } from "node:os";
import { readOptions, type Usage, UsageError, wholeNumber } from "../../src/cli/args.ts";
import { contenders } from "./contenders.ts";
import type { Contender } from "./server.ts";

const usage = {
  call: "npm run bench --",
  summary:
    "Measures Carillon and its peers in one run: connecting, publishing to a room and to users, resuming. Exit code 0: nothing was lost; speed is not judged.",
  options: {
    quick: { type: "boolean", help: "Small numbers, to see that it works: 100 sockets, one second a load." },
    sockets: { type: "string", value: "<number>", help: "Sockets of each audience. Default: 1000." },
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

export interface BenchOptions {
  readonly contenders: readonly Contender[];
  readonly sockets: number;
  readonly seconds: number;
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
  const [sockets, seconds] = options.quick ? ["100", "1"] : ["1000", "5"];
  return {
    contenders: options.servers === undefined ? contenders : options.servers.split(",").map(find),
    sockets: wholeNumber("--sockets", options.sockets ?? sockets, 1, 15_000),
    seconds: readSeconds(options.seconds ?? seconds),
    listeners: wholeNumber("--listeners", options.listeners, 1, 64),
    concurrency: wholeNumber("--concurrency", options.concurrency, 2, 1000),
    padding: wholeNumber("--padding", options.padding, 0, 60_000),
    folder: options.folder ?? tmpdir(),
    format: options.markdown ? "markdown" : "text",
    json: options.json,
  };
}

/** A load may be shorter than a second, so that tests need not wait for it. */
function readSeconds(text: string): number {
  const value = /^\d{1,4}(\.\d)?$/.test(text) ? Number(text) : Number.NaN;
  if (value >= 0.1 && value <= 3600) return value;
  throw new UsageError(`--seconds is a number from 0.1 to 3600 with at most one decimal, not "${text}".`);
}

function find(name: string): Contender {
  const found = contenders.find((contender) => contender.name === name);
  if (found) return found;
  throw new UsageError(`--servers knows ${contenders.map((one) => one.name).join(" and ")}, not "${name}".`);
}
