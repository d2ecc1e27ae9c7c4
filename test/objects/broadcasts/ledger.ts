import { type Role, rolesOf, type User } from "./cast.ts";
import type { Announcement } from "./command.ts";
import type { Names } from "./names.ts";
import type { Row } from "./objects.ts";

/** One event that a run has announced, and what was answered to it. */
export interface Entry extends Announcement {
  readonly id: string;
  /** Whether the audience has answered that it has it. */
  isAnswered: boolean;
  /** Whether the object of who is named has. */
  isAnsweredByName: boolean;
}

/** What was published, and what was answered to it: the model of all logs. */
export class Ledger {
  readonly #names: Names;
  readonly #entries = new Map<string, Entry>();

  constructor(names: Names) {
    this.#names = names;
  }

  announce(announcement: Announcement): Entry {
    const id = `id-${this.#entries.size + 1}`;
    const entry: Entry = { ...announcement, id, isAnswered: false, isAnsweredByName: false };
    this.#entries.set(id, entry);
    return entry;
  }

  /** What a member's log lacks of what was answered. */
  missing(user: User, has: (place: string) => boolean): string[] {
    return [...this.#entries.values()].flatMap((entry) =>
      [...this.#dueTo(user, entry)].filter((place) => !has(place)).map((place) => `${user} lacks ${place}`),
    );
  }

  /** What is wrong with a user's log: something twice, or never for them, or in another order than the audience's. */
  faultsOf(user: User, rows: readonly Row[], order: readonly string[]): string[] {
    const faults: string[] = [];
    const seen = new Set<string>();
    let before = 0;
    rows.forEach(({ offset, id, channel, event, isFromAudience }, index) => {
      const entry = this.#entries.get(id);
      const place = placeOf({ id, channel, event });
      if (offset !== index + 1) faults.push(`${user}: offset ${offset} stands at place ${index + 1}`);
      if (!entry || !this.#placesFor(user, entry).has(place))
        faults.push(`${user}: ${place} is not for them`);
      if (seen.has(place)) faults.push(`${user}: ${place} is there twice`);
      seen.add(place);
      // What tells of a notification comes with whichever of its publication is first.
      if (!isFromAudience || event === NOTICE) return;
      const at = order.indexOf(id);
      if (at < before) faults.push(`${user}: ${place} comes later than the audience has it`);
      before = Math.max(before, at);
    });
    return faults;
  }

  /** Where a user's log has an event of which it must have all that was answered. */
  #dueTo(user: User, entry: Entry): Set<string> {
    const isNamed = entry.byName === user && entry.isAnsweredByName;
    const byAudience = entry.isAnswered ? this.#channelsFor(user, { ...entry, byName: undefined }) : [];
    const channels = new Set([...byAudience, ...(isNamed ? [this.#names.log(user)] : [])]);
    // Who is named is left out by the audience on that channel.
    if (entry.byName === user && !isNamed) channels.delete(this.#names.log(user));
    return this.#places(user, entry, [...channels]);
  }

  #placesFor(user: User, entry: Entry): Set<string> {
    return this.#places(user, entry, this.#channelsFor(user, entry));
  }

  #places(user: User, { id, isNotification }: Entry, channels: readonly string[]): Set<string> {
    const places = channels.map((channel) => placeOf({ id, channel, event: "plain" }));
    const own = this.#names.log(user);
    if (isNotification && channels.length > 0) places.push(placeOf({ id, channel: own, event: NOTICE }));
    return new Set(places);
  }

  #channelsFor(user: User, { to, channels, byName }: Entry): string[] {
    const has = (role: Role) => rolesOf[user].includes(role);
    const isReached = to === "everyone" || to.some(has);
    const own = isReached || byName === user ? [this.#names.log(user)] : [];
    return [...own, ...channels.filter(has).map((role) => this.#names.channel(role))];
  }
}

const NOTICE = "notification:new";

/** Stands for one entry that an announcement becomes in a user's log; what tells of a notification has one place. */
export function placeOf({ id, channel, event }: Pick<Row, "id" | "channel" | "event">): string {
  return event === NOTICE ? `the notice of ${id}` : `${id} in ${channel}`;
}
