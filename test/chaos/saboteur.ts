import { setTimeout as wait } from "node:timers/promises";
import { type Kind, type Point, points } from "./attack.ts";
import type { Cast, Part } from "./cast.ts";
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
const OUTAGE = 600;
/** Where the process is killed while something stands still there; the other kills come at any moment. */
const heldAt = [
  { kind: "room", point: "answer" },
  { kind: "user", point: "answer" },
  { kind: "room", point: "read" },
  { kind: "room", point: "replay" },
  { kind: "user", point: "replay" },
  { kind: "room", point: "relay" },
  { kind: "user", point: "push" },
  { kind: "user", point: "pushed" },
  { kind: "first", point: "share" },
  { kind: "first", point: "answer" },
  { kind: "first", point: "hand" },
  { kind: "shard", point: "copied" },
  { kind: "shard", point: "registered" },
  { kind: "user", point: "handed" },
  { kind: "worker", point: "inline" },
  { kind: "worker", point: "queued" },
  { kind: "worker", point: "midway" },
  { kind: "worker", point: "consumed" },
] as const;
/** How often each kind is struck, of a hundred aborts. */
const shares = [
  ["room", 40],
  ["user", 25],
  ["first", 10],
  ["shard", 15],
  ["worker", 10],
] as const satisfies readonly (readonly [Kind, number])[];
/** With how many shards of the audience the service may come back, at most: with one more after each kill. */
const SHARDS = { first: 3, most: 16 };

/** Kills the process and aborts single objects, as often as was asked for. */
export class Saboteur {
  readonly kills = new Tally();
  readonly aborts = new Tally();
  readonly #options: SaboteurOptions;
  readonly #striker: Striker;
  /** Strikes that nobody waits for before all the others are done. */
  readonly #asides: Promise<boolean>[] = [];
  #mostShards: number;

  constructor(options: SaboteurOptions) {
    this.#options = options;
    this.#striker = new Striker(options);
    this.#mostShards = options.server.shards;
  }

  /** Resolves when all is done. */
  async run(): Promise<void> {
    const { kills, aborts, random } = this.#options;
    await Promise.all([
      this.#spread(kills, random.of("kills"), () => this.#kill(), { isOverlapping: false }),
      this.#spread(aborts, random.of("aborts"), () => this.#abort(), { isOverlapping: true }),
    ]);
    await Promise.all(this.#asides);
  }

  /** Aborts one object at a point, if it is there to be aborted. */
  async abort(aim: Omit<Aim, "deed">): Promise<boolean> {
    const point = await this.#striker.strike({ ...aim, deed: "abort" });
    if (point === undefined) return false;
    this.aborts.add(`${aim.kind} ${point}`);
    return true;
  }

  /** Somebody is about to come late, perhaps a user's first: some are struck while the audience is told. */
  ambush({ user }: Part): void {
    const { random } = this.#options;
    if (random.chance(0.5)) return;
    const point = random.pick<Point>(["register", "registered"]);
    this.#asides.push(this.abort({ kind: "user", name: user, point }));
  }

  async #kill(): Promise<void> {
    const { server, random } = this.#options;
    let where = "at any moment";
    if (random.chance(0.6)) {
      const { kind, point } = random.pick(heldAt);
      const held = await this.#striker.strike({ kind, name: this.#nameOf(kind), point, deed: "hold" });
      if (held !== undefined) where = `${kind} ${held}`;
    }
    await server.kill();
    this.kills.add(where);
    await wait(random.between(0, OUTAGE));
    const most = Math.min(SHARDS.most, SHARDS.first + this.kills.total);
    await server.restart(random.chance(0.1) ? 1 : 2 + random.below(most - 1));
    const added = this.#addedShard();
    // A new shard is struck while it copies what there is.
    if (added !== undefined) this.#asides.push(this.abort({ kind: "shard", name: added, point: "fill" }));
  }

  /** A shard that there was never before. */
  #addedShard(): string | undefined {
    const { shards } = this.#options.server;
    if (shards <= this.#mostShards) return undefined;
    this.#mostShards = shards;
    return String(shards - 1);
  }

  /** Aborts one object; while the service is down, another one later. */
  async #abort(): Promise<void> {
    const { random, stop } = this.#options;
    while (!stop.aborted) {
      const kind = this.#pickKind();
      const point = random.pick<Point>(points[kind].filter((one) => one !== "fill"));
      if (await this.abort({ kind, name: this.#nameOf(kind), point })) return;
      await wait(random.between(50, 300));
    }
  }

  #pickKind(): Kind {
    let number = this.#options.random.below(100);
    for (const [kind, share] of shares) {
      number -= share;
      if (number < 0) return kind;
    }
    return "room";
  }

  #nameOf(kind: Kind): string {
    const { cast, random, server } = this.#options;
    if (kind === "worker") return "";
    if (kind === "first") return "0";
    // With one shard there is no other: it then sleeps, and is struck all the same.
    if (kind === "shard") return String(1 + random.below(Math.max(1, server.shards - 1)));
    return random.pickEarly(kind === "user" ? cast.users : cast.rooms);
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
