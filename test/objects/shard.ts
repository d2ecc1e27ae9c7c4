import { AttendanceBook } from "../../src/objects/attendance-book.ts";
import type { AudiencePush, Registration } from "../../src/objects/audience-door.ts";
import { type AudienceEvent, writeAudienceEvent } from "../../src/objects/audience-entry.ts";
import { AudiencePages } from "../../src/objects/audience-pages.ts";
import type { PushAnswer } from "../../src/objects/follow.ts";
import type { Wait } from "../../src/objects/in-time.ts";
import { Log, type LogLimits } from "../../src/objects/log.ts";
import { createLogTables } from "../../src/objects/log-rows.ts";
import { MemberPushes } from "../../src/objects/member-pushes.ts";
import { createMemberTables, MemberRows } from "../../src/objects/member-rows.ts";
import { Members } from "../../src/objects/members.ts";
import { PresenceNews } from "../../src/objects/presence-news.ts";
import { createPresenceNewsTables, PresenceNewsRows } from "../../src/objects/presence-news-rows.ts";
import type { Publication, PublishedEvent } from "../../src/objects/publication.ts";
import { createCensusTables } from "../../src/objects/room-register-rows.ts";
import { Schema } from "../../src/objects/schema.ts";
import type { Facet } from "../../src/objects/standing.ts";
import { limits } from "./stored.ts";

export const DAY = 86_400_000;
/** When a shard's time begins in these tests (ms). */
export const START = 1_800_000_000_000;

/** As whom somebody with these roles is known, until a time. */
export function facet(roles: readonly string[], until = START + 100 * DAY): Facet {
  return { roles: [...roles], tenants: [], grants: [], until };
}

/** An event for the holders of a role. */
export function eventFor(role: string, more: Partial<PublishedEvent> = {}): PublishedEvent {
  return { channel: `notifications:role:${role}`, event: "news", data: "null", store: true, ...more };
}

export const notification = {
  type: "news",
  title: "A title",
  message: "A message",
  priority: "normal",
} as const;

/** One push to a member: what it brought, and between which offsets. */
export interface Pushed {
  readonly user: string;
  readonly generation: number;
  readonly push: AudiencePush;
}

/** What outlives the parts of a shard that are in memory: its clock, its members' objects, and its alarm. */
export class Surroundings {
  now = START;
  readonly pushed: Pushed[] = [];
  /** What a member's object answers; that it has taken everything, unless a test says otherwise. */
  answer: (pushed: Pushed) => PushAnswer | Promise<PushAnswer> = () => ({ kind: "taken", connections: 1 });
  /** What the shard told the audience of who came and who went: `online u1 at 0`, in milliseconds since `START`. */
  readonly told: string[] = [];
  /** What becomes of it; it is taken, unless a test says otherwise. */
  onTold: (publications: readonly Publication[]) => void | Promise<void> = () => undefined;
  /** When the shard asked to be woken. */
  readonly wakes: number[] = [];
  /** Pushes that have waited for as long as a call may take. */
  readonly #tooLate: (() => void)[] = [];
  underWay = 0;
  mostUnderWay = 0;

  /** Waiting before another try takes no time; the patience for an answer ends when the test says so. */
  readonly wait: Wait = (ms) =>
    ms < 5000 ? Promise.resolve() : new Promise((resolve) => this.#tooLate.push(resolve));

  losePatience(): void {
    for (const resolve of this.#tooLate.splice(0)) resolve();
  }

  async push(user: string, generation: number, push: AudiencePush): Promise<PushAnswer> {
    this.underWay += 1;
    this.mostUnderWay = Math.max(this.mostUnderWay, this.underWay);
    const pushed = { user, generation, push };
    this.pushed.push(pushed);
    try {
      return await this.answer(pushed);
    } finally {
      this.underWay -= 1;
    }
  }

  /** Takes what the shard tells the audience: a publication that was taken before counts once. */
  async tell(publications: readonly Publication[]): Promise<void> {
    await this.onTold(publications);
    for (const { events } of publications) {
      const said: { userId: string; status: string; timestamp: number } = JSON.parse(events[0]?.data ?? "");
      const text = `${said.status} ${said.userId} at ${said.timestamp - START}`;
      if (!this.told.includes(text)) this.told.push(text);
    }
  }

  /** What was pushed to a user: `after-upTo:ids`, passing events in brackets. */
  to(user: string): string[] {
    return this.pushed.filter((one) => one.user === user).map(({ push }) => textOf(push));
  }
}

export function textOf(push: AudiencePush): string {
  if (push.kind === "reset") return `reset ${push.position.offset}`;
  const { after, upTo, entries } = push.page;
  const ids = [...entries.map(({ id }) => id), ...push.passing.map(({ id }) => `[${id}]`)];
  return `${after}-${upTo}:${ids.join(",")}`;
}

export interface ShardLimits extends Partial<LogLimits> {
  readonly concurrency?: number;
  readonly eventDays?: number;
  readonly firstVisitDays?: number;
  /** Channels that are told of presence. */
  readonly channels?: readonly string[];
}

/** How long after the last connection a user counts as online in these tests (ms). */
export const GRACE = 15_000;

/** The parts of a shard that serve its members, as an object has them when it wakes. */
export class Shard {
  readonly log: Log;
  readonly rows: MemberRows;
  readonly pages: AudiencePages;
  readonly pushes: MemberPushes;
  readonly members: Members;
  readonly news: PresenceNews;
  readonly #surroundings: Surroundings;
  #isDead = false;

  constructor(sql: SqlStorage, surroundings: Surroundings, more: ShardLimits = {}) {
    const { concurrency = 10, eventDays = 7, firstVisitDays = 7, channels = [], ...logLimits } = more;
    const now = () => surroundings.now;
    const schema = new Schema(sql, [
      (tables) => {
        createLogTables(tables);
        createMemberTables(tables);
        createPresenceNewsTables(tables);
        createCensusTables(tables);
        // The test's own clock, whatever the time is.
        tables.exec("UPDATE presence SET told = ?, probed = ?", START - 1, START - 1);
      },
    ]);
    const days = 90;
    this.#surroundings = surroundings;
    this.log = new Log(sql, schema, { ...limits, days, ...logLimits }, now, writeAudienceEvent);
    this.rows = new MemberRows(sql);
    this.pages = new AudiencePages(this.log, now);
    const { rows, pages, log } = this;
    this.news = new PresenceNews({
      ...{ rows: new PresenceNewsRows(sql), schema, channels, grace: GRACE, retryDelay: 5000, now },
      publish: (publications) =>
        this.#isDead ? new Promise(() => undefined) : surroundings.tell(publications),
      wakeAt: (time) => surroundings.wakes.push(time),
    });
    const book = new AttendanceBook({ news: this.news, grace: GRACE, now });
    this.pushes = new MemberPushes({
      ...{ rows, pages, log, schema, now, concurrency, book },
      push: (user, generation, push) => surroundings.push(user, generation, push),
      retryDelay: 5000,
      wait: surroundings.wait,
      wakeAt: (time) => surroundings.wakes.push(time),
    });
    const { pushes } = this;
    this.members = new Members({
      ...{ rows, pages, log, schema, pushes, now, eventDays, firstVisitDays, book },
      keptDays: days,
    });
  }

  /** The object dies: it tells nobody anything any more. */
  die(): void {
    this.#isDead = true;
  }

  /** Stores events under an id, without handing them on. */
  store(id: string, ...events: PublishedEvent[]): void {
    const taken = this.log.take(publicationOf(id, events));
    if (taken.kind !== "taken") throw new Error(`The shard did not take ${id}: ${taken.kind}.`);
  }

  /** Stores events under an id and hands them to who is there, as a shard does when it is published to. */
  async publish(id: string, ...events: PublishedEvent[]): Promise<void> {
    const taken = this.log.take(publicationOf(id, events));
    await this.pushes.handOn(taken.kind === "taken" ? taken.passing : []);
  }

  /** Somebody comes with these roles, or is known with them otherwise. */
  register(user: string, roles: readonly string[], more: Partial<Registration> = {}) {
    return this.members.register({
      user,
      generation: this.#surroundings.now,
      shards: 1,
      change: { kind: "seen", facets: [facet(roles)] },
      since: this.#surroundings.now,
      position: undefined,
      isOnline: true,
      ...more,
    });
  }

  /** As `register`, of somebody whose registration is not outdated. */
  given(user: string, roles: readonly string[], more: Partial<Registration> = {}) {
    const given = this.register(user, roles, more);
    if (given.kind === "stale") throw new Error(`The registration is outdated by ${given.generation}.`);
    return given;
  }

  /** Somebody with these roles polls. */
  visit(user: string, roles: readonly string[], more: Partial<Registration> = {}) {
    return this.members.visit({
      user,
      shards: 1,
      change: { kind: "seen", facets: [facet(roles)] },
      since: this.#surroundings.now,
      position: undefined,
      ...more,
    });
  }
}

function publicationOf(id: string, events: readonly PublishedEvent[]): Publication {
  return { id, hash: id, events };
}

/** The ids of entries, in their order. */
export function idsOf(entries: readonly AudienceEvent[]): string[] {
  return entries.map(({ id }) => id);
}

/** A storage that counts the rows which are written to it, as they are billed. */
export function counting(sql: SqlStorage): { readonly sql: SqlStorage; rowsWritten(): number } {
  const cursors: SqlStorageCursor<Record<string, SqlStorageValue>>[] = [];
  const counted = new Proxy(sql, {
    get: (target, name) => {
      if (name !== "exec") return Reflect.get(target, name, target);
      return (query: string, ...bindings: unknown[]) => {
        const cursor = target.exec(query, ...bindings);
        cursors.push(cursor);
        return cursor;
      };
    },
  });
  return {
    sql: counted,
    rowsWritten: () => cursors.splice(0).reduce((sum, { rowsWritten }) => sum + rowsWritten, 0),
  };
}
