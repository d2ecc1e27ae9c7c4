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
    const { members, rows, interval, concurrency, now, schema } = this.#options;
    if (interval === 0 || !schema.exists || rows.readProbed() + interval > now()) return;
    rows.writeProbed(now());
    const there = members.readThere();
    this.#isNeeded = there.length > 0;
    const waiting = there.filter((member) => now() - this.#heardAt(member) >= interval).values();
    const lane = async () => {
      for (const { user } of waiting) await this.#probe(user);
    };
    await Promise.all(Array.from({ length: concurrency }, lane));
  }

  /** When the next round is due (ms), or nothing. */
  get due(): number | undefined {
    const { rows, interval, schema } = this.#options;
    if (interval === 0 || !this.#isNeeded || !schema.exists) return undefined;
    return rows.readProbed() + interval;
  }

  async #probe(user: string): Promise<void> {
    const { probe, settle } = this.#options;
    try {
      settle(user, await probe(user));
    } catch (error) {
      // It is asked again in the next round.
      report("warn", "a member could not be probed", { user, ...describe(error) });
    }
  }

  #heardAt({ user, seenAt }: Member): number {
    return Math.max(this.#options.heardAt(user) ?? 0, seenAt);
  }
}
