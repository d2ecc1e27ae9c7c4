/** Whether one more connection may be opened. */
export type Entry =
  /** It may, and so may so many more within some time (ms) without asking. */
  { readonly kind: "admitted"; readonly more: number; readonly validFor: number } | { readonly kind: "full" };

export interface ConnectionGateOptions {
  /** Connections in all; 0 for no limit. */
  readonly limit: () => number;
  readonly shards: () => number;
  /** This shard's connections, and those of one of its users. */
  readonly census: { readonly connections: number; readonly connectionsOf: (user: string) => number };
  /** How many connections the other shards have, together. */
  readonly elsewhere: () => Promise<number>;
  /** There is no room: it is time to look for connections whose objects died without a word. */
  readonly full: (connections: number) => void;
  readonly now: () => number;
}

/** How long (ms) a connection that may be opened is counted before it is there. */
const OPENING_TIME = 10_000;
/** For how long (ms) connections may be opened without asking, if they have been allowed to. */
const LEAVE_TIME = 30_000;
/** How many, at the most: this part of the limit, for all that ask together. */
const LEAVE_PART = 20;
const MOST_LEAVE = 25;
/** Above this part of the limit each is asked for. */
const NEAR = 0.9;

/** Somebody who asks, and is to be answered. */
interface Asking {
  readonly user: string;
  readonly resolve: (entry: Entry) => void;
}

/**
 * Keeps the number of connections in all below a limit, in the shard that a user belongs to. A connection that may be opened
 * counts at once, as one that is expected, and only then the other shards are asked: should two of them give away the last place
 * at the same time, both refuse rather than both let in. What is expected is a number for a user and not a sum, so that it
 * and what the user's object says later are never added up.
 */
export class ConnectionGate {
  readonly #options: ConnectionGateOptions;
  readonly #expected = new Map<string, { connections: number; until: number }>();
  readonly #leaves: { readonly connections: number; readonly until: number }[] = [];
  readonly #waiting: Asking[] = [];
  #isDeciding = false;
  /** How many more there was room for when that was last looked for. */
  #free = 0;

  constructor(options: ConnectionGateOptions) {
    this.#options = options;
  }

  /** Connections of this shard, those that are expected among them. */
  get connections(): number {
    const { census, now } = this.#options;
    let sum = census.connections;
    for (const [user, { connections, until }] of this.#expected) {
      const missing = connections - census.connectionsOf(user);
      if (until <= now() || missing <= 0) this.#expected.delete(user);
      else sum += missing;
    }
    return sum;
  }

  /** Asks for one more connection of a user. */
  async admit(user: string): Promise<Entry> {
    if (this.#options.limit() === 0) return { kind: "admitted", more: 0, validFor: LEAVE_TIME };
    const entry = new Promise<Entry>((resolve) => this.#waiting.push({ user, resolve }));
    if (!this.#isDeciding) await this.#decideAll();
    return await entry;
  }

  /** Those who ask at once are decided on together, as long as there is room for as many from each shard. */
  async #decideAll(): Promise<void> {
    this.#isDeciding = true;
    try {
      while (this.#waiting.length > 0) {
        const share = Math.floor(this.#free / this.#options.shards());
        await this.#decide(this.#waiting.splice(0, Math.max(share, 1)));
      }
    } finally {
      this.#isDeciding = false;
    }
  }

  async #decide(batch: readonly Asking[]): Promise<void> {
    const { limit, elsewhere, full } = this.#options;
    for (const { user } of batch) this.#expect(user);
    const others = await elsewhere();
    const before = this.connections + others - batch.length;
    const free = Math.max(limit() - before, 0);
    const admitted = batch.slice(0, free);
    const refused = batch.slice(free);
    for (const { user } of refused) this.#release(user);
    this.#free = free - admitted.length;
    const total = before + admitted.length;
    for (const { resolve } of admitted) {
      resolve({ kind: "admitted", more: this.#leaveAt(total), validFor: LEAVE_TIME });
    }
    // Where there is no room at all, who has come meanwhile need not wait to hear it.
    if (free === 0) refused.push(...this.#waiting.splice(0));
    for (const { resolve } of refused) resolve({ kind: "full" });
    if (refused.length > 0) full(total);
  }

  #expect(user: string): void {
    const { census, now } = this.#options;
    const expected = this.#expected.get(user);
    const before = expected && expected.until > now() ? expected.connections : 0;
    const connections = Math.max(before, census.connectionsOf(user)) + 1;
    this.#expected.set(user, { connections, until: now() + OPENING_TIME });
  }

  #release(user: string): void {
    const expected = this.#expected.get(user);
    if (expected) this.#expected.set(user, { ...expected, connections: expected.connections - 1 });
  }

  /** How many more may be opened without asking. */
  #leaveAt(total: number): number {
    const { limit, shards, now } = this.#options;
    if (total >= limit() * NEAR) return 0;
    const given = this.#leaves.filter(({ until }) => until > now());
    const most = Math.floor(limit() / LEAVE_PART / shards());
    const rest = most - given.reduce((sum, { connections }) => sum + connections, 0);
    const connections = Math.max(0, Math.min(rest, MOST_LEAVE));
    const until = now() + LEAVE_TIME;
    this.#leaves.splice(
      0,
      this.#leaves.length,
      ...given,
      ...(connections > 0 ? [{ connections, until }] : []),
    );
    return connections;
  }
}
