import { setTimeout as wait } from "node:timers/promises";
import {
  CarillonClientError,
  type Client,
  type ClientStats,
  type ConnectionState,
  createClient,
} from "../../src/client/index.ts";
import type { Position } from "../../src/protocol/position.ts";
import { logsOf, type Part, userLog } from "./cast.ts";
import { Journey } from "./journey.ts";
import type { Random } from "./random.ts";
import { ADDRESS, Wire } from "./wire.ts";

export interface ListenerOptions {
  readonly part: Part;
  /** Where the service is now, as `http://host:port`. */
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
const BACKOFF = { minDelay: 50, maxDelay: 1000 };

/** One tab of the run: the client, its habits, and what it was given. */
export class Listener {
  readonly part: Part;
  readonly wire: Wire;
  readonly stories = new Map<string, Story>();
  /** How often it was not live any more, and how long it took until everything came again, in ms. */
  breaks = 0;
  readonly healing: number[] = [];
  readonly faults: string[] = [];
  /** When it first set out, in ms of this process. */
  startedAt: number | undefined;
  readonly #token: string;
  readonly #random: Random;
  readonly #arriving: () => void;
  readonly #journey: Journey;
  readonly #keys = new Set<string>();
  /** Figures of the client, before the page was loaded again. */
  readonly #retired: ClientStats[] = [];
  /** Logs of which not everything has come yet that was missed. */
  readonly #behind = new Set<string>();
  /** Rooms that it does not want at the moment. */
  readonly #left = new Set<string>();
  #client: Client<Record<string, unknown>>;
  #brokeAt: number | undefined;
  #liveSince: number | undefined;

  constructor({ part, address, token, random, arriving }: ListenerOptions) {
    this.part = part;
    this.#token = token;
    this.#random = random;
    this.#arriving = () => arriving(part);
    this.wire = new Wire(address);
    this.#journey = new Journey({
      client: part.client,
      log: userLog(part.user),
      isFromBeginning: part.habit === "late",
      began: (log, offset) => this.#began(log, offset),
    });
    this.#client = this.#open();
  }

  /** Whether everything that is published to it is received at once. */
  get isLive(): boolean {
    return this.#client.state.status === "connected" && this.#behind.size === 0;
  }

  /** How it stands, for who wonders why it is not live. */
  get standing(): string {
    return [JSON.stringify(this.#client.state), ...this.#behind].join(", behind in ");
  }

  /** What the client counts, once for each time that the page was loaded. */
  stats(): ClientStats[] {
    return [...this.#retired, this.#client.stats()];
  }

  /** Whether an entry has come. */
  has(entry: Pick<Received, "id" | "channel" | "event">): boolean {
    return this.#keys.has(keyOf(entry));
  }

  start(): void {
    this.startedAt ??= performance.now();
    this.#client.connect();
  }

  /** Loses its connection without a word, and comes back. */
  drop(): void {
    this.wire.cut();
  }

  /** Ends for good. */
  stop(): void {
    this.#client.close();
    this.wire.cut();
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
    const kind = this.#random.below(this.part.rooms.length > 0 ? 5 : 4);
    if (kind === 0) this.drop();
    else if (kind === 1) this.wire.forsake();
    else if (kind === 4) await this.#leaveForAWhile(this.#random.pick(this.part.rooms), end);
    else {
      // It says goodbye, or its page is loaded again after it was gone without a word.
      if (kind === 3) this.wire.cut();
      this.#client.close();
      if (kind === 3) this.#reload();
      await this.#pause(0, 3000, end);
      // Who asks over HTTP while nobody is there is told of what was missed, too; here nobody looks at the answer.
      if (this.#random.chance(0.5)) await this.#poll().catch(() => undefined);
      // It was away because it wanted to be.
      this.#brokeAt = performance.now();
      this.#client.connect();
    }
  }

  async #leaveForAWhile(room: string, end: AbortSignal): Promise<void> {
    const channel = this.#client.channel(room);
    const position = this.#journey.position(room);
    channel.unsubscribe();
    this.#left.add(room);
    this.#caughtUp(room);
    // Now and then it changes its mind before the answer has come.
    if (this.#random.chance(0.7)) await this.#pause(0, 2000, end);
    else await Promise.resolve();
    this.#left.delete(room);
    this.#behind.add(room);
    this.#enter(room, position);
    this.#look();
  }

  #open(): Client<Record<string, unknown>> {
    const { part, wire } = this;
    const client = createClient<Record<string, unknown>>({
      url: ADDRESS,
      user: part.user,
      getToken: () => this.#token,
      reconnect: BACKOFF,
      shareTabs: part.isSharing,
      storage: this.#journey,
      platform: { ...wire.platform, random: this.#random.next },
    });
    this.#client = client;
    this.#break();
    client.on("*", (_, { offset, id, channel, event }) => {
      // What no log keeps, the badge's counts, is not told of in the answers.
      if (offset === undefined) return;
      const [at, liveSince] = [performance.now(), this.#liveSince];
      const log = part.rooms.includes(channel) ? channel : userLog(part.user);
      this.#story(log).received.push({ offset, id, channel, event, at, liveSince });
      this.#keys.add(keyOf({ id, channel, event }));
    });
    client.listen("state", (state) => this.#changed(state));
    client.listen("live", ({ channel }) => {
      // All that there ever was in a log that is empty.
      if (this.#story(channel).since === undefined) this.#began(channel, 0);
      this.#caughtUp(channel);
    });
    client.listen("gap", ({ channel }) => this.#lost(channel));
    client.listen("error", ({ code, message, retryable }) => {
      if (!retryable) this.faults.push(`${part.client}: ${code}: ${message}`);
    });
    for (const room of part.rooms) this.#enter(room);
    return client;
  }

  /** The page is loaded again: what is left is what it kept. */
  #reload(): void {
    this.#retired.push(this.#client.stats());
    this.#open();
  }

  /** Follows a room: from a position, from where the page stood before it was loaded again, or as its habit is. */
  #enter(room: string, position?: Position): void {
    const isNew = this.#journey.position(room) === undefined;
    const since = position ?? (this.part.habit === "late" && isNew ? "beginning" : undefined);
    const following = this.#client.channel(room).subscribe(since === undefined ? {} : { since });
    following.catch((error: unknown) => {
      const isLeft = error instanceof CarillonClientError && error.code === "closed";
      if (!isLeft) this.faults.push(`${this.part.client}: ${room}: ${error}`);
    });
  }

  #changed(state: ConnectionState): void {
    if (state.status !== "connected") this.#break();
    if (state.status === "disconnected" && state.retryAt === undefined && state.reason !== "closed") {
      this.faults.push(`${this.part.client}: The connection was closed for good: ${state.reason}.`);
    }
    this.#look();
  }

  #break(): void {
    for (const log of logsOf(this.part)) if (!this.#left.has(log)) this.#behind.add(log);
    this.#look();
  }

  /** The client has a position in a log for the first time. */
  #began(log: string, offset: number): void {
    const story = this.#story(log);
    story.since ??= offset;
    story.beganAt ??= performance.now();
    // Who asked for everything is told when it has come.
    if (this.part.habit !== "late") this.#caughtUp(log);
  }

  #caughtUp(log: string): void {
    this.#behind.delete(log);
    this.#look();
  }

  #lost(log: string): void {
    this.#caughtUp(log);
    const story = this.#story(log);
    // Who has not been given anything yet asked for all that there ever was, of which a room keeps the newest part.
    if (story.since === undefined) return;
    this.faults.push(`${this.part.client}: ${log} has lost what followed ${story.received.at(-1)?.offset}.`);
  }

  /** Looks whether it is live now, and was not before. */
  #look(): void {
    const { isLive } = this;
    if (isLive === (this.#liveSince !== undefined)) return;
    this.#liveSince = isLive ? performance.now() : undefined;
    if (!isLive) {
      this.breaks += 1;
      this.#brokeAt = performance.now();
    } else if (this.#brokeAt !== undefined) {
      this.healing.push(performance.now() - this.#brokeAt);
    }
  }

  #story(log: string): Story {
    const story = this.stories.get(log) ?? { since: undefined, beganAt: undefined, received: [] };
    this.stories.set(log, story);
    return story;
  }

  async #poll(): Promise<void> {
    const headers = { Authorization: `Bearer ${this.#token}` };
    const response = await this.wire.platform.fetch(`${ADDRESS}/events`, { headers });
    await response.body?.cancel();
  }

  async #pause(least: number, most: number, end: AbortSignal): Promise<void> {
    await wait(this.#random.between(least, most), undefined, { signal: end }).catch(() => undefined);
  }
}
