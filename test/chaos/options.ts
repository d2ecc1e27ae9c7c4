import { randomInt } from "node:crypto";
import { readOptions, type Usage, wholeNumber } from "../../src/cli/args.ts";

const usage = {
  call: "npm run chaos --",
  summary:
    "Kills the service and aborts its objects while backends publish and clients listen. Exit code 0: nothing that was answered with success was lost, repeated, reordered or led astray.",
  options: {
    seed: { type: "string", value: "<number>", help: "Repeats the choices of an earlier run." },
    clients: { type: "string", value: "<number>", default: "200", help: "Clients that listen." },
    kills: { type: "string", value: "<number>", default: "20", help: "How often the process is killed." },
    aborts: { type: "string", value: "<number>", default: "200", help: "How many objects are aborted." },
    seconds: { type: "string", value: "<number>", default: "100", help: "Over which these are spread." },
    rate: { type: "string", value: "<number>", default: "200", help: "Events published a second." },
  },
} as const satisfies Usage;

export interface ChaosOptions {
  readonly seed: number;
  readonly clients: number;
  readonly kills: number;
  readonly aborts: number;
  readonly seconds: number;
  readonly rate: number;
}

export function randomSeed(): number {
  return randomInt(1, 2 ** 31);
}

/** @throws {UsageError} for what the usage text does not have. */
export function readChaosOptions(argv: readonly string[]): ChaosOptions {
  const { options } = readOptions(usage, argv);
  const { seed } = options;
  return {
    seed: seed === undefined ? randomSeed() : wholeNumber("--seed", seed, 0, 2 ** 32 - 1),
    clients: wholeNumber("--clients", options.clients, 1, 5000),
    kills: wholeNumber("--kills", options.kills, 0, 10_000),
    aborts: wholeNumber("--aborts", options.aborts, 0, 100_000),
    seconds: wholeNumber("--seconds", options.seconds, 1, 100_000),
    rate: wholeNumber("--rate", options.rate, 1, 10_000),
  };
}
