import { setTimeout as wait } from "node:timers/promises";
import type { z } from "zod";
import { publishAnswer } from "../../src/cli/answers.ts";
import type { Cast } from "./cast.ts";
import { channelsOf, type Draft, EVENT, makeUp, nobody, type Posted, type Target } from "./posted.ts";
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

/** How long one try may take, in ms. */
const TRY_TIMEOUT = 10_000;
/** Events that some requests carry at once. */
const BATCH = 5;
/** Requests under way at once; while the service is gone they all wait, as a backend's own queue would. */
const LANES = 60;
/** How far a backend that had to wait may lag behind its rate, in ms; what it lags further it does not make up for. */
const LAG = 2000;
/** How often a backend posts something once more that has been answered, and how far that may lie back. */
const AGAIN = { chance: 0.03, of: 200 };

/**
 * The backends of a run. They begin their requests when these are due, and repeat each of them with the same ids until
 * it is answered and no target has failed.
 */
export class Publisher {
  readonly #options: PublisherOptions;
  /** Requests that were answered last. */
  readonly #answered: (readonly Posted[])[] = [];
  #ids = 0;

  constructor(options: PublisherOptions) {
    this.#options = options;
  }

  /** Publishes until `end` is aborted; resolves when everything that was begun is answered. */
  async run(end: AbortSignal): Promise<void> {
    const { rate } = this.#options;
    const under = new Set<Promise<void>>();
    let due = performance.now();
    while (!end.aborted) {
      const early = due - performance.now();
      if (early > 0) await wait(early);
      if (under.size >= LANES) await Promise.race(under);
      const request = this.#next();
      due = Math.max(due + (request.length / rate) * 1000, performance.now() - LAG);
      const answered = this.#publish(request).finally(() => under.delete(answered));
      under.add(answered);
    }
    await Promise.all(under);
  }

  /** Publishes one event for everybody there; resolves when it is answered. */
  async publishTo(to: Partial<Target>, event: string = EVENT): Promise<void> {
    await this.#publish([this.#number({ event, to: { ...nobody, ...to } })]);
  }

  /** A request with one event, with several, or with what has been answered before. */
  #next(): readonly Posted[] {
    const { cast, random } = this.#options;
    if (this.#answered.length > 0 && random.chance(AGAIN.chance)) return random.pick(this.#answered);
    const count = random.chance(0.1) ? BATCH : 1;
    return Array.from({ length: count }, () => this.#number(makeUp(cast, random)));
  }

  #number(draft: Draft): Posted {
    this.#ids += 1;
    return { id: `chaos-${this.#ids}`, data: { number: this.#ids }, ...draft };
  }

  async #publish(events: readonly Posted[]): Promise<void> {
    const { record, random, over } = this.#options;
    const isAgain = this.#answered.includes(events);
    if (isAgain) record.again += events.length;
    else record.published += events.length;
    const body = JSON.stringify(events);
    for (const event of events) record.post(event);
    while (!(await this.#try(events, body))) {
      if (over.aborted) return;
      await wait(random.between(100, 1000));
    }
    if (isAgain) return;
    record.acknowledged += events.length;
    this.#answered.push(events);
    if (this.#answered.length > AGAIN.of) this.#answered.shift();
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
      return events.map((event, index) => this.#take(event, results[index]?.targets ?? [])).every(Boolean);
    } catch {
      // The service was killed, or did not answer: whether it took the events is not known.
      return false;
    }
  }

  /** Takes what was answered of one event; answers whether every target took it. */
  #take(posted: Posted, targets: z.output<typeof publishAnswer>["results"][number]["targets"]): boolean {
    const { record } = this.#options;
    for (const target of targets) {
      const { channel, status, code } = target;
      if (status !== "failed") record.answered(posted, target);
      else if (code === "id_conflict")
        record.faults.push(`${posted.id} is in conflict with itself in ${channel}.`);
    }
    const named = targets.map(({ channel }) => channel);
    const isWhole = channelsOf(posted).every((channel) => named.includes(channel));
    if (!isWhole) record.faults.push(`The answer to ${posted.id} leaves out some of its targets: ${named}.`);
    return isWhole && targets.every(({ status }) => status !== "failed");
  }
}
