import type { Identity } from "../auth/identity.ts";
import { describe, report } from "../operation/report.ts";
import type { Position } from "../protocol/position.ts";
import { type AudienceDoor, type AudiencePush, type Given, shardOf } from "./audience-door.ts";
import type { AudienceEntry, AudienceEvent } from "./audience-entry.ts";
import { AudiencePlace, type AudiencePlaceOptions } from "./audience-place.ts";
import type { Connection, Connections } from "./connections.ts";
import { applyPage, type Page, type PushAnswer } from "./follow.ts";
import { type Facet, type FacetChange, facetKey, facetOf } from "./standing.ts";

export interface AudienceFollowerOptions {
  readonly user: string;
  readonly shards: number;
  readonly connections: Pick<Connections, "all" | "size">;
  readonly door: AudienceDoor;
  readonly stored: AudiencePlaceOptions["stored"];
  /** Stores entries, if there are any, and hands them to the sockets; calls back in the synchronous block that stores. */
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
  readonly #place: AudiencePlace;
  /** Since when a connection is as the audience does not know it yet. */
  readonly #since = new WeakMap<Connection, number>();
  /** By which credentials of clients that poll the user is known beside the connections', until when (ms). */
  readonly #polled = new Map<string, number>();
  #turn: Promise<void> = Promise.resolve();
  #soon: Promise<void> | undefined;
  #failed: { readonly attempts: number; readonly retryAt: number } | undefined;

  constructor(options: AudienceFollowerOptions) {
    this.#options = options;
    this.#place = new AudiencePlace(options);
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
    if (isKnown && this.#place.cursor?.shard === this.#shard) {
      this.#place.rememberOn([connection]);
      return;
    }
    connection.remember({ audience: undefined });
    await this.#registerSoon();
  }

  /** The backend has said as whom the user is known; the connections go on so already. */
  async changed(change: Extract<FacetChange, { kind: "changed" }>): Promise<void> {
    const { connections, now } = this.#options;
    const since = now();
    // Where the user stands is known before the sockets forget it.
    const registered = this.#place.cursor ? this.#registered() : [];
    for (const connection of registered) {
      this.#since.set(connection, since);
      connection.remember({ audience: undefined });
    }
    await this.#inTurn(async () => {
      const facets = this.#facetsOf(connections.all);
      if (facets.length === 0) return this.#register(change, since);
      await this.#registerOrOwe({ kind: "set", facets }, Math.min(since, this.#sinceAll()));
      this.#polled.clear();
    });
  }

  /** A connection has ended: with the last one, the user leaves. */
  async left({ attachment }: Connection): Promise<void> {
    if (!this.#place.cursor) this.#place.set(attachment.audience);
    await this.#inTurn(async () => {
      const { cursor, position } = this.#place;
      if (this.#options.connections.size > 0 || !cursor) return;
      this.#place.set(undefined);
      await this.#options.door.leave(cursor.shard, this.#leaveOf(cursor.generation, position));
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
    const { cursor, position } = this.#place;
    if (!position || !cursor || this.#unknown.length > 0) {
      throw new Error("The shard's answer has not come.");
    }
    if (cursor.shard !== shard || generation < cursor.generation) return { kind: "gone" };
    if (push.kind === "reset") {
      this.#options.lose();
      this.#place.store(push.position);
      this.#place.rememberOn(connections.all);
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
      const change: FacetChange = { kind: "seen", facets: [facetOf(identity)] };
      let position = this.#place.stored;
      for (let more = true; more && connections.size === 0; ) {
        const since = this.#options.now();
        const given = await door.visit(this.#shard, { user, shards, change, position, since });
        position = this.#takeGiven(given, isLost);
        isLost ||= given.isLost;
        more = given.more;
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
    const before = this.#place.cursor;
    const told = new Map(connections.all.map((connection) => [connection, connection.attachment.identity]));
    const isOnline = told.size > 0;
    const shard = this.#shard;
    let generation = before?.generation ?? 0;
    for (;;) {
      generation = Math.max(now(), generation + 1);
      const { position } = this.#place;
      const registration = { user, generation, shards, change, since, position, isOnline };
      const answer = await door.register(shard, registration);
      if (answer.kind === "stale") {
        generation = answer.generation;
        continue;
      }
      if (!isOnline) return;
      this.#place.set({ shard, generation, epoch: answer.from.epoch, at: answer.from.offset });
      this.#takeGiven(answer);
      // Who goes on with another identity since has yet to be told of.
      this.#place.rememberOn([...told.keys()].filter((one) => one.attachment.identity === told.get(one)));
      break;
    }
    if (before && before.shard !== shard) {
      const leave = this.#leaveOf(before.generation, this.#place.position);
      await door.leave(before.shard, { ...leave, isMoved: true });
    }
  }

  /** @param isTold whether it has been told that something is missing. @returns the position after what is given. */
  #takeGiven({ from, push, isLost }: Given, isTold = false): Position {
    const own = this.#place.position;
    const isFurther = own && own.epoch === from.epoch && own.offset > from.offset;
    const position = isFurther ? own : from;
    if (isLost && !isTold) this.#options.lose();
    const applied = push.kind === "page" ? this.#apply(position, push.page, push.passing) : undefined;
    const reached = applied ?? position;
    // Written down even where nothing was given: the shard tells of the loss until it hears of a later position.
    if (isLost) this.#place.store(reached);
    return reached;
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
    this.#options.deliver(entries, passing, () => this.#place.store(reached));
    this.#place.move(reached);
    return reached;
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
