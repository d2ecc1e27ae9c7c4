import { setTimeout as wait } from "node:timers/promises";
import type { Point } from "./attack.ts";
import type { Cast } from "./cast.ts";
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
}

/** How long a trap takes to be laid, in ms. */
const LAYING = 200;

const inRoom: readonly Point[] = ["store", "write", "relay", "answer"];
/** Some are struck while they take what a room or the audience hands them, some while they take what is their own. */
const inUser: readonly Point[] = ["push", "pushed", "hand", "handed", "write", "answer"];
const inFirst: readonly Point[] = ["store", "write", "share", "answer", "hand"];
const inShard: readonly Point[] = ["copy", "copied", "hand"];
const inWorker: readonly Point[] = ["queued", "consume", "midway", "consumed"];

/**
 * The last event of each log, whose object is aborted on the way. Nothing comes after it that would show a hole, so
 * this is where an answer that was given too early is found.
 */
export async function finale({ cast, server, publisher, saboteur, random }: FinaleOptions): Promise<void> {
  const aborts = [
    ...cast.rooms.map((name) => saboteur.abort({ kind: "room", name, point: random.pick(inRoom) })),
    ...cast.users
      .filter(() => random.chance(0.3))
      .map((name) => saboteur.abort({ kind: "user", name, point: random.pick(inUser) })),
    saboteur.abort({ kind: "first", name: "0", point: random.pick(inFirst) }),
    ...Array.from({ length: server.shards - 1 }, (_, index) =>
      saboteur.abort({ kind: "shard", name: String(index + 1), point: random.pick(inShard) }),
    ),
    saboteur.abort({ kind: "worker", name: "", point: random.pick(inWorker) }),
  ];
  await wait(LAYING);
  await Promise.all([
    ...cast.rooms.map((room) => publisher.publishTo({ channels: [room] })),
    ...cast.users.map((user) => publisher.publishTo({ users: [user] })),
    publisher.publishTo({ users: cast.users }),
    publisher.publishTo({ everyone: true }),
  ]);
  await Promise.all(aborts);
}
