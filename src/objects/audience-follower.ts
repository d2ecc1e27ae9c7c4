import type { Identity } from "../auth/identity.ts";
import { describe, report } from "../operation/report.ts";
import type { Position } from "../protocol/position.ts";
import type { AudienceCursor } from "./attachment.ts";
import { type AudienceDoor, type AudiencePush, type Given, shardOf } from "./audience-door.ts";
import type { AudienceEntry, AudienceEvent } from "./audience-entry.ts";
import type { Connection, Connections } from "./connections.ts";
import { applyPage, type Page, type PushAnswer } from "./follow.ts";
import { type Facet, type FacetChange, facetKey, facetOf } from "./standing.ts";

export interface AudienceFollowerOptions {
  readonly user: string;
  readonly shards: number;
  readonly connections: Pick<Connections, "all" | "size">;
  readonly door: AudienceDoor;
  /** How far the user had come when something was last stored, and the means to note it. */
  readonly stored: { read(): Position | undefined; write(position: Position): void };
  /** Stores entries and hands them to the sockets; calls back in the same synchronous block if any was new. */
  readonly deliver: (
    entries: readonly AudienceEntry[],
    passing: readonly AudienceEvent[],
    stored: () => void,
  ) => void;
  /** Something is missing: the log says so from now on, and whoever is there is told. */
  readonly lose: () => void;
  readonly now: () => number;
  /** Milliseconds before the first retry; doubles up to a minute. */
  readonly retryDelay: number;
  /** Asks to be woken for `retry`. */
  readonly wakeAt: (time: number) => void;
}

const MAX_RETRY_DELAY = 60_000;

/** What an offline user's log is told of who asks. */
export interface CaughtUp {
  /** Something that may have been for the user is gone. */
  readonly isLost: boolean;
}

/**
 * A user's object as a follower of the audience (rules F7 and F8). It tells its shard when somebody comes, as whom, and
 * when the last one goes; what the shard hands over becomes part of the user's own log. Where it stands is remembered by
 * the sockets, and by the log once it holds something of the audience: a user who is sent nothing has no rows.
 */
export class AudienceFollower {
  readonly #options: AudienceFollowerOptions;
  #cursor: AudienceCursor | undefined;
  /** Since when a connection is as the audience does not know it yet. */
  readonly #since = new WeakMap<Connection, number>();
  /** By which credentials of clients that poll the user is known beside the connections', until when (ms). */
  readonly #polled = new Map<string, number>();
  #turn: Promise<void> = Promise.resolve();
  #soon: Promise<void> | undefined;
  #failed: { readonly attempts: number; readonly retryAt: number } | undefined;

  constructor(options: AudienceFollowerOptions) {
    this.#options = options;
  }

  /** A connection is there, or goes on with another identity. Nobody waits for the shard. */
  async known(connection: Connection): Promise<void> {
    const { identity, audience } = connection.attachment;
    // Who is not known yet counts from when that began.
    if (audience || !this.#since.has(connection)) this.#since.set(connection, this.#options.now());
    const others = this.#registered().filter((other) => other !== connection);
    const isKnown = others.some(
      ({ attachment }) => facetKey(facetOf(attachment.identity)) === facetKey(facetOf(identity)),
    );
    const cursor = this.#known();
    if (isKnown && cursor?.shard === this.#shard) {
      connection.remember({ audience: cursor });
      return;
    }
    connection.remember({ audience: undefined });
    await this.#registerSoon();
  }

  /** The backend has said as whom the user is known; the connections go on so already. */
  async changed(change: Extract<FacetChange, { kind: "changed" }>): Promise<void> {
    const { connections, now } = this.#options;
    const since = now();
    this.#known();
    for (const connection of this.#registered()) {
      this.#since.set(connection, since);
      connection.remember({ audience: undefined });
    }
    await this.#inTurn(async () => {
      const facets = this.#facetsOf(connections.all);
      if (facets.length === 0) return this.#register(change, since);
      await this.#registerOrOwe({ kind: "set", facets }, Math.min(since, this.#sinceAll()));
    });
  }

  /** A connection has ended: with the last one, the user leaves. */
  async left({ attachment }: Connection): Promise<void> {
    if (!this.#known()) this.#cursor = attachment.audience;
    await this.#inTurn(async () => {
      if (this.#options.connections.size > 0 || !this.#cursor) return;
      const { shard, generation } = this.#cursor;
      const position = this.#position;
      this.#cursor = undefined;
      await this.#options.door.leave(shard, this.#leaveOf(generation, position));
    });
  }

  /** The object woke: what could not be told before is told now. */
  woke(): void {
    if (this.#unknown.length > 0) void this.#registerSoon();
  }

  /** Takes what a shard hands over to whom it knows under a generation. */
  async take(shard: number, generation: number, push: AudiencePush): Promise<PushAnswer> {
    const { connections } = this.#options;
    if (connections.size === 0) return { kind: "gone" };
    // Somebody is here of whom the shard may not have known: applied now, this would pass over what is for them. It may
    // also have overtaken the answer that says where the user stands.
    if (this.#unknown.length > 0) await this.#turn.catch(() => undefined);
    if (connections.size === 0) return { kind: "gone" };
    const position = this.#position;
    if (!position || !this.#cursor || this.#unknown.length > 0) {
      throw new Error("The shard's answer has not come.");
    }
    if (this.#cursor.shard !== shard || generation < this.#cursor.generation) return { kind: "gone" };
    if (push.kind === "reset") {
      this.#lose(push.position);
      this.#remember(connections.all);
      return { kind: "taken", connections: connections.size };
    }
    return this.#apply(position, push.page, push.passing)
      ? { kind: "taken", connections: connections.size }
      : { kind: "behind", position };
  }

  /** Takes in what was missed, for somebody who asks and has no connection. */
  async catchUp(identity: Identity): Promise<CaughtUp> {
    const { connections, user, shards, door } = this.#options;
    let isLost = false;
    if (connections.size > 0) await this.#joinPolling(facetOf(identity));
    if (connections.size > 0) return { isLost };
    await this.#inTurn(async () => {
      for (let more = true; more && connections.size === 0; ) {
        const change: FacetChange = { kind: "seen", facets: [facetOf(identity)] };
        const position = this.#options.stored.read();
        const since = this.#options.now();
        const given = await door.visit(this.#shard, { user, shards, change, position, since });
        isLost ||= given.isLost;
        this.#takeGiven(given);
        more = given.more && given.push.kind === "page" && given.push.page.entries.length > 0;
      }
    });
    return { isLost };
  }

  /** Tells again what could not be told. */
  async retry(): Promise<void> {
    if (!this.#failed || this.#failed.retryAt > this.#options.now()) return;
    if (this.#unknown.length > 0) await this.#registerSoon();
    else this.#failed = undefined;
  }

  /** When `retry` is next due (ms), or nothing. */
  get retryDue(): number | undefined {
    return this.#failed?.retryAt;
  }

  get #shard(): number {
    return shardOf(this.#options.user, this.#options.shards);
  }

  /** How far the user has come: the later of what the log says and what the sockets remember. */
  get #position(): Position | undefined {
    const stored = this.#options.stored.read();
    const cursor = this.#known();
    const remembered = cursor && { epoch: cursor.epoch, offset: cursor.at };
    if (!stored || !remembered) return stored ?? remembered;
    return stored.epoch === remembered.epoch && stored.offset > remembered.offset ? stored : remembered;
  }

  #known(): AudienceCursor | undefined {
    if (this.#cursor) return this.#cursor;
    const cursors = this.#options.connections.all.flatMap(({ attachment }) => attachment.audience ?? []);
    this.#cursor = cursors.toSorted((a, b) => b.generation - a.generation)[0];
    return this.#cursor;
  }

  /** Somebody polls while others are connected: from now on what is for the one who polls comes along. */
  async #joinPolling(facet: Facet): Promise<void> {
    const { connections, now } = this.#options;
    const key = facetKey(facet);
    const keys = () => this.#facetsOf(connections.all).map(facetKey);
    if (keys().includes(key) || (this.#polled.get(key) ?? 0) >= facet.until) return;
    const since = now();
    await this.#inTurn(async () => {
      if (connections.size === 0) return;
      await this.#register({ kind: "seen", facets: [facet, ...this.#facetsOf(connections.all)] }, since);
      for (const [known, until] of this.#polled) if (until <= since) this.#polled.delete(known);
      this.#polled.set(key, facet.until);
    });
  }

  #registered(): Connection[] {
    return this.#options.connections.all.filter(({ attachment }) => attachment.audience !== undefined);
  }

  /** Those of whom the audience does not know, as they are. */
  get #unknown(): Connection[] {
    return this.#options.connections.all.filter(
      ({ attachment }) => attachment.audience?.shard !== this.#shard,
    );
  }

  /** Since when all of them are as they are. */
  #sinceAll(): number {
    const since = (one: Connection) => this.#since.get(one) ?? one.attachment.openedAt;
    return Math.min(...this.#unknown.map(since));
  }

  #facetsOf(connections: readonly Connection[]): Facet[] {
    return connections.map(({ attachment }) => facetOf(attachment.identity));
  }

  /** Tells the shard of those whom it does not know, all at once. Never fails. */
  #registerSoon(): Promise<void> {
    this.#soon ??= this.#inTurn(async () => {
      this.#soon = undefined;
      const unknown = this.#unknown;
      if (unknown.length === 0) {
        this.#failed = undefined;
        return;
      }
      // The others go along: somebody may be known by a credential that ends before theirs.
      const others = this.#options.connections.all.filter((one) => !unknown.includes(one));
      const facets = this.#facetsOf([...unknown, ...others]);
      await this.#registerOrOwe({ kind: "seen", facets }, this.#sinceAll()).catch(() => undefined);
    });
    return this.#soon;
  }

  /** Tells the shard; a failure is passed on, and made good by `retry`. */
  async #registerOrOwe(change: FacetChange, since: number): Promise<void> {
    const { user, now, retryDelay, wakeAt } = this.#options;
    try {
      await this.#register(change, since);
      this.#failed = undefined;
    } catch (error) {
      report("warn", "the audience was not reached", { user, ...describe(error) });
      const attempts = (this.#failed?.attempts ?? 0) + 1;
      const retryAt = now() + Math.min(retryDelay * 2 ** (attempts - 1), MAX_RETRY_DELAY);
      this.#failed = { attempts, retryAt };
      wakeAt(retryAt);
      throw error;
    }
  }

  async #register(change: FacetChange, since: number): Promise<void> {
    const { connections, door, user, shards, now } = this.#options;
    const before = this.#known();
    const told = new Map(connections.all.map((connection) => [connection, connection.attachment.identity]));
    const isOnline = told.size > 0;
    const shard = this.#shard;
    let generation = before?.generation ?? 0;
    for (;;) {
      generation = Math.max(now(), generation + 1);
      const position = this.#position;
      const registration = { user, generation, shards, change, since, position, isOnline };
      const answer = await door.register(shard, registration);
      if (answer.kind === "stale") {
        generation = answer.generation;
        continue;
      }
      if (!isOnline) return;
      this.#cursor = { shard, generation, epoch: answer.from.epoch, at: answer.from.offset };
      this.#takeGiven(answer);
      // Who goes on with another identity since has yet to be told of.
      this.#remember([...told.keys()].filter((one) => one.attachment.identity === told.get(one)));
      break;
    }
    if (before && before.shard !== shard) {
      await door.leave(before.shard, this.#leaveOf(before.generation, this.#position));
    }
  }

  #takeGiven({ from, push, isLost }: Given): void {
    const own = this.#position;
    const isFurther = own && own.epoch === from.epoch && own.offset > from.offset;
    const position = isFurther ? own : from;
    if (isLost) this.#lose(position);
    const reached = push.kind === "page" ? this.#apply(position, push.page, push.passing) : undefined;
    // Written down even where nothing was given: the shard tells of the loss until it hears of a later position.
    if (isLost && reached) this.#options.stored.write(reached);
  }

  /** Something is missing, and the user goes on from a position (rules F8 and R6). */
  #lose(position: Position): void {
    this.#options.lose();
    this.#options.stored.write(position);
    this.#move(position);
  }

  /** Applies a page. @returns the position after it, or nothing where it does not continue the position. */
  #apply(
    position: Position,
    page: Page<AudienceEntry>,
    passing: readonly AudienceEvent[],
  ): Position | undefined {
    const applied = applyPage(position, page);
    if (applied.kind === "behind") return undefined;
    const entries = applied.kind === "moved" ? applied.entries : [];
    const reached = applied.kind === "moved" ? applied.position : position;
    this.#options.deliver(entries, passing, () => this.#options.stored.write(reached));
    this.#move(reached);
    return reached;
  }

  #move({ epoch, offset }: Position): void {
    if (this.#cursor) this.#cursor = { ...this.#cursor, epoch, at: offset };
  }

  /** The sockets remember where the user stands; what is stored from now on is remembered by the log. */
  #remember(connections: readonly Connection[]): void {
    for (const connection of connections) {
      if (connection.isOpen) connection.remember({ audience: this.#cursor });
    }
  }

  #leaveOf(generation: number, position: Position | undefined) {
    const { user, now } = this.#options;
    return { user, generation: Math.max(now(), generation + 1), position };
  }

  #inTurn(task: () => Promise<void>): Promise<void> {
    this.#turn = this.#turn.catch(() => undefined).then(task);
    return this.#turn;
  }
}
