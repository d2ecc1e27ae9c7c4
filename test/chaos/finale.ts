import { setTimeout as wait } from "node:timers/promises";
import type { Point } from "./attack.ts";
import type { Cast } from "./cast.ts";
import type { Publisher } from "./publisher.ts";
import type { Random } from "./random.ts";
import type { Saboteur } from "./saboteur.ts";

export interface FinaleOptions {
  readonly cast: Cast;
  readonly publisher: Publisher;
  readonly saboteur: Saboteur;
  readonly random: Random;
}

/** How long a trap takes to be laid, in ms. */
const LAYING = 200;

const onTheWay: readonly Point[] = ["store", "write", "relay", "answer"];

/**
 * The last event of each log, whose object is aborted on the way. Nothing comes after it that would show a hole, so
 * this is where an answer that was given too early is found.
 */
export async function finale({ cast, publisher, saboteur, random }: FinaleOptions): Promise<void> {
  const aborts: Promise<boolean>[] = [];
  for (const name of cast.rooms) {
    aborts.push(saboteur.abort({ object: "room", name, point: random.pick(onTheWay) }));
  }
  for (const name of cast.users) {
    // Some are struck while they take what a room hands them, some while they take what is their own.
    const point = random.pick<Point>(["push", "pushed", "write", "answer"]);
    if (random.chance(0.3)) aborts.push(saboteur.abort({ object: "user", name, point }));
  }
  await wait(LAYING);
  await Promise.all([
    ...cast.rooms.map((room) => publisher.publishTo({ users: [], channels: [room] })),
    ...cast.users.map((user) => publisher.publishTo({ users: [user], channels: [] })),
  ]);
  await Promise.all(aborts);
}
