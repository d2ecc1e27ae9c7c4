import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { Failure } from "../../src/cli/command.ts";
import { type AudienceName, broadcastTargets, makeAudience } from "./audience.ts";
import { countCosts } from "./costs.ts";
import { measureInbox } from "./inbox.ts";
import { broadcastLoads, loads } from "./load.ts";
import type { Measurement } from "./measurement.ts";
import type { StageName } from "./options.ts";
import type { Contender, Secrets } from "./server.ts";
import { Stage } from "./stage.ts";

export interface RunOptions {
  readonly contenders: readonly Contender[];
  readonly stages: readonly StageName[];
  /** Sockets in the room, and users. */
  readonly sockets: number;
  /** Users that a broadcast is for. */
  readonly members: number;
  /** How many lie in the fuller of two inboxes. */
  readonly notifications: number;
  /** Seconds after which objects are asleep, or 0 to leave that out. */
  readonly silence: number;
  /** How long each load lasts. */
  readonly seconds: number;
  /** Processes that hold the sockets. */
  readonly listeners: number;
  /** Connections that are opened at once. */
  readonly concurrency: number;
  readonly padding: number;
  /** Where a folder for the servers' files is made, and removed in the end. */
  readonly folder: string;
  /** Told what is about to be measured. */
  readonly progress: (what: string) => void;
  /** Told of each row as soon as it is there. */
  readonly measured: (row: Measurement) => void;
  /** Aborted when the run shall end early. */
  readonly stop: AbortSignal;
}

/** How long an event may be on its way, in milliseconds. */
const ARRIVAL = 60_000;
/** Events that each connection misses before it comes back. */
const MISSED: Readonly<Record<AudienceName, number>> = { room: 50, users: 5, broadcast: 5 };

/**
 * Measures every row, each server and audience on a fresh server with empty storage. The servers take turns, so that
 * what else the machine does strikes all of them alike.
 */
export async function run(options: RunOptions): Promise<void> {
  const { stop } = options;
  const folder = await mkdtemp(join(options.folder, "carillon-bench-"));
  try {
    for (const name of options.stages) {
      for (const contender of options.contenders) {
        stop.throwIfAborted();
        if (name === "inbox") await inbox(options, contender, folder);
        else if (name !== "costs") await onStage(options, name, contender, folder, measure);
        else if (contender.startCounting) {
          const start = contender.startCounting;
          await onStage(options, "broadcast", { ...contender, start }, folder, count);
        }
      }
    }
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

/** How often each thing is done with an inbox: often enough that what is put off is done too. */
const INBOX_TIMES = 40;

async function inbox(options: RunOptions, contender: Contender, folder: string): Promise<void> {
  const { notifications, progress, measured, stop } = options;
  const secrets = newSecrets();
  const tell = (what: string) => {
    stop.throwIfAborted();
    progress(`${contender.name}, inbox: ${what}`);
  };
  await measureInbox({ contender, secrets, folder, notifications, times: INBOX_TIMES, tell, measured });
}

function newSecrets(): Secrets {
  return { publishKey: randomBytes(24).toString("hex"), jwtSecret: randomBytes(32).toString("hex") };
}

/** Does something with a server and an audience that have just been made. */
async function onStage(
  options: RunOptions,
  name: AudienceName,
  contender: Contender,
  folder: string,
  task: (stage: Stage, options: StageRun) => Promise<void>,
): Promise<void> {
  const { listeners, padding, progress, stop } = options;
  const secrets = newSecrets();
  const sockets = name === "broadcast" ? options.members : options.sockets;
  const audience = await makeAudience(name, sockets, secrets);
  const tell = (what: string) => {
    stop.throwIfAborted();
    progress(`${contender.name}, ${name}: ${what}`);
  };
  tell("starting");
  await using stage = await Stage.open({
    contender,
    secrets,
    folder,
    audience,
    listeners,
    padding,
    arrival: ARRIVAL,
  });
  try {
    await task(stage, { ...options, name, contender, sockets, tell });
  } catch (error) {
    stop.throwIfAborted();
    const why = error instanceof Error ? error.message : String(error);
    const printed = stage.output();
    throw new Failure(`${contender.name}, ${name}: ${why}${printed && `\nThe server printed:\n${printed}`}`);
  }
}

interface StageRun extends RunOptions {
  readonly name: AudienceName;
  readonly contender: Contender;
  readonly tell: (what: string) => void;
}

async function measure(stage: Stage, run: StageRun): Promise<void> {
  const { name, contender, sockets, seconds, silence, measured, tell } = run;
  tell(`connecting ${sockets} sockets`);
  // Somebody who comes alone, and a crowd.
  const alone = Math.ceil(sockets / 10);
  for (const [count, concurrency] of [
    [alone, 1],
    [sockets - alone, run.concurrency],
  ] as const) {
    if (count === 0) continue;
    const connected = await stage.connect(count, concurrency);
    measured(connected);
    if (connected.failed > 0) throw new Error(`Sockets did not connect: ${connected.failures.join("; ")}`);
  }
  tell("warming up");
  await stage.warmUp();
  for (const load of loads(seconds)) {
    if (load.audience !== name) continue;
    tell(load.name);
    measured(await stage.publish(load));
  }
  for (const load of name === "broadcast" ? broadcastLoads(silence) : []) {
    tell(load.name);
    measured(await stage.broadcast(load, seconds));
  }
  if (!contender.canResume) return;
  tell("resuming");
  const places = name === "broadcast" ? [broadcastTargets.everyone] : undefined;
  measured(await stage.resume(MISSED[name], places));
}

async function count(
  stage: Stage,
  { sockets, concurrency, silence, measured, tell }: StageRun,
): Promise<void> {
  tell("counting what it costs");
  await countCosts(stage, { members: sockets, concurrency, silence, measured });
}
