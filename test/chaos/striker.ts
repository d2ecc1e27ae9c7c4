import { type Attack, attackAnswer, DOOR, type Kind, type Point, pointsOfReturn } from "./attack.ts";
import type { Listener } from "./listener.ts";
import type { Random } from "./random.ts";
import type { Server } from "./server.ts";

export interface StrikerOptions {
  readonly server: Server;
  readonly listeners: readonly Listener[];
  readonly random: Random;
}

/** What is to be struck, where, and how. */
export type Aim = Pick<Attack, "kind" | "name" | "point" | "deed"> & Partial<Pick<Attack, "patience">>;

/** How long a trap waits to be sprung unless something else is said, in ms. */
const PATIENCE = 1000;

/** Lays traps, by the door that the Worker under test has for it. */
export class Striker {
  readonly #options: StrikerOptions;
  /** Where a trap is laid. */
  readonly #trapped = new Set<string>();

  constructor(options: StrikerOptions) {
    this.#options = options;
  }

  /**
   * Strikes once, and sees to it that the point is passed where that takes somebody who comes back.
   *
   * @returns where it was aborted or held: at the point or, where that was not reached in time, `now`; nothing where it
   * was not, because another trap lies there or the service is gone.
   */
  async strike({ kind, name, point, deed, patience = PATIENCE }: Aim): Promise<Point | undefined> {
    const key = `${kind} ${name}`;
    if (this.#trapped.has(key)) return undefined;
    this.#trapped.add(key);
    const startedAt = performance.now();
    try {
      const delay = this.#delayAt(point);
      const sent = this.#send({ kind, name, point, deed, delay, patience });
      if (pointsOfReturn.has(point)) this.#sendBack(kind, name, point);
      const outcome = await sent;
      if (outcome === "held") return point;
      if (outcome !== "aborted") return undefined;
      // What calls the objects cannot be aborted wherever it is.
      return kind === "worker" || performance.now() - startedAt < patience ? point : "now";
    } catch {
      // The service is down, or was killed meanwhile.
      return undefined;
    } finally {
      this.#trapped.delete(key);
    }
  }

  async #send(attack: Attack) {
    const response = await fetch(`${this.#options.server.address("http")}${DOOR}`, {
      method: "POST",
      body: JSON.stringify(attack),
      signal: AbortSignal.timeout(2 * attack.patience),
    });
    return response.ok ? attackAnswer.parse(await response.json()).outcome : undefined;
  }

  /** A replay and what goes to many take a while: they are struck somewhere in it. */
  #delayAt(point: Point): number {
    const { random } = this.#options;
    if (point === "replay") return random.between(0, 60);
    return point === "relay" || point === "hand" ? random.between(0, 5) : 0;
  }

  /** Lets clients lose their connections, so that they come back to the object and pass the point. */
  #sendBack(kind: Kind, name: string, point: Point): void {
    const { random, listeners, server } = this.#options;
    const live = listeners.filter(({ isLive }) => isLive);
    if (!pointsOfAudience.has(point)) {
      const those = live.filter((one) => passes(one, kind, name, point));
      if (those.length > 0) random.pick(those).drop();
      return;
    }
    const devices = Map.groupBy(live, ({ part }) => part.user);
    const users = [...devices.keys()];
    // Which users belong to a shard is the service's own business: of several, some will.
    const chosen =
      kind === "user" ? [name] : users.filter(() => random.chance((2 * server.shards) / users.length));
    // All devices at once: while one of them is there, the audience need not be told.
    for (const listener of chosen.flatMap((user) => devices.get(user) ?? [])) listener.drop();
  }
}

/** Points at which the audience is told who comes and goes. */
const pointsOfAudience: ReadonlySet<Point> = new Set(["register", "registered", "leave"] as const);

function passes({ part, wire }: Listener, kind: Kind, name: string, point: Point): boolean {
  if (kind === "user") return part.user === name && (point !== "subscribe" || part.rooms.length > 0);
  // A room replays to sockets of its own.
  return point === "replay" ? wire.leadsTo(name) : part.rooms.includes(name);
}
