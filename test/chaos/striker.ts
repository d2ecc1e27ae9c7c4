import { type Attack, attackAnswer, DOOR, type Point, pointsOfReturn } from "./attack.ts";
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
export type Aim = Pick<Attack, "object" | "name" | "point" | "deed">;

/** How long a trap waits to be sprung, in ms. */
const PATIENCE = 2000;

/** Lays traps in objects, by the door that the Worker under test has for it. */
export class Striker {
  readonly #options: StrikerOptions;
  /** Objects in which a trap is laid. */
  readonly #trapped = new Set<string>();

  constructor(options: StrikerOptions) {
    this.#options = options;
  }

  /**
   * Strikes one object, and sees to it that the point is passed where that takes somebody who comes back.
   *
   * @returns where it was aborted or held: at the point or, where that was not reached in time, `now`; nothing where it
   * was not, because another trap lies there or the service is gone.
   */
  async strike({ object, name, point, deed }: Aim): Promise<Point | undefined> {
    const key = `${object} ${name}`;
    if (this.#trapped.has(key)) return undefined;
    this.#trapped.add(key);
    const startedAt = performance.now();
    try {
      const delay = this.#delayAt(point);
      const sent = this.#send({ object, name, point, deed, delay, patience: PATIENCE });
      if (pointsOfReturn.has(point)) this.#sendBack(object === "user" ? userLog(name) : name, point);
      const outcome = await sent;
      if (outcome === "held") return point;
      if (outcome !== "aborted") return undefined;
      return performance.now() - startedAt < PATIENCE ? point : "now";
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

  /** A replay and a relay take a while: they are struck somewhere in it. */
  #delayAt(point: Point): number {
    const { random } = this.#options;
    if (point === "replay") return random.between(0, 60);
    return point === "relay" ? random.between(0, 5) : 0;
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
