import { setTimeout as wait } from "node:timers/promises";
import { type Attack, attackAnswer, DOOR, type Point, points, pointsOfReturn } from "./attack.ts";
import { type Cast, ownLog, userLog } from "./cast.ts";
import type { Listener } from "./listener.ts";
import type { Random } from "./random.ts";
import type { Server } from "./server.ts";
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

/** How long a trap waits to be sprung, in ms. */
const PATIENCE = 2000;
/** For how long the service may be gone after a kill, in ms. */
const OUTAGE = 1000;
/** Where the process is killed while an object stands still there; half of the kills come at any moment. */
const heldAt: readonly (readonly [object: "user" | "room", point: Point])[] = [
  ["room", "answer"],
  ["user", "answer"],
  ["room", "read"],
  ["room", "replay"],
  ["user", "replay"],
  ["room", "relay"],
  ["user", "push"],
  ["user", "pushed"],
];

/** Kills the process and aborts single objects, as often as was asked for. */
export class Saboteur {
  readonly kills = new Tally();
  readonly aborts = new Tally();
  readonly #options: SaboteurOptions;
  /** Objects in which a trap is laid. */
  readonly #trapped = new Set<string>();

  constructor(options: SaboteurOptions) {
    this.#options = options;
  }

  /** Resolves when all is done. */
  async run(): Promise<void> {
    await Promise.all([this.#killAll(), this.#abortAll()]);
  }

  async #killAll(): Promise<void> {
    const { kills, duration, random, stop } = this.#options;
    const moments = someMoments(kills, duration, random.of("kills"));
    const startedAt = performance.now();
    for (const moment of moments) {
      await wait(Math.max(0, startedAt + moment - performance.now()), undefined, { signal: stop });
      await this.#kill(random);
    }
  }

  async #kill(random: Random): Promise<void> {
    const { server } = this.#options;
    let where = "at any moment";
    if (random.chance(0.6)) {
      const [object, point] = random.pick(heldAt);
      const outcome = await this.#attack(object, point, "hold");
      if (outcome === "held") where = `${object} ${point}`;
    }
    await server.kill();
    this.kills.add(where);
    await wait(random.between(0, OUTAGE));
    await server.restart();
  }

  async #abortAll(): Promise<void> {
    const { aborts, duration, random, stop } = this.#options;
    const moments = someMoments(aborts, duration, random.of("aborts"));
    const startedAt = performance.now();
    const under: Promise<void>[] = [];
    for (const moment of moments) {
      await wait(Math.max(0, startedAt + moment - performance.now()), undefined, { signal: stop });
      under.push(this.#abort(random));
    }
    await Promise.all(under);
  }

  /** Aborts one object; while the service is down, another one later. */
  async #abort(random: Random): Promise<void> {
    const { stop } = this.#options;
    while (!stop.aborted) {
      const object = random.chance(0.6) ? "room" : "user";
      const point = random.pick<Point>(points[object]);
      const startedAt = performance.now();
      const outcome = await this.#attack(object, point, "abort");
      if (outcome === "aborted") {
        const isLate = point !== "now" && performance.now() - startedAt >= PATIENCE;
        this.aborts.add(`${object} ${isLate ? "now" : point}`);
        return;
      }
      await wait(random.between(50, 300));
    }
  }

  /** Strikes one object of the kind; gives no outcome where the service is gone meanwhile. */
  async #attack(object: Attack["object"], point: Point, deed: Attack["deed"]) {
    const { cast, random, server } = this.#options;
    const name = random.pickEarly(object === "user" ? cast.users : cast.rooms);
    const key = `${object} ${name}`;
    if (this.#trapped.has(key)) return undefined;
    this.#trapped.add(key);
    try {
      const delay = point === "replay" ? random.between(0, 60) : point === "relay" ? random.between(0, 5) : 0;
      const order: Attack = { object, name, point, deed, delay, patience: PATIENCE };
      const sent = fetch(`${server.address("http")}${DOOR}`, {
        method: "POST",
        body: JSON.stringify(order),
        signal: AbortSignal.timeout(2 * PATIENCE),
      });
      if (pointsOfReturn.has(point)) this.#sendBack(object === "user" ? userLog(name) : name, point);
      const response = await sent;
      if (!response.ok) return undefined;
      return attackAnswer.parse(await response.json()).outcome;
    } catch {
      return undefined;
    } finally {
      this.#trapped.delete(key);
    }
  }

  /** Lets a client lose its connection, so that it comes back to the object and passes the point. */
  #sendBack(log: string, point: Point): void {
    const { listeners, random } = this.#options;
    const isOwn = point === "replay" || point === "subscribe";
    const those = listeners.filter(
      ({ part, client }) => client.isLive && (isOwn ? ownLog(part) === log : part.relayed.includes(log)),
    );
    const followers = point === "subscribe" ? those.filter(({ part }) => part.relayed.length > 0) : those;
    if (followers.length > 0) random.pick(followers).client.drop();
  }
}

/** As many moments as that, each somewhere in its own part of the time: two may be close, but no five. */
function someMoments(count: number, duration: number, random: Random): number[] {
  return Array.from({ length: count }, (_, index) => ((index + random.next()) / count) * duration);
}
