import { setTimeout as wait } from "node:timers/promises";
import { start } from "../../src/protocol/position.ts";
import { ReferenceClient } from "../support/reference-client.ts";
import { ownLog, type Part } from "./cast.ts";
import type { Random } from "./random.ts";

export interface ListenerOptions {
  readonly part: Part;
  /** Where the service is now, as `ws://host:port`. */
  readonly address: () => string;
  readonly token: string;
  readonly random: Random;
  /** Told a little before the client sets out for the first time, if it comes late. */
  readonly arriving: (part: Part) => void;
}

/** An entry that the client's application was given. */
export interface Received {
  readonly offset: number;
  readonly id: string;
  readonly channel: string;
  readonly event: string;
  /** When it came, in ms of this process. */
  readonly at: number;
  /** Since when the client was live then; nothing if it was not. */
  readonly liveSince: number | undefined;
}

/** What a client was given of one log, in the order in which it came. */
export interface Story {
  /** The position at which it began to follow. */
  since: number | undefined;
  /** When that was, in ms of this process. */
  beganAt: number | undefined;
  readonly received: Received[];
}

/** One publish is given once on each of its channels, and its notification once. */
export function keyOf({ id, channel, event }: Pick<Received, "id" | "channel" | "event">): string {
  return `${event} ${channel} ${id}`;
}

/** How soon the clients of a run come back, in ms: sooner than people's devices would. */
const BACKOFF = { first: 50, most: 1000 };

/** One client of the run: the reference client, its habits, and what it was given. */
export class Listener {
  readonly part: Part;
  readonly client: ReferenceClient;
  readonly stories = new Map<string, Story>();
  /** How long it took from the loss of the connection until everything came again, in ms. */
  readonly reconnects: number[] = [];
  readonly faults: string[] = [];
  /** When it first set out, in ms of this process. */
  startedAt: number | undefined;
  readonly #random: Random;
  readonly #poll: () => Promise<unknown>;
  readonly #arriving: () => void;
  readonly #keys = new Set<string>();
  #brokeAt: number | undefined;
  #liveSince: number | undefined;

  constructor({ part, address, token, random, arriving }: ListenerOptions) {
    this.part = part;
    this.#arriving = () => arriving(part);
    this.#random = random;
    const { home, habit, client } = part;
    const since = habit === "late" ? start : undefined;
    this.client = new ReferenceClient({
      address,
      path: home.kind === "room" ? `/rooms/${encodeURIComponent(home.room)}/connect` : "/connect",
      log: ownLog(part),
      client,
      token: async () => token,
      since,
      backoff: BACKOFF,
      random: random.next,
      receive: (log, { offset, id, channel, event }) => {
        // What no log keeps, the badge's counts, is not told of in the answers.
        if (offset === undefined) return;
        const [at, liveSince] = [performance.now(), this.#liveSince];
        this.#story(log).received.push({ offset, id, channel, event, at, liveSince });
        this.#keys.add(keyOf({ id, channel, event }));
      },
      began: (log, { offset }) => {
        const story = this.#story(log);
        story.since ??= offset;
        story.beganAt ??= performance.now();
      },
      liveness: (isLive) => this.#liveness(isLive),
      lost: (log) => this.#lost(log),
      fault: (message) => this.faults.push(`${client}: ${message}`),
    });
    for (const room of part.relayed) this.client.follow(room, since);
    this.#poll = async () => {
      const url = `${address().replace(/^ws/, "http")}/events`;
      const response = await fetch(url, { headers: { Authorization: `Bearer ${token}` } });
      await response.body?.cancel();
    };
  }

  /** Whether an entry has come. */
  has(entry: Pick<Received, "id" | "channel" | "event">): boolean {
    return this.#keys.has(keyOf(entry));
  }

  start(): void {
    this.startedAt ??= performance.now();
    this.client.start();
  }

  /** Comes and goes as its habit is, until `end` is aborted; is there again when this resolves. */
  async run(end: AbortSignal): Promise<void> {
    if (this.part.habit === "late") {
      await this.#pause(1000, 8000, end);
      this.#arriving();
      await this.#pause(50, 200, end);
      this.start();
    }
    if (this.part.habit !== "restless") return;
    while (!end.aborted) {
      await this.#pause(500, 6000, end);
      if (!end.aborted) await this.#stray(end);
    }
  }

  async #stray(end: AbortSignal): Promise<void> {
    const { client, part } = this;
    const kind = this.#random.below(part.relayed.length > 0 ? 5 : 4);
    if (kind === 0) client.drop();
    else if (kind === 1) client.abandon();
    else if (kind === 4) {
      const room = this.#random.pick(part.relayed);
      client.unfollow(room);
      // Now and then it changes its mind before the answer has come.
      if (this.#random.chance(0.7)) await this.#pause(0, 2000, end);
      client.follow(room);
    } else {
      client.stop(kind === 2 ? "close" : "drop");
      await this.#pause(0, 3000, end);
      // Who asks over HTTP while nobody is there is told of what was missed, too; here nobody looks at the answer.
      if (part.home.kind === "user" && this.#random.chance(0.5)) await this.#poll().catch(() => undefined);
      // It was away because it wanted to be.
      this.#brokeAt = performance.now();
      client.start();
    }
  }

  #story(log: string): Story {
    const story = this.stories.get(log) ?? { since: undefined, beganAt: undefined, received: [] };
    this.stories.set(log, story);
    return story;
  }

  #liveness(isLive: boolean): void {
    this.#liveSince = isLive ? performance.now() : undefined;
    if (!isLive) {
      this.#brokeAt ??= performance.now();
      return;
    }
    if (this.#brokeAt !== undefined) this.reconnects.push(performance.now() - this.#brokeAt);
    this.#brokeAt = undefined;
  }

  #lost(log: string): void {
    const story = this.#story(log);
    // Who has not been given anything yet asked for all that there ever was, of which a room keeps the newest part.
    if (story.since === undefined) return;
    this.faults.push(`${this.part.client}: ${log} has lost what followed ${story.received.at(-1)?.offset}.`);
  }

  async #pause(least: number, most: number, end: AbortSignal): Promise<void> {
    await wait(this.#random.between(least, most), undefined, { signal: end }).catch(() => undefined);
  }
}
