import { isOnline, isThere, type Presence } from "./attendance.ts";
import type { PresenceNews } from "./presence-news.ts";

export interface AttendanceBookOptions {
  readonly news: PresenceNews;
  /** How long after the last connection a user counts as online (ms). */
  readonly grace: number;
  readonly now: () => number;
}

/** What becomes of a user's presence when connections come and go. */
export class AttendanceBook {
  readonly #options: AttendanceBookOptions;

  constructor(options: AttendanceBookOptions) {
    this.#options = options;
  }

  /** As `next`, of a user whom another shard knew until now. */
  adopted(user: string, before: Presence | undefined, isThereNow: boolean): Presence | undefined {
    const { news, grace, now } = this.#options;
    const after = this.next(user, before, isThereNow);
    const isLeaving = after === before && !isThereNow && isOnline(before, now(), grace);
    if (isLeaving && before?.leftAt !== undefined) news.left(user, before.leftAt);
    return after;
  }

  /** Another shard knows the user now. */
  forget(user: string): void {
    this.#options.news.forget(user);
  }

  /** A user is deleted, with the row that would have told that they went. */
  erase(user: string, before: Presence | undefined): void {
    const { news, grace, now } = this.#options;
    if (isOnline(before, now(), grace)) news.erased(user, before?.leftAt ?? now());
    else news.forget(user);
  }

  /**
   * The presence to be stored, in this block, of a user of whom a connection is there now or is not. Who comes back
   * within the grace, or before anybody was told that they went, has been online all the time.
   */
  next(user: string, before: Presence | undefined, isThereNow: boolean): Presence | undefined {
    const { news, grace, now } = this.#options;
    if (isThere(before) === isThereNow) return before;
    const time = now();
    if (!isThereNow) {
      if (!before) return undefined;
      news.left(user, time);
      return { since: before.since, leftAt: time };
    }
    const isUntold = news.takeBack(user);
    if (before && (isUntold || isOnline(before, time, grace))) return { since: before.since };
    news.came(user, time);
    return { since: time };
  }
}
