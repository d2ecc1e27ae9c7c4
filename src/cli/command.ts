import { resolve } from "node:path";
import { CarillonError } from "../protocol/errors.ts";
import { HelpAsked, UsageError } from "./args.ts";

/** What a command has around it; tests give it their own. */
export interface Surroundings {
  /** The directory that holds .dev.vars, wrangler.toml and node_modules. */
  readonly directory: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
  /** Aborted when the command shall come to its end (Ctrl-C, SIGTERM). */
  readonly stop: AbortSignal;
}

/** A command. It answers with its exit code: 0 when it did what it was asked for, else 1. */
export type Command = (argv: readonly string[], surroundings: Surroundings) => Promise<number>;

/** The command cannot do what it was asked for; the message says why and what to do. */
export class Failure extends Error {
  override readonly name = "Failure";
}

/** Runs a command and tells of its failure. Calls that are not as the usage text says end with 2. */
export async function execute(
  command: Command,
  argv: readonly string[],
  surroundings: Surroundings,
): Promise<number> {
  try {
    return await command(argv, surroundings);
  } catch (error) {
    if (error instanceof HelpAsked) {
      surroundings.out(error.message);
      return 0;
    }
    if (error instanceof UsageError) {
      surroundings.err(`${error.message} See --help.`);
      return 2;
    }
    if (error instanceof Failure || error instanceof CarillonError) {
      surroundings.err(error.message);
      return 1;
    }
    throw error;
  }
}

/** Runs a command as this process. */
export async function main(command: Command): Promise<void> {
  process.exitCode = await execute(command, process.argv.slice(2), {
    directory: resolve(import.meta.dirname, "../.."),
    env: process.env,
    out: (line) => process.stdout.write(`${line}\n`),
    err: (line) => process.stderr.write(`${line}\n`),
    stop: endOfProcess(),
  });
}

/** How often it is looked whether npm is still there, in milliseconds. */
const PARENT_INTERVAL = 500;

/** Aborted when this process shall end: by a signal, or because nobody is there any more who could send one. */
function endOfProcess(): AbortSignal {
  const stop = new AbortController();
  // Left registered, so that an impatient second Ctrl-C does not end us before our children have ended.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => stop.abort(new Failure(`Stopped by ${signal}.`)));
  }
  // Whoever read what we print has gone.
  process.stdout.on("error", () => stop.abort(new Failure("Nobody reads the output.")));
  if (process.env.npm_lifecycle_event !== undefined) {
    // npm starts us through a shell and hands SIGTERM to that shell, which ends without telling us.
    const parent = process.ppid;
    setInterval(() => {
      if (process.ppid !== parent) stop.abort(new Failure("npm has ended."));
    }, PARENT_INTERVAL).unref();
  }
  return stop.signal;
}
