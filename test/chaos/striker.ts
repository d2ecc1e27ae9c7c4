import { type Attack, attackAnswer, DOOR, type Kind, type Point, pointsOfReturn } from "./attack.ts";
import { ownLog, userLog } from "./cast.ts";
import type { Listener } from "./listener.ts";
import type { Random } from "./random.ts";
import type { Server } from "./server.ts";

export interface StrikerOptions {
  readonly server: Server;
  readonly listeners: readonly Listener[];
  readonly random: Random;
}

/** What is to be struck, where, and how. */
export type Aim = Pick<Attack, "kind" | "name" | "point" | "deed">;

/** How long a trap waits to be sprung, in ms. */
const PATIENCE = 2000;

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
  async strike({ kind, name, point, deed }: Aim): Promise<Point | undefined> {
    const key = `${kind} ${name}`;
    if (this.#trapped.has(key)) return undefined;
    this.#trapped.add(key);
    const startedAt = performance.now();
    try {
      const delay = this.#delayAt(point);
      const sent = this.#send({ kind, name, point, deed, delay, patience: PATIENCE });
      if (pointsOfReturn.has(point)) this.#sendBack(kind, name, point);
      const outcome = await sent;
      if (outcome === "held") return point;
      if (outcome !== "aborted") return undefined;
      // What calls the objects cannot be aborted wherever it is.
      return kind === "worker" || performance.now() - startedAt < PATIENCE ? point : "now";
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
      signal: AbortSignal.timeout(2 * PATIENCE),
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
    const isShard = kind === "first" || kind === "shard";
    const those = listeners.filter((one) => {
      return one.client.isLive && (isShard ? this.#isLone(one) : passes(one, kind, name, point));
    });
    // Which of the users belong to a shard is the service's own business: some of them will.
    const wanted = Math.min(those.length, isShard ? 2 * server.shards : 1);
    for (let count = 0; count < wanted; count++) random.pick(those).client.drop();
  }

  /** Whether a client is its user's only one: with another there all the time, the audience need not be told. */
  #isLone({ part }: Listener): boolean {
    const devices = this.#options.listeners.filter((one) => one.part.user === part.user);
    return part.home.kind === "user" && devices.length === 1;
  }
}

function passes({ part }: Listener, kind: Kind, name: string, point: Point): boolean {
  const log = kind === "user" ? userLog(name) : name;
  const isOwn = kind === "user" || point === "replay";
  if (!isOwn) return part.relayed.includes(log);
  return ownLog(part) === log && (point !== "subscribe" || part.relayed.length > 0);
}
