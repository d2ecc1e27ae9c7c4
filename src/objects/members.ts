import type { Attendance, ConnectionCounts, Presence } from "./attendance.ts";
import type { AttendanceBook } from "./attendance-book.ts";
import type { Given, Leave, Registration, Stale, Visit } from "./audience-door.ts";
import type { AudiencePages } from "./audience-pages.ts";
import type { Log } from "./log.ts";
import type { MemberPushes } from "./member-pushes.ts";
import type { Member, MemberRows } from "./member-rows.ts";
import type { Schema } from "./schema.ts";
import { areSameFacets, changeStanding, newcomerStanding, type Standing } from "./standing.ts";

export interface MembersOptions {
  readonly rows: MemberRows;
  readonly schema: Schema;
  readonly log: Log;
  readonly pages: AudiencePages;
  readonly pushes: MemberPushes;
  readonly book: AttendanceBook;
  /** Days for which events are kept that are no notifications. */
  readonly eventDays: number;
  /** How many days of notifications a user is given who comes for the first time. */
  readonly firstVisitDays: number;
  /** Days after which a user who has not come is forgotten. */
  readonly keptDays: number;
  readonly now: () => number;
}

const DAY = 86_400_000;
/** Entries that a client which polls may be ahead of what is remembered of it before that is written down. */
const FAR = 100;

/** What a user is given, and how they stand after it. */
interface Served {
  readonly standing: Standing;
  /** What they have for certain. */
  readonly at: number;
  readonly given: Given;
}

/**
 * The users of one shard (rules F7 and F8): as whom each is known since when, whether they are there, and up to where
 * they have what was for them. All of it is synchronous.
 */
export class Members {
  readonly #options: MembersOptions;

  constructor(options: MembersOptions) {
    this.#options = options;
  }

  find(user: string): Member | undefined {
    return this.#options.schema.exists ? this.#options.rows.find(user) : undefined;
  }

  /** Takes over what another shard knew of a user, unless the user has come here meanwhile. */
  adopt(member: Member): void {
    const { rows, schema, book } = this.#options;
    const { user, rooms } = member;
    if (this.find(user)) return;
    schema.ensure();
    const presence = book.adopted(user, member.presence, rooms?.isThere ?? false);
    rows.write({ ...member, isOnline: false, isOwed: false, presence });
  }

  /** Another shard has taken a user over, as it was known under this generation. */
  forget(user: string, generation: number): void {
    const known = this.find(user);
    if (!known || known.generation > generation) return;
    this.#options.rows.delete(user);
    this.#options.pushes.end(user);
    this.#options.book.forget(user);
  }

  /** A user is deleted. Who counts as online goes with that, and those who were told of them are told. */
  erase(user: string): void {
    const known = this.find(user);
    if (!known) return;
    this.#options.book.erase(user, known.presence);
    this.#options.rows.delete(user);
    this.#options.pushes.end(user);
  }

  /** Somebody comes, or is known otherwise from now on. */
  register(registration: Registration): Given | Stale {
    const { rows, pushes, schema, now, log, book } = this.#options;
    const { user, generation, isOnline, attendance } = registration;
    const known = this.find(user);
    if (known && known.generation >= generation) return { kind: "stale", generation: known.generation };
    schema.ensure();
    const { standing, at, given } = this.#serve(known, registration, isOnline);
    // What is given with this answer may never arrive: until the user confirms more, it counts as owed. So does what has
    // not been looked through.
    const isGiven = given.push.kind === "page" && given.push.page.entries.length > 0;
    const isOwed = isGiven || given.more;
    const attended = attendedBy(known, attendance);
    rows.write({
      user,
      generation,
      isOnline,
      // Nobody takes what is given where nobody is there.
      isNew: !isOnline && (known?.isNew ?? registration.position === undefined),
      at,
      isOwed: isOnline && isOwed,
      seenAt: now(),
      presence: book.next(user, known?.presence, isOnline || (attended.rooms?.isThere ?? false)),
      ...attended,
      ...standing,
    });
    if (isOnline) {
      const upTo = given.push.kind === "page" ? given.push.page.upTo : log.top.offset;
      pushes.begin({ user, generation, standing, acked: upTo, isOwed, isConfirmed: !isGiven });
    } else {
      pushes.end(user);
    }
    return given;
  }

  /** Somebody asks what was missed and is not there. Little is written: they may ask every few seconds. */
  visit(visit: Visit): Given {
    const { rows, schema, pushes, now } = this.#options;
    const known = this.find(visit.user);
    const { standing, at, given } = this.#serve(known, visit, true);
    const isSame = known?.isNew === false && areSameFacets(known.facets, standing.facets);
    if (isSame && at - known.at <= FAR && now() - known.seenAt <= DAY) return given;
    schema.ensure();
    rows.write({
      user: visit.user,
      generation: known?.generation ?? 0,
      isOnline: known?.isOnline ?? false,
      isNew: false,
      at,
      isOwed: known?.isOwed ?? false,
      seenAt: now(),
      presence: known?.presence,
      rooms: known?.rooms,
      counts: known?.counts,
      ...standing,
    });
    pushes.learn(visit.user, standing);
    return given;
  }

  /** The last connection of somebody has gone. */
  leave({ user, generation, position, isMoved, attendance }: Leave): void {
    const { rows, pushes, now, log, book } = this.#options;
    const known = this.find(user);
    if (!known || known.generation >= generation) return;
    const resumption = position && log.resume(position);
    const said = resumption?.kind === "recovered" ? resumption.from.offset : 0;
    const at = Math.max(known.at, said, pushes.end(user) ?? 0);
    const versions = known.versions.filter(({ upTo }) => upTo > at);
    const left = { ...known, generation, isOnline: false, isOwed: false, at, seenAt: now(), versions };
    if (isMoved) {
      book.forget(user);
      rows.write({ ...left, presence: undefined, rooms: undefined, counts: undefined });
    } else {
      const attended = attendedBy(known, attendance);
      const presence = book.next(user, known.presence, attended.rooms?.isThere ?? false);
      rows.write({ ...left, ...attended, presence });
    }
  }

  /** A user's object says who is there, and what is remembered otherwise is put right. @returns the presence after it. */
  settle(user: string, attendance: Attendance): Presence | undefined {
    const { asOf, isHere, inRooms } = attendance;
    const { rows, pushes, schema, now, log, book } = this.#options;
    const found = this.find(user);
    if (!found && !inRooms) return undefined;
    const stranger = { user, generation: 0, isOnline: false, isNew: true, at: log.top.offset, isOwed: false };
    const known = found ?? { ...stranger, seenAt: now(), ...nobody };
    // Somebody may have come since that was so.
    const isGone = known.isOnline && !isHere && known.generation < asOf;
    const attended = attendedBy(known, attendance);
    const { rooms } = attended;
    if (!isGone && rooms === known.rooms && attended.counts === known.counts) return known.presence;
    schema.ensure();
    const isOnline = known.isOnline && !isGone;
    const presence = book.next(user, known.presence, isOnline || (rooms?.isThere ?? false));
    const at = isGone ? Math.max(known.at, pushes.end(user) ?? 0) : known.at;
    const isOwed = isOnline && known.isOwed;
    rows.write({ ...known, ...attended, isOnline, isOwed, at, seenAt: now(), presence });
    return presence;
  }

  /** Forgets users who have not come for longer than anything is kept. */
  prune(): void {
    const { rows, schema, keptDays, now } = this.#options;
    if (schema.exists) rows.deleteUnseen(now() - keptDays * DAY);
  }

  /** What a user is given who was known as `known`. What is published from `since` on counts for who they are now. */
  #serve(found: Member | undefined, { user, change, position, since }: Visit, isHere: boolean): Served {
    // Of whom nothing but direct connections to rooms is known, nothing is known here.
    const known = found && isStranger(found) ? undefined : found;
    const { log, pages, eventDays, firstVisitDays, now } = this.#options;
    const { epoch, offset: top } = log.top;
    const before = Math.max(log.lastBefore(since), log.floor);
    const resumption = position && log.resume(position);
    const places = [resumption?.kind === "recovered" ? resumption.from.offset : [], known?.at ?? []].flat();
    const place = places.length > 0 ? Math.min(Math.max(...places), top) : before;
    const isNewcomer = isHere && position === undefined && (known?.isNew ?? true);
    const start = isNewcomer ? Math.min(pages.startOfSpan(firstVisitDays), place) : place;
    const from = Math.max(start, log.floor);
    const changed = changeStanding(known ?? nobody, change, { upTo: before, after: from, now: now() });
    // Of who was not known nothing is known that held before.
    const standing = known ? changed : { ...changed, versions: [] };
    const served = isNewcomer && place > from ? newcomerStanding(standing, place) : standing;
    // Nobody misses what was no notification and came before them.
    const mine = Math.max(from, served.versions.find(({ only }) => only !== undefined)?.upTo ?? 0);
    const isLost =
      from > start ||
      (resumption?.kind === "lost" && !known) ||
      log.hasLostAfter(mine, now() - eventDays * DAY);
    const page = pages.pageFor(user, served, from);
    const push = { kind: "page", page, passing: [] } as const;
    // What is given, and word of what is lost, may get lost on the way: it is given again then.
    const at = isLost ? start : page.entries.length > 0 ? from : page.upTo;
    const more = page.upTo < top;
    const versions = served.versions.filter(({ upTo }) => upTo > at);
    return {
      ...{ standing: { ...served, versions }, at },
      given: { kind: "given", from: { epoch, offset: from }, push, isLost, more },
    };
  }
}

/** What is known of a member's connections after the user's object has said who is there; the same where that is no news. */
function attendedBy(known: Member | undefined, attendance: Attendance | undefined): Attended {
  const { rooms, counts } = known ?? {};
  if (!attendance) return { rooms, counts };
  const { asOf, inRooms, counts: said } = attendance;
  const isOtherwise = (rooms?.isThere ?? false) !== inRooms && (rooms?.generation ?? 0) < asOf;
  const isCounted = said && (counts?.asOf ?? 0) < asOf && !isSameNumber(said, counts);
  return {
    rooms: isOtherwise ? { generation: asOf, isThere: inRooms } : rooms,
    counts: isCounted ? { asOf, ...said } : counts,
  };
}

type Attended = Pick<Member, "rooms" | "counts">;

function isSameNumber(one: ConnectionCounts, other: ConnectionCounts | undefined): boolean {
  return one.own === other?.own && one.direct === other.direct;
}

const nobody: Standing = { facets: [], versions: [] };

function isStranger({ generation, isNew }: Member): boolean {
  return isNew && generation === 0;
}
