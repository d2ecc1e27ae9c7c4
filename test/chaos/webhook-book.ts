import { isDeepStrictEqual } from "node:util";
import { verifyWebhook, type Webhook } from "../../src/publisher/index.ts";
import { type Received, WebhookReceiver } from "../support/webhook-receiver.ts";
import type { Cast } from "./cast.ts";
import type { Random } from "./random.ts";

/** How often the receiver fails, and how often it does not answer at all. */
const FAILING = 0.15;
const HANGING = 0.02;

/** What came of webhooks. */
export interface WebhookFigures {
  /** Different ones that were taken. */
  readonly taken: number;
  /** How often the receiver failed. */
  readonly failed: number;
}

/** The backend of a run that is told who is online and which rooms are in use. Now and then it fails. */
export class WebhookBook implements AsyncDisposable {
  readonly #receiver: WebhookReceiver;
  readonly #secret: string;
  readonly #random: Random;
  readonly #read = new Map<Received, Webhook>();
  /** The bodies of those that it took. */
  readonly #taken = new Set<string>();
  #failed = 0;

  private constructor(receiver: WebhookReceiver, secret: string, random: Random) {
    this.#receiver = receiver;
    this.#secret = secret;
    this.#random = random;
    receiver.answer = (body) => this.#answer(body);
  }

  static async start(secret: string, random: Random): Promise<WebhookBook> {
    return new WebhookBook(await WebhookReceiver.start(), secret, random);
  }

  get url(): string {
    return this.#receiver.url;
  }

  get figures(): WebhookFigures {
    return { taken: this.#taken.size, failed: this.#failed };
  }

  /** Whether none is on its way, as far as the numbers tell. */
  async isComplete(): Promise<boolean> {
    return holesIn(await this.#webhooks()).length === 0;
  }

  /** @returns what is wrong with what came. */
  async judge({ users, rooms }: Cast): Promise<string[]> {
    const webhooks = await this.#webhooks();
    const faults = holesIn(webhooks);
    const known = new Map<string, Webhook>();
    for (const webhook of webhooks) {
      const { id, event, data, sequence, source } = webhook;
      const about = "room" in data ? rooms.includes(data.room) : users.includes(data.userId);
      if (!about) faults.push(`The webhook ${id} tells of nobody in the run.`);
      // Odd numbers of a room say that somebody is there.
      const isOdd = event === "room.occupied";
      if ("room" in data && isOdd !== (sequence % 2 === 1))
        faults.push(`${event} of ${source} is ${sequence}.`);
      const before = known.get(id);
      known.set(id, webhook);
      const isSame = !before || isDeepStrictEqual([before.event, before.data], [event, data]);
      if (!isSame) faults.push(`The webhook ${id} came with other content.`);
    }
    return faults;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#receiver.stop();
  }

  #answer(body: string): number | "hang" {
    const number = this.#random.next();
    if (number >= HANGING + FAILING) {
      this.#taken.add(body);
      return 204;
    }
    this.#failed += 1;
    return number < HANGING ? "hang" : 503;
  }

  /** Those that were taken. @throws {WebhookError} where one of all that came is not signed as it must be. */
  async #webhooks(): Promise<Webhook[]> {
    for (const received of this.#receiver.received) {
      if (this.#read.has(received)) continue;
      const { signature, body, at: now } = received;
      this.#read.set(received, await verifyWebhook({ signature, body, secret: this.#secret, now }));
    }
    const taken = [...this.#read].filter(([{ body }]) => this.#taken.has(body.toString()));
    return taken.map(([, webhook]) => webhook);
  }
}

/** A source numbers its webhooks from 1 and without gaps. */
function holesIn(webhooks: readonly Webhook[]): string[] {
  const sources = Map.groupBy(webhooks, ({ source, epoch }) => `${source} in ${epoch}`);
  return [...sources].flatMap(([source, those]) => {
    const numbers = new Set(those.map(({ sequence }) => sequence));
    const last = Math.max(...numbers);
    return numbers.size === last
      ? []
      : [`Of ${last} webhooks of ${source} ${last - numbers.size} did not come.`];
  });
}
