import { describe, report } from "../operation/report.ts";
import type { AttendanceBook } from "./attendance-book.ts";
import type { AudiencePush } from "./audience-door.ts";
import type { AudienceEvent } from "./audience-entry.ts";
import { prepare } from "./audience-entry.ts";
import type { AudiencePages } from "./audience-pages.ts";
import type { PassingEvent } from "./entry.ts";
import type { PushAnswer } from "./follow.ts";
import { inTime, type Wait } from "./in-time.ts";
import type { Log } from "./log.ts";
import type { MemberRows } from "./member-rows.ts";
import type { Schema } from "./schema.ts";
import { isForStanding, type Standing } from "./standing.ts";

/** A member who is there. */
interface Present {
  readonly user: string;
  readonly generation: number;
  standing: Standing;
  /** Where the member's object stands, unless it is further on. Until it is confirmed, an assumption. */
  acked: number;
  isConfirmed: boolean;
  /** Nothing up to here is left to be handed over; what came after `acked` was not for this member. */
  scanned: number;
  /** The database says that something after `at` may be missing. */
  isOwed: boolean;
  passing: AudienceEvent[];
  failed: { readonly attempts: number; readonly retryAt: number } | undefined;
  handing: Promise<void> | undefined;
  /** When the member's object was last heard (ms). */
  heardAt: number;
}

export interface MemberPushesOptions {
  readonly rows: MemberRows;
  readonly schema: Schema;
  readonly log: Log;
  readonly pages: AudiencePages;
  readonly book: AttendanceBook;
  readonly push: (user: string, generation: number, push: AudiencePush) => Promise<PushAnswer>;
  /** Members that are handed something at once. */
  readonly concurrency: number;
  /** Milliseconds before the first retry by alarm. */
  readonly retryDelay: number;
  readonly wait: Wait;
  readonly now: () => number;
  /** Asks to be woken for `handOn` and `retryFailed`. */
  readonly wakeAt: (time: number) => void;
}

const MAX_RETRY_DELAY = 60_000;
const PUSH_ATTEMPTS = 3;
/** A member who answers `behind` so often without getting further is treated as failing. */
const MAX_ROUNDS = 1000;
/** Should the object die while it hands on, it goes on with that so much later (ms). */
const RESUME_DELAY = 5000;

/**
 * Hands a shard's entries to the members who are there and whom they are for (rules F2 and F3), so many at once. Nobody
 * waits for it: up to where it is done is written down, and an alarm goes on with what a death interrupted.
 */
export class MemberPushes {
  readonly #options: MemberPushesOptions;
  #present: Map<string, Present> | undefined;
  #handed: number | undefined;
  #isWanted = false;
  #visiting: Promise<void> | undefined;
  #stragglers: Promise<void> = Promise.resolve();

  constructor(options: MemberPushesOptions) {
    this.#options = options;
  }

  /** Members who are there. */
  get size(): number {
    return this.#load().size;
  }

  /** Somebody is there, and has been given everything up to `acked` that was for them; what comes next is handed over. */
  begin(member: Omit<Present, "scanned" | "passing" | "failed" | "handing" | "heardAt">): void {
    const rest = { scanned: member.acked, passing: [], failed: undefined, handing: undefined };
    const present: Present = { ...member, ...rest, heardAt: this.#options.now() };
    this.#load().set(member.user, present);
    if (present.scanned === this.#options.log.top.offset) return;
    this.announce();
    void this.#hand(present);
  }

  /** When the object of somebody who is there was last heard in this waking (ms). */
  heardAt(user: string): number | undefined {
    return this.#load().get(user)?.heardAt;
  }

  /** Somebody who is taken to be there is known otherwise. */
  learn(user: string, standing: Standing): void {
    const present = this.#load().get(user);
    if (present) present.standing = standing;
  }

  /** Nobody is there any more. @returns up to where the member certainly has what was for them, if that is known. */
  end(user: string): number | undefined {
    const present = this.#load().get(user);
    this.#load().delete(user);
    return present && !present.isOwed && !present.failed ? present.scanned : undefined;
  }

  /** To be called in the synchronous block that brings something to hand on: whatever happens, it will be handed on. */
  announce(): void {
    this.#options.wakeAt(this.#options.now() + RESUME_DELAY);
  }

  /** Hands on what is stored, and these passing events. Resolves when all have it or the failure is written down. */
  async handOn(passing: readonly PassingEvent[] = []): Promise<void> {
    this.#queue(passing);
    this.#isWanted = true;
    this.#visiting ??= this.#visit().finally(() => {
      this.#visiting = undefined;
    });
    await this.#visiting;
    await this.#stragglers;
  }

  /** Whether something is stored that has not been handed on, to all or to somebody who came lately. */
  get isDue(): boolean {
    const top = this.#options.log.top.offset;
    if (!this.#options.schema.exists || top === 0) return false;
    return (
      this.#readHanded() < top ||
      [...this.#load().values()].some(({ failed, scanned }) => !failed && scanned < top)
    );
  }

  /** Tries again what failed and is due. */
  async retryFailed(): Promise<void> {
    const now = this.#options.now();
    const due = [...this.#load().values()].filter(({ failed }) => failed && failed.retryAt <= now);
    await this.#inLanes(due).finished();
  }

  /** When the next retry is due (ms), or nothing. */
  retryDue(): number | undefined {
    const times = [...this.#load().values()].flatMap(({ failed }) => (failed ? [failed.retryAt] : []));
    return times.length > 0 ? Math.min(...times) : undefined;
  }

  /** Goes through the members as often as something came while it did; who is slow keeps nobody else waiting. */
  async #visit(): Promise<void> {
    while (this.#isWanted) {
      this.#isWanted = false;
      const target = this.#options.log.top.offset;
      const { begun, finished } = this.#inLanes([...this.#load().values()].filter(({ failed }) => !failed));
      const before = this.#stragglers.catch(() => undefined);
      this.#stragglers = Promise.all([before, finished().then(() => this.#noteHanded(target))]).then();
      await begun;
    }
  }

  #noteHanded(target: number): void {
    const { rows, schema } = this.#options;
    if (target <= this.#readHanded()) return;
    schema.ensure();
    this.#handed = target;
    rows.writeHanded(target);
  }

  /** Hands to these members, so many at once: `begun` when there is none left to begin with, then `finished`. */
  #inLanes(members: readonly Present[]): { begun: Promise<void>; finished: () => Promise<void> } {
    const waiting = members.values();
    const underWay: Promise<void>[] = [];
    const { promise: begun, resolve } = Promise.withResolvers<void>();
    const lane = async () => {
      for (const member of waiting) {
        if (member.handing) underWay.push(member.handing);
        // Nothing of the page may be for this member, who then costs no call and no turn.
        else if (member.failed || this.#hasNext(member)) await this.#hand(member);
      }
      resolve();
    };
    const lanes = Array.from({ length: Math.min(this.#options.concurrency, members.length) }, lane);
    if (lanes.length === 0) resolve();
    const finished = async () => {
      await Promise.all(lanes);
      await Promise.all(underWay);
    };
    return { begun, finished };
  }

  #hand(member: Present): Promise<void> {
    member.handing ??= this.#handUntilDone(member);
    return member.handing;
  }

  async #handUntilDone(member: Present): Promise<void> {
    // Nothing of this may happen in the caller's synchronous block: `handing` must be set when it ends.
    await Promise.resolve();
    do {
      try {
        await this.#handAll(member);
        if (this.#isCurrent(member) && (member.failed || member.isOwed)) this.#settle(member);
      } catch (error) {
        report("warn", "a member was not reached", { user: member.user, ...describe(error) });
        this.#owe(member);
        break;
      }
    } while (this.#isCurrent(member) && this.#hasNext(member));
    member.handing = undefined;
  }

  async #handAll(member: Present): Promise<void> {
    const { log } = this.#options;
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const push = await this.#find(member);
      if (!push) return;
      const answer = await this.#push(member, push);
      member.heardAt = this.#options.now();
      if (!this.#isCurrent(member)) return;
      if (answer.kind === "gone") return this.#leave(member);
      if (answer.kind === "behind") {
        const resumption = log.resume(answer.position);
        // A position that the log does not know is below every page; the next push is then a reset.
        member.acked = resumption.kind === "recovered" ? resumption.from.offset : -1;
        member.scanned = member.acked;
        continue;
      }
      member.isConfirmed = true;
      const upTo = push.kind === "reset" ? push.position.offset : push.page.upTo;
      // What brought nothing to be stored is not remembered by the member's object when it sleeps.
      if (push.kind === "reset" || push.page.entries.length > 0) member.acked = upTo;
      member.scanned = upTo;
      if (push.kind === "page") member.passing.splice(0, push.passing.length);
    }
    throw new Error("A member does not get further.");
  }

  /** What is to be handed over next, or nothing; others are served while there is much to look through. */
  async #find(member: Present): Promise<AudiencePush | undefined> {
    while (this.#isCurrent(member)) {
      const push = this.#next(member);
      if (push || this.#isAtTop(member)) return push;
      await this.#options.wait(0);
    }
    return undefined;
  }

  #isAtTop({ scanned }: Present): boolean {
    return scanned >= this.#options.log.top.offset;
  }

  /** Whether something is to be handed over or looked through. What cannot be read is: the failure is then written down. */
  #hasNext(member: Present): boolean {
    try {
      return this.#next(member) !== undefined || !this.#isAtTop(member);
    } catch {
      return true;
    }
  }

  /** What is to be handed over next, or nothing up to `scanned`. */
  #next(member: Present): AudiencePush | undefined {
    const { log, pages } = this.#options;
    const isReachable = log.reachesBackTo({ ...log.top, offset: member.scanned });
    if (!isReachable) return { kind: "reset", position: log.top };
    const page = pages.pageFor(member.user, member.standing, member.scanned);
    if (page.entries.length === 0) member.scanned = page.upTo;
    if (page.entries.length + member.passing.length === 0) return undefined;
    return { kind: "page", page: { ...page, after: member.acked }, passing: [...member.passing] };
  }

  async #push({ user, generation }: Present, push: AudiencePush): Promise<PushAnswer> {
    const { push: call, wait } = this.#options;
    for (let attempt = 1; ; attempt++) {
      try {
        return await inTime(() => call(user, generation, push), wait);
      } catch (error) {
        if (attempt === PUSH_ATTEMPTS) throw error;
        await wait(20 * 4 ** attempt);
      }
    }
  }

  #queue(passing: readonly PassingEvent[]): void {
    if (passing.length === 0) return;
    for (const event of passing) {
      const prepared = prepare(event);
      for (const member of this.#load().values()) {
        const { user, standing } = member;
        if (!member.failed && isForStanding(prepared, Number.MAX_SAFE_INTEGER, user, standing)) {
          member.passing.push(prepared.given);
        }
      }
    }
  }

  #isCurrent(member: Present): boolean {
    return this.#load().get(member.user) === member;
  }

  /** The member's object holds no connection: it died without saying so. */
  #leave(member: Present): void {
    const { rows, now, book } = this.#options;
    this.#load().delete(member.user);
    const known = rows.find(member.user);
    if (!known || known.generation !== member.generation) return;
    const isSure = !member.isOwed && !member.failed;
    const at = isSure ? Math.max(known.at, member.scanned) : known.at;
    const presence = book.next(known.user, known.presence, known.rooms?.isThere ?? false);
    rows.write({ ...known, isOnline: false, isOwed: false, at, seenAt: now(), presence });
  }

  #owe(member: Present): void {
    if (!this.#isCurrent(member)) return;
    const { now, retryDelay, rows, wakeAt } = this.#options;
    const attempts = (member.failed?.attempts ?? 0) + 1;
    const retryAt = now() + Math.min(retryDelay * 2 ** (attempts - 1), MAX_RETRY_DELAY);
    member.failed = { attempts, retryAt };
    member.passing = [];
    const known = rows.find(member.user);
    if (known && !known.isOwed) {
      rows.write({ ...known, isOwed: true, at: Math.max(known.at, member.acked) });
    }
    member.isOwed = true;
    wakeAt(retryAt);
  }

  #settle(member: Present): void {
    const { rows } = this.#options;
    member.failed = undefined;
    // There may have been nothing to hand over, and the answer to who came may not have arrived.
    if (!member.isConfirmed) return;
    member.isOwed = false;
    const known = rows.find(member.user);
    if (known?.isOwed) rows.write({ ...known, isOwed: false, at: Math.max(known.at, member.acked) });
  }

  #readHanded(): number {
    this.#handed ??= this.#options.schema.exists ? this.#options.rows.readHanded() : 0;
    return this.#handed;
  }

  #load(): Map<string, Present> {
    if (this.#present) return this.#present;
    this.#present = new Map();
    if (!this.#options.schema.exists) return this.#present;
    const handed = this.#readHanded();
    for (const {
      user,
      generation,
      at,
      isOwed,
      facets,
      versions,
      seenAt,
    } of this.#options.rows.readOnline()) {
      const scanned = isOwed ? at : Math.max(at, handed);
      const standing = { facets, versions };
      this.#present.set(user, {
        ...{ user, generation, standing, acked: at, isConfirmed: true, scanned, isOwed },
        ...{ passing: [], failed: undefined, handing: undefined, heardAt: seenAt },
      });
    }
    return this.#present;
  }
}
