import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { Failure } from "../../src/cli/command.ts";
import { type AudienceName, makeAudience } from "./audience.ts";
import { countCosts } from "./costs.ts";
import { measureInbox } from "./inbox.ts";
import type { Measurement } from "./measurement.ts";
import { openFiles } from "./open-files.ts";
import { type Scene, type Sizes, type StageName, scenesOf } from "./scene.ts";
import type { Contender, Secrets } from "./server.ts";
import { Stage } from "./stage.ts";

export interface RunOptions extends Sizes {
  readonly contenders: readonly Contender[];
  readonly stages: readonly StageName[];
  /** How many lie in the fuller of two inboxes. */
  readonly notifications: number;
  /** Processes that hold the sockets. */
  readonly listeners: number;
  /** Connections that are opened at once. */
  readonly concurrency: number;
  readonly padding: number;
  /** Where a folder for the servers' files is made, and removed in the end. */
  readonly folder: string;
  /** Told what is about to be measured. */
  readonly progress: (what: string) => void;
  /** Told what cannot be measured here, and why. */
  readonly leftOut: (what: string) => void;
  /** Told of each row as soon as it is there. */
  readonly measured: (row: Measurement) => void;
  /** Aborted when the run shall end early. */
  readonly stop: AbortSignal;
}

/** How long an event may be on its way, in milliseconds: peers that cannot keep up with a load take long. */
const ARRIVAL = 180_000;
/** Files that the server opens for each socket: the object of a user has its database open. */
const FILES: Readonly<Record<AudienceName, number>> = {
  room: 1,
  deflate: 1,
  relayed: 5,
  users: 5,
  broadcast: 5,
};
const SPARE_FILES = 200;
/** Connections that are opened one by one, at most. */
const MOST_ALONE = 100;

/**
 * Measures every row, each scene on a fresh server with empty storage. The servers take turns, so that what else the
 * machine does strikes all of them alike.
 */
export async function run(options: RunOptions): Promise<void> {
  const folder = await mkdtemp(join(options.folder, "carillon-bench-"));
  const limit = await openFiles();
  try {
    for (const name of options.stages) {
      if (name === "inbox") await inEachTurn(options, (contender) => inbox(options, contender, folder));
      else if (name === "costs") await inEachTurn(options, (contender) => costs(options, contender, folder));
      else {
        for (const scene of scenesOf(name, options)) {
          const files = scene.sockets * FILES[scene.audience] + SPARE_FILES;
          if (files > limit) {
            options.leftOut(`${scene.audience} of ${scene.sockets}: needs ${files} open files of ${limit}`);
            continue;
          }
          await inEachTurn(options, async (contender) => {
            if (!contender.audiences.includes(scene.audience)) return;
            if (name === "replay" && !contender.canResume) return;
            await onStage(options, scene, contender, folder, (stage, tell) =>
              measure(stage, scene, { ...options, contender, tell }),
            );
          });
        }
      }
    }
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

async function inEachTurn(
  { contenders, stop }: RunOptions,
  task: (contender: Contender) => Promise<void>,
): Promise<void> {
  for (const contender of contenders) {
    stop.throwIfAborted();
    await task(contender);
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

async function costs(options: RunOptions, contender: Contender, folder: string): Promise<void> {
  const { startCounting: start } = contender;
  if (!start) return;
  await countCosts({
    ...options,
    open: (audience, sockets, task) =>
      onStage(options, { audience, sockets }, { ...contender, start }, folder, (stage, tell) => {
        tell("counting what it costs");
        return task(stage);
      }),
  });
}

function newSecrets(): Secrets {
  return { publishKey: randomBytes(24).toString("hex"), jwtSecret: randomBytes(32).toString("hex") };
}

type Tell = (what: string) => void;

/** Does something with a server and an audience that have just been made. */
async function onStage(
  options: RunOptions,
  { audience: name, sockets }: { readonly audience: AudienceName; readonly sockets: number },
  contender: Contender,
  folder: string,
  task: (stage: Stage, tell: Tell) => Promise<void>,
): Promise<void> {
  const { listeners, padding, progress, stop } = options;
  const secrets = newSecrets();
  const audience = await makeAudience(name, sockets, secrets);
  const tell = (what: string) => {
    stop.throwIfAborted();
    progress(`${contender.name}, ${name} of ${sockets}: ${what}`);
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
    await task(stage, tell);
  } catch (error) {
    stop.throwIfAborted();
    const why = error instanceof Error ? error.message : String(error);
    const printed = stage.output();
    throw new Failure(`${contender.name}, ${name}: ${why}${printed && `\nThe server printed:\n${printed}`}`);
  }
}

interface Measuring extends RunOptions {
  readonly contender: Contender;
  readonly tell: Tell;
}

async function measure(stage: Stage, scene: Scene, measuring: Measuring): Promise<void> {
  const { contender, concurrency, seconds, measured, tell } = measuring;
  const { sockets } = scene;
  tell("connecting");
  // Somebody who comes alone, and a crowd.
  const alone = Math.min(MOST_ALONE, Math.ceil(sockets / 10));
  for (const [count, atOnce] of [
    [alone, 1],
    [sockets - alone, concurrency],
  ] as const) {
    if (count === 0) continue;
    const connected = await stage.connect(count, atOnce);
    if (scene.loads.length + scene.broadcasts.length > 0) measured(connected);
    if (connected.failed > 0) throw new Error(`Sockets did not connect: ${connected.failures.join("; ")}`);
  }
  tell("warming up");
  await stage.warmUp();
  for (const load of scene.loads) {
    if (load.batch > 1 && !contender.canBatch) continue;
    tell(load.name);
    measured(await stage.publish(load));
  }
  for (const load of scene.broadcasts) {
    tell(load.name);
    measured(await stage.broadcast(load, seconds));
  }
  if (!contender.canResume || scene.missed === 0) return;
  tell("resuming");
  measured(await stage.resume(scene.missed, scene.missedAt));
}
