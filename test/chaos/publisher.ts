import { setTimeout as wait } from "node:timers/promises";
import { publishAnswer } from "../../src/cli/answers.ts";
import type { Aim } from "../../src/objects/aim.ts";
import { type Cast, roles, userLog } from "./cast.ts";
import type { Random } from "./random.ts";
import type { PublishRecord } from "./record.ts";

export interface PublisherOptions {
  readonly cast: Cast;
  /** Events a second. */
  readonly rate: number;
  /** Where the service is now, as `http://host:port`. */
  readonly address: () => string;
  readonly key: string;
  readonly record: PublishRecord;
  readonly random: Random;
  /** Aborted when nobody wants an answer any more. */
  readonly over: AbortSignal;
}

/** Where an event goes. */
export interface Target {
  readonly users: readonly string[];
  readonly channels: readonly string[];
}

/** An event as it is posted. */
interface Posted {
  readonly id: string;
  readonly event: string;
  readonly data: object;
  readonly to: Target;
  readonly only?: Aim["only"];
  readonly except?: Aim["except"];
}

/** How long one try may take, in ms. */
const TRY_TIMEOUT = 10_000;
/** Events that some requests carry at once. */
const BATCH = 5;
/** Requests under way at once; while the service is gone they all wait, as a backend's own queue would. */
const LANES = 60;
/** How far a backend that had to wait may lag behind its rate, in ms; what it lags further it does not make up for. */
const LAG = 2000;

/**
 * The backends of a run. They begin their requests when these are due, and repeat each of them with the same ids until
 * it is answered and no target has failed.
 */
export class Publisher {
  readonly #options: PublisherOptions;
  #ids = 0;

  constructor(options: PublisherOptions) {
    this.#options = options;
  }

  /** Publishes until `end` is aborted; resolves when everything that was begun is answered. */
  async run(end: AbortSignal): Promise<void> {
    const { rate, random } = this.#options;
    const under = new Set<Promise<void>>();
    let due = performance.now();
    while (!end.aborted) {
      const early = due - performance.now();
      if (early > 0) await wait(early);
      if (under.size >= LANES) await Promise.race(under);
      const request = Array.from({ length: random.chance(0.1) ? BATCH : 1 }, () => this.#makeUp());
      due = Math.max(due + (request.length / rate) * 1000, performance.now() - LAG);
      const answered = this.#publish(request).finally(() => under.delete(answered));
      under.add(answered);
    }
    await Promise.all(under);
  }

  /** Publishes one event for everybody there; resolves when it is answered. */
  async publishTo(to: Target): Promise<void> {
    await this.#publish([this.#number(to)]);
  }

  #number(to: Target): Posted {
    this.#ids += 1;
    return { id: `chaos-${this.#ids}`, event: "chaos", data: { number: this.#ids }, to };
  }

  #makeUp(): Posted {
    const { cast, random } = this.#options;
    const users: string[] = [];
    const channels: string[] = [];
    const kind = random.next();
    if (kind < 0.6) channels.push(random.pickEarly(cast.rooms));
    if (kind >= 0.5) {
      const user = random.pickEarly(cast.users);
      if (kind < 0.9) users.push(user);
      // Another channel of the same log: one publish then has two entries there.
      if (kind >= 0.8) channels.push(`${userLog(user)}:orders`);
    }
    if (kind >= 0.97) channels.push(...cast.rooms.slice(0, 3));
    const meant = random.next();
    return {
      ...this.#number({ users, channels }),
      ...(meant < 0.05 && { except: { client: random.pick(cast.parts).client } }),
      ...(meant > 0.95 && { only: { roles: [random.pick(roles)] } }),
    };
  }

  async #publish(events: readonly Posted[]): Promise<void> {
    const { record, random, over } = this.#options;
    record.published += events.length;
    const body = JSON.stringify(events);
    while (!(await this.#try(events, body))) {
      if (over.aborted) return;
      await wait(random.between(100, 1000));
    }
    record.acknowledged += events.length;
  }

  /** Posts once; answers whether every target took its event. */
  async #try(events: readonly Posted[], body: string): Promise<boolean> {
    const { address, key, record } = this.#options;
    try {
      const headers = { Authorization: `Bearer ${key}`, "Content-Type": "application/json" };
      const signal = AbortSignal.timeout(TRY_TIMEOUT);
      const response = await fetch(`${address()}/publish`, { method: "POST", headers, body, signal });
      if (response.status !== 200) {
        const text = await response.text();
        if (response.status < 500) record.faults.push(`A publish was refused: ${response.status} ${text}`);
        return response.status < 500;
      }
      const { results } = publishAnswer.parse(await response.json());
      const at = performance.now();
      return events
        .map(({ id, only, except }, index) => {
          const aim = { ...(only && { only }), ...(except && { except }) };
          const targets = results[index]?.targets ?? [];
          for (const { channel, offset, code } of targets) {
            if (offset !== undefined) record.answered(logOf(channel), { offset, id, channel, aim, at });
            if (code === "id_conflict") record.faults.push(`${id} is in conflict with itself in ${channel}.`);
          }
          return targets.length > 0 && targets.every(({ status }) => status !== "failed");
        })
        .every(Boolean);
    } catch {
      // The service was killed, or did not answer: whether it took the events is not known.
      return false;
    }
  }
}

/** The log in which a channel's entries lie. */
function logOf(channel: string): string {
  return channel.startsWith("user:") ? channel.split(":").slice(0, 2).join(":") : channel;
}
