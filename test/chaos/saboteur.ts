import { setTimeout as wait } from "node:timers/promises";
import { type Point, points } from "./attack.ts";
import type { Cast } from "./cast.ts";
import type { Listener } from "./listener.ts";
import type { Random } from "./random.ts";
import type { Server } from "./server.ts";
import { type Aim, Striker } from "./striker.ts";
import { Tally } from "./tally.ts";

export interface SaboteurOptions {
  readonly server: Server;
  readonly cast: Cast;
  readonly listeners: readonly Listener[];
  readonly kills: number;
  readonly aborts: number;
  /** The time over which all of it is spread, in ms. */
  readonly duration: number;
  readonly random: Random;
  /** Aborted when the run shall end early. */
  readonly stop: AbortSignal;
}

/** For how long the service may be gone after a kill, in ms; its start comes on top. */
const OUTAGE = 1000;
/** Where the process is killed while an object stands still there; the other kills come at any moment. */
const heldAt = [
  { object: "room", point: "answer" },
  { object: "user", point: "answer" },
  { object: "room", point: "read" },
  { object: "room", point: "replay" },
  { object: "user", point: "replay" },
  { object: "room", point: "relay" },
  { object: "user", point: "push" },
  { object: "user", point: "pushed" },
] as const;

/** Kills the process and aborts single objects, as often as was asked for. */
export class Saboteur {
  readonly kills = new Tally();
  readonly aborts = new Tally();
  readonly #options: SaboteurOptions;
  readonly #striker: Striker;

  constructor(options: SaboteurOptions) {
    this.#options = options;
    this.#striker = new Striker(options);
  }

  /** Resolves when all is done. */
  async run(): Promise<void> {
    const { kills, aborts, random } = this.#options;
    await Promise.all([
      this.#spread(kills, random.of("kills"), () => this.#kill(), { isOverlapping: false }),
      this.#spread(aborts, random.of("aborts"), () => this.#abort(), { isOverlapping: true }),
    ]);
  }

  /** Aborts one object at a point, if it is there to be aborted. */
  async abort(aim: Omit<Aim, "deed">): Promise<boolean> {
    const point = await this.#striker.strike({ ...aim, deed: "abort" });
    if (point === undefined) return false;
    this.aborts.add(`${aim.object} ${point}`);
    return true;
  }

  async #kill(): Promise<void> {
    const { server, random } = this.#options;
    let where = "at any moment";
    if (random.chance(0.6)) {
      const { object, point } = random.pick(heldAt);
      const held = await this.#striker.strike({ object, name: this.#nameOf(object), point, deed: "hold" });
      if (held !== undefined) where = `${object} ${held}`;
    }
    await server.kill();
    this.kills.add(where);
    await wait(random.between(0, OUTAGE));
    await server.restart();
  }

  /** Aborts one object; while the service is down, another one later. */
  async #abort(): Promise<void> {
    const { random, stop } = this.#options;
    while (!stop.aborted) {
      const object = random.chance(0.6) ? "room" : "user";
      const point = random.pick<Point>(points[object]);
      if (await this.abort({ object, name: this.#nameOf(object), point })) return;
      await wait(random.between(50, 300));
    }
  }

  #nameOf(object: "user" | "room"): string {
    const { cast, random } = this.#options;
    return random.pickEarly(object === "user" ? cast.users : cast.rooms);
  }

  /** Does something so many times, each in its own part of the time: two may be close, but no five. */
  async #spread(
    count: number,
    random: Random,
    deed: () => Promise<void>,
    { isOverlapping }: { isOverlapping: boolean },
  ): Promise<void> {
    const { duration, stop } = this.#options;
    const startedAt = performance.now();
    const under: Promise<void>[] = [];
    for (let index = 0; index < count; index++) {
      const moment = startedAt + ((index + random.next()) / count) * duration;
      await wait(Math.max(0, moment - performance.now()), undefined, { signal: stop });
      under.push(deed());
      if (!isOverlapping) await under.at(-1);
    }
    await Promise.all(under);
  }
}
