import type { Heard } from "../heard.ts";

/** Who was online when the service was asked. */
export interface RollCall {
  /** ms since 1970, by the service's clock. */
  readonly at: number;
  /** How many there were, also of those who are not named. */
  readonly count: number;
  readonly people: readonly Attending[];
}

export interface Attending {
  readonly user: string;
  /** Since when, in ms since 1970. */
  readonly since: number;
}

/** Who is online now, the newest first, and how many in all. */
export interface Attendance {
  readonly count: number;
  readonly people: readonly Attending[];
}

/**
 * Who is online: who was when the service was asked, and who came and went since by `user:presence`. Without a roll call,
 * which is an operator's to ask for, those alone who were heard to come.
 */
export function attendanceOf(rollCall: RollCall | undefined, events: readonly Heard[]): Attendance {
  const people = new Map(rollCall?.people.map(({ user, since }) => [user, since]));
  let count = rollCall?.count ?? 0;
  for (const { event, data } of events) {
    if (event !== "user:presence" || data.timestamp <= (rollCall?.at ?? 0)) continue;
    const { userId, status, timestamp } = data;
    if (status === "online") {
      if (!people.has(userId)) count += 1;
      people.set(userId, timestamp);
    } else if (people.delete(userId)) {
      count -= 1;
    }
  }
  const newestFirst = [...people].sort(([, one], [, other]) => other - one);
  return { count, people: newestFirst.map(([user, since]) => ({ user, since })) };
}
