import { describe, report } from "../operation/report.ts";
import type { PresenceNewsRows } from "./presence-news-rows.ts";
import type { Publication } from "./publication.ts";
import type { Schema } from "./schema.ts";

/** One change of a user's presence. */
export interface PresenceChange {
  readonly user: string;
  readonly status: "online" | "offline";
  /** When the first connection came, or the last one went (ms). */
  readonly at: number;
  /** From when on it is true (ms): who went is offline after the grace. */
  readonly due: number;
}

export interface PresenceNewsOptions {
  readonly rows: PresenceNewsRows;
  readonly schema: Schema;
  /** The audience channels that are told; where nobody is told nothing is remembered. */
  readonly channels: readonly string[];
  /** Who else is told, in the block that notes that everybody has heard it. May be told the same again after a death. */
  readonly heard?: ((changes: readonly PresenceChange[]) => void) | undefined;
  /** How long after the last connection a user counts as online (ms). */
  readonly grace: number;
  /** Publishes to the audience. May be repeated with the same publications. */
  readonly publish: (publications: Publication[]) => Promise<unknown>;
  /** Milliseconds before the first retry; doubles up to a minute. */
  readonly retryDelay: number;
  readonly now: () => number;
  /** Asks to be woken for `tell`. */
  readonly wakeAt: (time: number) => void;
}

/** Seconds for which a change is replayed, and after which nobody is told of it any more. */
const KEPT_SECONDS = 3600;
/** Should the object die before it has told of a change, it does so that much later (ms). */
const RESUME_DELAY = 5000;
/** Changes that are published in one call. */
const BATCH = 100;
const MAX_RETRY_DELAY = 60_000;

/**
 * Tells the audience who came online and who went, each true change once. What is still to be told is known from the
 * users' rows and from one time, up to which everything has been told; so it survives the object, and costs a row for
 * many changes. What is told a second time after a death has the id of the first.
 */
export class PresenceNews {
  readonly #options: PresenceNewsOptions;
  /** What is still to be told of each user, in order. */
  #waiting: Map<string, PresenceChange[]> | undefined;
  /** What is being told, or was not heard: it is told again before anything else. */
  #batch: readonly PresenceChange[] = [];
  #takenAt = 0;
  /** Up to when everything has been told (ms), as it is written down. */
  #told = 0;
  /** Whether users have come again of whom it is still being told that they went. */
  #hasUntoldLeaves = false;
  #telling: Promise<void> | undefined;
  #failed: { readonly attempts: number; readonly retryAt: number } | undefined;

  constructor(options: PresenceNewsOptions) {
    this.#options = options;
  }

  /** A user is online; to be called in the block that stores it. */
  came(user: string, at: number): void {
    if (!this.#isWanted) return;
    const leave = this.#batch.find((change) => change.user === user && change.status === "offline");
    if (leave) {
      // The user's row will not say it any more, should it have to be told again.
      this.#options.rows.addUntoldLeave(user, leave.at);
      this.#hasUntoldLeaves = true;
    }
    this.#expect({ user, status: "online", at, due: at });
    this.#options.wakeAt(at + RESUME_DELAY);
    void this.tell();
  }

  /** A user's last connection has gone; to be called in the block that stores it. */
  left(user: string, at: number): void {
    if (!this.#isWanted) return;
    const due = at + this.#options.grace;
    this.#expect({ user, status: "offline", at, due });
    this.#options.wakeAt(due);
  }

  /** A user is there again: that they went is not told, if that can be helped. @returns whether it can. */
  takeBack(user: string): boolean {
    if (!this.#isWanted) return false;
    const changes = this.#load().get(user);
    if (changes?.at(-1)?.status !== "offline") return false;
    changes.pop();
    if (changes.length === 0) this.#load().delete(user);
    return true;
  }

  /** A user who counts as online is deleted; to be called in the block in which their row goes. */
  erased(user: string, at: number): void {
    if (!this.#isWanted) return;
    const isExpected = this.takeBack(user);
    // Who came a moment ago, and of whom nobody has heard, need not be told of at all.
    if (!isExpected && this.#load().get(user)?.at(-1)?.status === "online") {
      this.forget(user);
      return;
    }
    this.#options.rows.addUntoldLeave(user, at);
    this.#hasUntoldLeaves = true;
    this.left(user, at);
  }

  /** Another shard knows the user now, and tells of them. */
  forget(user: string): void {
    if (this.#isWanted) this.#load().delete(user);
  }

  /** Tells what is due. Never fails: what cannot be told now is told later. */
  tell(): Promise<void> {
    this.#telling ??= this.#tellAll().finally(() => {
      this.#telling = undefined;
    });
    return this.#telling;
  }

  /** When `tell` is next due (ms), or nothing. */
  get due(): number | undefined {
    if (!this.#isWanted) return undefined;
    return this.#failed?.retryAt ?? this.#nextDue();
  }

  async #tellAll(): Promise<void> {
    // The block that stores the change must have ended.
    await Promise.resolve();
    const { now, publish, channels, heard, retryDelay, wakeAt } = this.#options;
    if (!this.#isWanted || (this.#failed?.retryAt ?? 0) > now()) return;
    for (;;) {
      if (this.#batch.length === 0) this.#batch = this.#takeDue();
      if (this.#batch.length === 0) return;
      try {
        if (channels.length > 0) {
          await publish(this.#batch.map((change) => publicationOf(change, channels)));
        }
      } catch (error) {
        report("warn", "presence could not be told", describe(error));
        const attempts = (this.#failed?.attempts ?? 0) + 1;
        const retryAt = now() + Math.min(retryDelay * 2 ** (attempts - 1), MAX_RETRY_DELAY);
        this.#failed = { attempts, retryAt };
        wakeAt(retryAt);
        return;
      }
      heard?.(this.#batch);
      this.#batch = [];
      this.#failed = undefined;
      this.#forgetUntoldLeaves();
      this.#noteTold();
    }
  }

  /** The oldest changes whose time has come. */
  #takeDue(): PresenceChange[] {
    this.#takenAt = this.#options.now();
    const waiting = this.#load();
    const isDue = ({ due }: PresenceChange) => due <= this.#takenAt;
    const all = [...waiting.values()].flatMap((changes) => changes.filter(isDue));
    const taken = all.toSorted((one, other) => one.due - other.due).slice(0, BATCH);
    for (const change of taken) {
      const left = (waiting.get(change.user) ?? []).filter((other) => other !== change);
      if (left.length > 0) waiting.set(change.user, left);
      else waiting.delete(change.user);
    }
    const next = this.#nextDue();
    if (next !== undefined) this.#options.wakeAt(next);
    return taken;
  }

  /** Writes down up to when everything has been told, unless more of it is due. */
  #noteTold(): void {
    const { rows, schema } = this.#options;
    if (this.#isAnyDue()) return;
    schema.ensure();
    this.#told = this.#takenAt;
    rows.writeTold(this.#told);
  }

  /** What the users' rows do not say any more has been told; after a waking it may wait for its turn. */
  #forgetUntoldLeaves(): void {
    if (!this.#hasUntoldLeaves || this.#isAnyDue()) return;
    this.#options.rows.deleteUntoldLeaves();
    this.#hasUntoldLeaves = false;
  }

  #nextDue(): number | undefined {
    const first = [...this.#load().values()].flatMap(([change]) => (change ? [change.due] : []));
    return first.length > 0 ? first.reduce((one, other) => Math.min(one, other)) : undefined;
  }

  #isAnyDue(): boolean {
    return (this.#nextDue() ?? Number.POSITIVE_INFINITY) <= this.#options.now();
  }

  /** A change that has just come. */
  #expect(change: PresenceChange): void {
    this.#add(change);
    if (change.due > this.#told) return;
    // It came in the very millisecond up to which everything had been told.
    this.#told = change.due - 1;
    this.#options.rows.writeTold(this.#told);
  }

  #add(change: PresenceChange): void {
    const waiting = this.#load();
    waiting.set(change.user, [...(waiting.get(change.user) ?? []), change]);
  }

  #load(): Map<string, PresenceChange[]> {
    if (this.#waiting) return this.#waiting;
    this.#waiting = new Map();
    const { rows, schema, grace, now } = this.#options;
    if (!schema.exists) return this.#waiting;
    this.#told = rows.readTold();
    const told = Math.max(this.#told, now() - KEPT_SECONDS * 1000);
    for (const { user, at } of rows.readUntoldLeaves()) {
      this.#hasUntoldLeaves = true;
      if (at + grace > told) this.#add({ user, status: "offline", at, due: at + grace });
    }
    for (const { user, presence } of rows.readChanged(told - grace)) {
      const { since, leftAt } = presence;
      if (since > told) this.#add({ user, status: "online", at: since, due: since });
      if (leftAt !== undefined && leftAt + grace > told) {
        this.#add({ user, status: "offline", at: leftAt, due: leftAt + grace });
      }
    }
    return this.#waiting;
  }

  get #isWanted(): boolean {
    return this.#options.channels.length > 0 || this.#options.heard !== undefined;
  }
}

/** What the channels are told; a user hears nothing of themselves. */
function publicationOf({ user, status, at }: PresenceChange, channels: readonly string[]): Publication {
  const data = JSON.stringify({ userId: user, status, timestamp: at });
  const event = { event: "user:presence", data, store: true, ttl: KEPT_SECONDS, aim: { except: { user } } };
  return {
    id: `presence:${status}:${at}:${user}`,
    hash: "presence",
    events: channels.map((channel) => ({ ...event, channel })),
  };
}
