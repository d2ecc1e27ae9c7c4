import { describe, report } from "../operation/report.ts";
import type { PassingEvent } from "./entry.ts";
import type { Push, PushAnswer } from "./follow.ts";
import { inTime, type Wait } from "./in-time.ts";
import type { Log } from "./log.ts";
import type { Schema } from "./schema.ts";

/** A user's object that relays this log to its sockets. */
interface Follower {
  readonly user: string;
  generation: number;
  /** Everything up to here has been handed over. Until it is confirmed, an assumption of this waking. */
  acked: number;
  isConfirmed: boolean;
  /** Sockets that the last push reached. */
  connections: number;
  passing: PassingEvent[];
  /** Failed: the database says so, and the alarm tries again at `retryAt`. */
  owed: { readonly attempts: number; readonly retryAt: number } | undefined;
  handing: Promise<void> | undefined;
}

export interface ObjectFollowersOptions {
  readonly sql: SqlStorage;
  readonly schema: Schema;
  readonly log: Log;
  readonly push: (user: string, generation: number, push: Push) => Promise<PushAnswer>;
  /** A follower is one no more. */
  readonly removed?: (user: string) => void;
  /** Milliseconds before the first retry by alarm. */
  readonly retryDelay: number;
  readonly wait: Wait;
  readonly now: () => number;
  /** Asks to be woken for `retryOwed`. */
  readonly wakeAt: (time: number) => void;
}

const MAX_RETRY_DELAY = 60_000;
const PUSH_ATTEMPTS = 3;
/** A follower that answers `behind` so often without getting further is treated as failing. */
const MAX_ROUNDS = 1000;

export function createFollowerTable(sql: SqlStorage): void {
  // One row for each, without an index beside it. `owed` is the offset from which a failing follower must be served.
  sql.exec(
    "CREATE TABLE follower (user TEXT PRIMARY KEY, generation INTEGER NOT NULL, owed INTEGER) WITHOUT ROWID",
  );
}

/**
 * The followers of a log that are objects themselves (rules F2, F3, F7). Each is handed what follows what it
 * acknowledged, page by page, with one call under way at a time; what is published meanwhile goes with the next.
 */
export class ObjectFollowers {
  readonly #options: ObjectFollowersOptions;
  readonly #byUser: Map<string, Follower>;

  /** Reads who follows, which must happen before anything is appended: all are taken to have what is there now. */
  constructor(options: ObjectFollowersOptions) {
    this.#options = options;
    this.#byUser = readFollowers(options);
  }

  get users(): readonly string[] {
    return [...this.#byUser.keys()];
  }

  get size(): number {
    return this.#byUser.size;
  }

  has(user: string): boolean {
    return this.#byUser.has(user);
  }

  /** Adds a follower at the top of the log, or answers the newer generation that is known already. */
  add(user: string, generation: number): { kind: "added" } | { kind: "stale"; generation: number } {
    const known = this.#byUser.get(user);
    if (known && known.generation >= generation) return { kind: "stale", generation: known.generation };
    if (known) {
      // What it has not acknowledged is handed over still.
      known.generation = generation;
      this.#options.sql.exec("UPDATE follower SET generation = ? WHERE user = ?", generation, user);
      return { kind: "added" };
    }
    this.#options.schema.ensure();
    this.#options.sql.exec(
      "INSERT OR REPLACE INTO follower (user, generation, owed) VALUES (?, ?, NULL)",
      user,
      generation,
    );
    this.#byUser.set(user, newFollower(user, generation, this.#options.log.top.offset, true));
    return { kind: "added" };
  }

  /** Removes a follower, unless it came again since. A tie, of two lives of its object, is decided for the follower. */
  remove(user: string, generation: number): void {
    const known = this.#byUser.get(user);
    if (!known || known.generation >= generation) return;
    this.#byUser.delete(user);
    this.#options.sql.exec("DELETE FROM follower WHERE user = ?", user);
    this.#options.removed?.(user);
  }

  /**
   * Asks each follower whether it follows still, and removes those that say they do not.
   *
   * @param follows may fail, which says nothing.
   * @returns who said so.
   */
  async probe(follows: (user: string) => Promise<boolean>): Promise<string[]> {
    const lost: string[] = [];
    const probeOne = async (follower: Follower) => {
      const { user, generation } = follower;
      if (await follows(user).catch(() => true)) return;
      if (follower.generation === generation) this.remove(user, generation + 1);
      lost.push(user);
    };
    await Promise.all([...this.#byUser.values()].map(probeOne));
    return lost;
  }

  /**
   * Hands everything that is stored, and these passing events, to every follower. Resolves when each has it, or
   * when the failure is written down and the alarm set.
   *
   * @returns to how many sockets.
   */
  async handOn(passing: readonly PassingEvent[] = []): Promise<number> {
    const followers = [...this.#byUser.values()].filter(({ owed }) => !owed);
    for (const follower of followers) follower.passing.push(...passing);
    await Promise.all(followers.map((follower) => this.#hand(follower)));
    return followers.reduce((sum, { connections }) => sum + connections, 0);
  }

  /**
   * A publish was repeated: whoever may have missed its entries, because this object died before it handed them
   * on, is served from before them.
   */
  doubt(offset: number): void {
    for (const follower of this.#byUser.values()) {
      if (!follower.isConfirmed) follower.acked = Math.min(follower.acked, offset - 1);
    }
  }

  /** Tries again what failed and is due. */
  async retryOwed(): Promise<void> {
    const now = this.#options.now();
    await Promise.all(
      [...this.#byUser.values()]
        .filter(({ owed }) => owed && owed.retryAt <= now)
        .map((follower) => this.#hand(follower)),
    );
  }

  /** When the next retry is due (ms), or nothing. */
  retryDue(): number | undefined {
    const times = [...this.#byUser.values()].flatMap(({ owed }) => (owed ? [owed.retryAt] : []));
    return times.length > 0 ? Math.min(...times) : undefined;
  }

  #isCurrent(follower: Follower): boolean {
    return this.#byUser.get(follower.user) === follower;
  }

  #hand(follower: Follower): Promise<void> {
    follower.handing ??= this.#run(follower);
    return follower.handing;
  }

  async #run(follower: Follower): Promise<void> {
    // Nothing of this may happen in the caller's synchronous block: `handing` must be set when it ends.
    await Promise.resolve();
    do {
      try {
        await this.#handAll(follower);
        if (follower.owed) this.#settle(follower);
      } catch (error) {
        report("warn", "a follower was not reached", { follower: follower.user, ...describe(error) });
        this.#owe(follower);
        break;
      }
      // Whether anything is left is asked in the block that lets go of `handing`, so nothing can slip in between.
    } while (this.#isCurrent(follower) && this.#hasMore(follower));
    follower.handing = undefined;
  }

  #hasMore(follower: Follower): boolean {
    return follower.acked < this.#options.log.top.offset || follower.passing.length > 0;
  }

  async #handAll(follower: Follower): Promise<void> {
    const { log } = this.#options;
    for (let round = 0; round < MAX_ROUNDS; round++) {
      if (!this.#isCurrent(follower) || !this.#hasMore(follower)) return;
      const push = this.#next(follower);
      const { generation } = follower;
      const answer = await this.#push(follower, push);
      if (answer.kind === "gone") {
        // It followed anew while it was asked as who it was before.
        if (this.#isCurrent(follower) && follower.generation > generation) continue;
        if (this.#isCurrent(follower)) this.remove(follower.user, follower.generation + 1);
        follower.connections = 0;
        return;
      }
      follower.isConfirmed = true;
      if (answer.kind === "behind") {
        const resumption = log.resume(answer.position);
        // A position that the log does not know is below every page; the next push is then a reset.
        follower.acked = resumption.kind === "recovered" ? resumption.from.offset : -1;
        continue;
      }
      follower.connections = answer.connections;
      if (push.kind === "reset") {
        follower.acked = push.position.offset;
      } else {
        follower.acked = push.page.upTo;
        follower.passing.splice(0, push.passing.length);
      }
    }
    throw new Error("A follower does not get further.");
  }

  #next(follower: Follower): Push {
    const { log } = this.#options;
    const isReachable = log.reachesBackTo({ ...log.top, offset: follower.acked });
    if (!isReachable) return { kind: "reset", position: log.top };
    return { kind: "page", page: log.read(follower.acked), passing: [...follower.passing] };
  }

  async #push(follower: Follower, push: Push): Promise<PushAnswer> {
    for (let attempt = 1; ; attempt++) {
      try {
        const { push: call, wait } = this.#options;
        return await inTime(() => call(follower.user, follower.generation, push), wait);
      } catch (error) {
        if (attempt === PUSH_ATTEMPTS) throw error;
        await this.#options.wait(20 * 4 ** attempt);
      }
    }
  }

  #owe(follower: Follower): void {
    if (!this.#isCurrent(follower)) return;
    const { now, retryDelay, sql, wakeAt } = this.#options;
    const attempts = (follower.owed?.attempts ?? 0) + 1;
    const retryAt = now() + Math.min(retryDelay * 2 ** (attempts - 1), MAX_RETRY_DELAY);
    follower.owed = { attempts, retryAt };
    follower.passing = [];
    follower.connections = 0;
    sql.exec("UPDATE follower SET owed = ? WHERE user = ?", Math.max(follower.acked, 0), follower.user);
    wakeAt(retryAt);
  }

  #settle(follower: Follower): void {
    follower.owed = undefined;
    if (!this.#isCurrent(follower)) return;
    this.#options.sql.exec("UPDATE follower SET owed = NULL WHERE user = ?", follower.user);
  }
}

function newFollower(user: string, generation: number, acked: number, isConfirmed: boolean): Follower {
  return {
    user,
    generation,
    acked,
    isConfirmed,
    connections: 0,
    passing: [],
    owed: undefined,
    handing: undefined,
  };
}

function readFollowers({ schema, sql, log, now }: ObjectFollowersOptions): Map<string, Follower> {
  const followers = new Map<string, Follower>();
  if (!schema.exists) return followers;
  const rows = sql
    .exec<{ user: string; generation: number; owed: number | null }>("SELECT * FROM follower")
    .toArray();
  for (const { user, generation, owed } of rows) {
    const follower = newFollower(user, generation, owed ?? log.top.offset, false);
    if (owed !== null) follower.owed = { attempts: 0, retryAt: now() };
    followers.set(user, follower);
  }
  return followers;
}
