import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AudienceName, makeAudience } from "./audience.ts";
import { loads } from "./load.ts";
import type { Measurement } from "./measurement.ts";
import type { Contender } from "./server.ts";
import { Stage } from "./stage.ts";

export interface RunOptions {
  readonly contenders: readonly Contender[];
  readonly sockets: number;
  /** How long each load lasts. */
  readonly seconds: number;
  /** Processes that hold the sockets. */
  readonly listeners: number;
  readonly concurrency: number;
  readonly padding: number;
  /** Told what is about to be measured. */
  readonly progress: (what: string) => void;
  /** Told of each row as soon as it is there. */
  readonly measured: (row: Measurement) => void;
  /** Aborted when the run shall end early. */
  readonly stop: AbortSignal;
}

/** Events that each connection misses before it comes back. */
const MISSED: Readonly<Record<AudienceName, number>> = { room: 50, users: 5 };

/**
 * Measures every row, each server and audience on a fresh server with empty storage. The servers take turns, so that
 * what else the machine does strikes all of them alike.
 */
export async function run(options: RunOptions): Promise<void> {
  const { stop } = options;
  const folder = await mkdtemp(join(tmpdir(), "carillon-bench-"));
  try {
    for (const audience of ["room", "users"] as const) {
      for (const contender of options.contenders) {
        stop.throwIfAborted();
        await runOne(options, audience, contender, folder);
      }
    }
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

async function runOne(options: RunOptions, name: AudienceName, contender: Contender, folder: string) {
  const { sockets, listeners, concurrency, padding, progress, measured, stop } = options;
  const secrets = { publishKey: randomBytes(24).toString("hex"), jwtSecret: randomBytes(32).toString("hex") };
  const audience = await makeAudience(name, sockets, secrets);
  const tell = (what: string) => progress(`${contender.name}, ${name}: ${what}`);
  tell("starting");
  await using stage = await Stage.open({
    contender,
    secrets,
    folder,
    audience,
    listeners,
    padding,
    concurrency,
  });
  try {
    tell(`connecting ${sockets} sockets`);
    const connected = await stage.connect();
    measured(connected);
    if (connected.failed > 0) throw new Error(`Not all sockets connected: ${connected.failures.join("; ")}`);
    tell("warming up");
    await stage.warmUp();
    for (const load of loads(options.seconds)) {
      stop.throwIfAborted();
      if (load.audience !== name) continue;
      tell(load.name);
      measured(await stage.publish(load));
    }
    stop.throwIfAborted();
    if (!contender.canResume) return;
    tell("resuming");
    measured(await stage.resume(MISSED[name]));
  } catch (error) {
    if (stop.aborted) throw error;
    throw new Error(`${contender.name}, ${name}: the server printed:\n${stage.output()}`, { cause: error });
  }
}
