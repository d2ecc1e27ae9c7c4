import type { Identity } from "../auth/identity.ts";
import { describe, report } from "../operation/report.ts";
import type { Position } from "../protocol/position.ts";
import type { AudienceCursor } from "./attachment.ts";
import { type AudienceDoor, type AudiencePush, type Given, shardOf } from "./audience-door.ts";
import type { AudienceEntry, AudienceEvent } from "./audience-entry.ts";
import type { Connection, Connections } from "./connections.ts";
import { applyPage, type Page, type PushAnswer } from "./follow.ts";
import { type FacetChange, facetKey, facetOf } from "./standing.ts";

export interface AudienceFollowerOptions {
  readonly user: string;
  readonly shards: number;
  readonly connections: Connections;
  readonly door: AudienceDoor;
  /** How far the user had come when something was last stored, and the means to note it. */
  readonly stored: { read(): Position | undefined; write(position: Position): void };
  /** Stores entries and hands them to the sockets; calls back in the same synchronous block if any was new. */
  readonly deliver: (
    entries: readonly AudienceEntry[],
    passing: readonly AudienceEvent[],
    stored: () => void,
  ) => void;
  /** Something is missing: whoever is there is told. */
  readonly lose: () => void;
  readonly now: () => number;
  readonly retryDelay: number;
  /** Asks to be woken for `retry`. */
  readonly wakeAt: (time: number) => void;
}

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
  #turn: Promise<void> = Promise.resolve();
  #retryAt: number | undefined;

  constructor(options: AudienceFollowerOptions) {
    this.#options = options;
  }

  /** A connection is there, or goes on with another identity. Nobody waits for the shard. */
  async known(connection: Connection): Promise<void> {
    this.#since.set(connection, this.#options.now());
    const { identity } = connection.attachment;
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

  /** The backend has said as whom the user is known. */
  async changed(change: Extract<FacetChange, { kind: "changed" }>): Promise<void> {
    const facets = this.#options.connections.all.map(({ attachment }) => facetOf(attachment.identity));
    const since = this.#options.now();
    await this.#inTurn(() => this.#register(facets.length > 0 ? { kind: "set", facets } : change, since));
  }

  /** A connection has ended: with the last one, the user leaves. */
  async left({ attachment }: Connection): Promise<void> {
    this.#cursor ??= attachment.audience;
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
    const { connections } = this.#options;
    const isUnknown = connections.all.some(({ attachment }) => attachment.audience?.shard !== this.#shard);
    if (isUnknown) void this.#registerSoon();
  }

  /** Takes what a shard hands over. */
  async take(shard: number, push: AudiencePush): Promise<PushAnswer> {
    const { connections } = this.#options;
    if (connections.size === 0) return { kind: "gone" };
    if (!this.#position) {
      // The push has overtaken the answer that says where the user stands.
      await this.#turn;
      if (connections.size === 0) return { kind: "gone" };
    }
    const position = this.#position;
    if (!position || !this.#cursor) throw new Error("The shard's answer has not come.");
    if (this.#cursor.shard !== shard) return { kind: "gone" };
    if (push.kind === "reset") {
      this.#move(push.position);
      this.#options.lose();
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
    if (this.#retryAt === undefined || this.#retryAt > this.#options.now()) return;
    this.#retryAt = undefined;
    if (this.#options.connections.size > 0) await this.#registerSoon();
  }

  /** When `retry` is next due (ms), or nothing. */
  get retryDue(): number | undefined {
    return this.#retryAt;
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

  #registered(): Connection[] {
    return this.#options.connections.all.filter(({ attachment }) => attachment.audience !== undefined);
  }

  #sinceOf(connection: Connection): number {
    return this.#since.get(connection) ?? connection.attachment.openedAt;
  }

  async #registerSoon(): Promise<void> {
    await this.#inTurn(async () => {
      const { connections } = this.#options;
      const unknown = connections.all.filter(({ attachment }) => attachment.audience?.shard !== this.#shard);
      if (unknown.length === 0) return;
      const facets = unknown.map(({ attachment }) => facetOf(attachment.identity));
      const since = Math.min(...unknown.map((connection) => this.#sinceOf(connection)));
      try {
        await this.#register({ kind: "seen", facets }, since);
      } catch (error) {
        report("warn", "the audience was not reached", { user: this.#options.user, ...describe(error) });
        this.#retryAt = this.#options.now() + this.#options.retryDelay;
        this.#options.wakeAt(this.#retryAt);
      }
    });
  }

  async #register(change: FacetChange, since: number): Promise<void> {
    const { connections, door, user, shards, now } = this.#options;
    const before = this.#known();
    const asked = [...connections.all];
    const isOnline = asked.length > 0;
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
      this.#remember(asked, { shard, generation, epoch: answer.from.epoch, at: answer.from.offset });
      this.#takeGiven(answer);
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
    if (isLost) this.#options.lose();
    if (push.kind === "page") this.#apply(position, push.page, push.passing);
  }

  /** Applies a page; answers false where it does not continue the position. */
  #apply(position: Position, page: Page<AudienceEntry>, passing: readonly AudienceEvent[]): boolean {
    const applied = applyPage(position, page);
    if (applied.kind === "behind") return false;
    const entries = applied.kind === "moved" ? applied.entries : [];
    const reached = applied.kind === "moved" ? applied.position : position;
    this.#options.deliver(entries, passing, () => this.#options.stored.write(reached));
    this.#move(reached);
    return true;
  }

  #move({ epoch, offset }: Position): void {
    if (this.#cursor) this.#cursor = { ...this.#cursor, epoch, at: offset };
  }

  /** The sockets remember where the user stood when the shard answered; what comes is remembered by the log. */
  #remember(connections: readonly Connection[], cursor: AudienceCursor): void {
    this.#cursor = cursor;
    for (const connection of connections) {
      if (connection.isOpen) connection.remember({ audience: cursor });
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
