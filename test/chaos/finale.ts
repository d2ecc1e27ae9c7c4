import { setTimeout as wait } from "node:timers/promises";
import type { Point } from "./attack.ts";
import type { Cast } from "./cast.ts";
import { futile } from "./futile.ts";
import type { Publisher } from "./publisher.ts";
import type { Random } from "./random.ts";
import type { Saboteur } from "./saboteur.ts";
import type { Server } from "./server.ts";

export interface FinaleOptions {
  readonly cast: Cast;
  readonly server: Server;
  readonly publisher: Publisher;
  readonly saboteur: Saboteur;
  readonly random: Random;
  /** Resolves when everybody has what they are entitled to, or it has taken too long: with whether they have. */
  readonly settled: () => Promise<boolean>;
  /** How often the audience is put to the test: what comes later to any of it mends all that was missing there. */
  readonly broadcasts: number;
}

/** How long traps take to be laid, in ms, and how long they wait then. */
const LAYING = 500;
const PATIENCE = 2000;
/** Share of the users who are struck. */
const STRUCK = 0.3;

const inRoom: readonly Point[] = ["store", "write", "answer"];
const inRelay: readonly Point[] = [...inRoom, "relay"];
const inUser: readonly Point[] = ["store", "write", "answer"];
/** Some users are struck while they take what a room hands them, or the audience. */
const inFollower: readonly Point[] = [...inUser, "push", "pushed"];
const inMember: readonly Point[] = ["hand", "handed"];
const inFirst: readonly Point[] = ["store", "write", "share", "share", "answer", "hand", "hand"];
const inShard: readonly Point[] = ["copy", "copied", "copied", "hand", "hand"];
const inWorker: readonly Point[] = ["queued", "consume", "midway", "consumed"];

/**
 * The last event of each log, whose object is aborted on the way. Nothing comes after it that would show a hole, so
 * this is where an answer that was given too early is found.
 */
export async function finale(options: FinaleOptions): Promise<void> {
  const { cast, publisher, random, settled, broadcasts } = options;
  const abort = aborting(options);
  // A trap that nothing springs would be waited for.
  const relaying = new Set(cast.parts.flatMap(({ rooms }) => rooms));
  const following = new Set(cast.parts.filter(({ rooms }) => rooms.length > 0).map(({ user }) => user));
  await struck(
    [
      ...cast.rooms.map((name) => abort("room", name, relaying.has(name) ? inRelay : inRoom)),
      ...cast.users
        .filter(() => random.chance(STRUCK))
        .map((name) => abort("user", name, following.has(name) ? inFollower : inUser)),
      abort("worker", "", inWorker),
    ],
    [
      ...cast.rooms.map((room) => () => publisher.publishTo({ channels: [room] })),
      ...cast.users.map((user) => () => publisher.publishTo({ users: [user] })),
      () => publisher.publishTo({ users: cast.users }),
      () => publisher.publishTo({ users: cast.users }, futile.refused),
    ],
  );
  for (let count = 0; count < broadcasts; count++) {
    // One more would mend what is missing.
    if (count > 0 && !(await settled())) return;
    await lastBroadcast(options);
  }
}

/** A broadcast to everybody while each shard is aborted on its way, and some of the members. */
async function lastBroadcast(options: FinaleOptions): Promise<void> {
  const { cast, server, publisher, random } = options;
  const abort = aborting(options);
  const others = Array.from({ length: server.shards - 1 }, (_, index) => String(index + 1));
  await struck(
    [
      abort("first", "0", inFirst),
      ...others.map((name) => abort("shard", name, inShard)),
      ...cast.users.filter(() => random.chance(STRUCK)).map((name) => abort("user", name, inMember)),
    ],
    [() => publisher.publishTo({ everyone: true })],
  );
}

function aborting({ saboteur, random }: FinaleOptions) {
  return (kind: "room" | "user" | "first" | "shard" | "worker", name: string, among: readonly Point[]) => {
    const point = random.pick(among);
    return () => saboteur.abort({ kind, name, point, patience: PATIENCE });
  };
}

/** Publishes when the traps are laid; resolves when all is answered and all have been sprung. */
async function struck(
  traps: readonly (() => Promise<boolean>)[],
  publishes: readonly (() => Promise<void>)[],
): Promise<void> {
  const sprung = traps.map((lay) => lay());
  await wait(LAYING);
  await Promise.all([...publishes.map((publish) => publish()), ...sprung]);
}
