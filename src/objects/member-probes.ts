import { describe, report } from "../operation/report.ts";
import type { Attendance } from "./attendance.ts";
import type { Member, MemberRows } from "./member-rows.ts";
import type { PresenceNewsRows } from "./presence-news-rows.ts";
import type { Schema } from "./schema.ts";

export interface MemberProbesOptions {
  readonly members: MemberRows;
  readonly rows: PresenceNewsRows;
  readonly schema: Schema;
  /** How long (ms) a member may give no sign of life before it is asked for one; 0 for ever. */
  readonly interval: number;
  /** Members that are asked at once. */
  readonly concurrency: number;
  /** When a member's object was last heard in this waking (ms), if it was. */
  readonly heardAt: (user: string) => number | undefined;
  /** Asks a member's object who is there; the dead are swept before it answers. */
  readonly probe: (user: string) => Promise<Attendance>;
  /** Puts right what is remembered of the member. */
  readonly settle: (user: string, attendance: Attendance) => void;
  /** What else is looked after in the same rounds: rooms that are said to be in use. */
  readonly rooms?: {
    /** Those that have said nothing since a time (ms). */
    readonly silent: (time: number) => readonly string[];
    readonly probe: (room: string) => Promise<void>;
  };
  readonly now: () => number;
  /** Asks to be woken for `run`. */
  readonly wakeAt: (time: number) => void;
}

/**
 * Looks after members who are said to be there and have given no sign of life for long: their objects may have died
 * without saying so, and clients that lost their network cannot close.
 */
export class MemberProbes {
  readonly #options: MemberProbesOptions;
  /** Whether somebody may be there; not known when the object wakes. */
  #isNeeded = true;
  #asking: Promise<void> | undefined;

  constructor(options: MemberProbesOptions) {
    this.#options = options;
  }

  /** Somebody is there. */
  watch(): void {
    const { interval, now, wakeAt } = this.#options;
    this.#isNeeded = true;
    if (interval > 0) wakeAt(now() + interval);
  }

  /** Asks all who have been silent for too long, unless it is too early for another round. */
  async run(): Promise<void> {
    const { members, rows, rooms, interval, now, schema } = this.#options;
    if (interval === 0 || !schema.exists || rows.readProbed() + interval > now()) return;
    rows.writeProbed(now());
    const there = members.readThere();
    this.#isNeeded = there.length > 0 || (rooms?.silent(now()).length ?? 0) > 0;
    await this.#ask(
      there.filter((member) => now() - this.#heardAt(member) >= interval),
      rooms?.silent(now() - interval) ?? [],
    );
  }

  /** Asks all who are said to be there, now. Whoever asks for it meanwhile waits for the same round. */
  askAll(): Promise<void> {
    const { members, rooms, schema, now } = this.#options;
    if (!schema.exists) return Promise.resolve();
    this.#asking ??= this.#ask(members.readThere(), rooms?.silent(now()) ?? []).finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  /** When the next round is due (ms), or nothing. */
  get due(): number | undefined {
    const { rows, interval, schema } = this.#options;
    if (interval === 0 || !this.#isNeeded || !schema.exists) return undefined;
    return rows.readProbed() + interval;
  }

  async #ask(members: readonly Member[], rooms: readonly string[]): Promise<void> {
    const waiting = [
      ...members.map(
        ({ user }) =>
          () =>
            this.#probe(user),
      ),
      ...rooms.map((room) => () => this.#probeRoom(room)),
    ].values();
    const lane = async () => {
      for (const ask of waiting) await ask();
    };
    await Promise.all(Array.from({ length: this.#options.concurrency }, lane));
  }

  async #probe(user: string): Promise<void> {
    const { probe, settle } = this.#options;
    try {
      settle(user, await twice(() => probe(user)));
    } catch (error) {
      // It is asked again in the next round.
      report("warn", "a member could not be probed", { user, ...describe(error) });
    }
  }

  async #probeRoom(room: string): Promise<void> {
    try {
      await twice(async () => await this.#options.rooms?.probe(room));
    } catch (error) {
      report("warn", "a room could not be probed", { room, ...describe(error) });
    }
  }

  #heardAt({ user, seenAt }: Member): number {
    return Math.max(this.#options.heardAt(user) ?? 0, seenAt);
  }
}

/** An object that was aborted refuses the first call after that. */
async function twice<Answer>(call: () => Promise<Answer>): Promise<Answer> {
  return await call().catch(call);
}
