import { DurableObject } from "cloudflare:workers";
import { z } from "zod";
import { isAudienceChannel } from "../channels/access.ts";
import { type Settings, settingsOf } from "../config/settings.ts";
import { pointOf } from "../operation/metrics-point.ts";
import type { Sums } from "../operation/metrics-tally.ts";
import { report } from "../operation/report.ts";
import type { Position } from "../protocol/position.ts";
import { Alarms } from "./alarms.ts";
import { type Attendance, isOnline, type KnownPresence } from "./attendance.ts";
import { AttendanceBook } from "./attendance-book.ts";
import {
  type Given,
  type Leave,
  type Registration,
  type Stale,
  shardOf,
  type Visit,
} from "./audience-door.ts";
import { writeAudienceEvent } from "./audience-entry.ts";
import { AudiencePages } from "./audience-pages.ts";
import type { ShardCensus } from "./census.ts";
import type { Entry } from "./connection-gate.ts";
import type { HandOver } from "./counters.ts";
import { countHandedOn } from "./counters-audience.ts";
import { handOverSoon } from "./counters-isolate.ts";
import { CounterRows, createCounterTable } from "./counters-rows.ts";
import type { LoggedEvent } from "./entry.ts";
import { audienceShard, type Env, roomObject, userObject } from "./env.ts";
import type { PageAnswer, Push, PushAnswer } from "./follow.ts";
import type { Gauges } from "./gauges.ts";
import { inTime, wait } from "./in-time.ts";
import { Log } from "./log.ts";
import { createLogTables } from "./log-rows.ts";
import { MemberProbes } from "./member-probes.ts";
import { MemberPushes } from "./member-pushes.ts";
import { createMemberTables, type Member, MemberRows } from "./member-rows.ts";
import { Members } from "./members.ts";
import { createFollowerTable, ObjectFollowers } from "./object-followers.ts";
import { lowestRepeated, outcomeOf } from "./outcome.ts";
import { createOwedCallTable, OwedCalls } from "./owed-calls.ts";
import { type PresenceChange, PresenceNews } from "./presence-news.ts";
import { createPresenceNewsTables, PresenceNewsRows } from "./presence-news-rows.ts";
import type { Outcome, Publication, PublishedEvent } from "./publication.ts";
import { createCensusTables, type RoomStatement } from "./room-register-rows.ts";
import { type Migrations, Schema } from "./schema.ts";
import { ShardCopy, type ShardFollowing } from "./shard-copy.ts";
import { createShardTables, ShardRows } from "./shard-rows.ts";
import { ShardStatistics } from "./shard-statistics.ts";
import { traced } from "./traced.ts";
import { webhooksOf } from "./webhook-door.ts";
import type { Webhooks } from "./webhooks.ts";

const migrations: Migrations = [
  (sql) => {
    createLogTables(sql);
    createFollowerTable(sql);
    createMemberTables(sql);
    createShardTables(sql);
    createOwedCallTable(sql);
  },
  createPresenceNewsTables,
  createCounterTable,
  createCensusTables,
];

/** Telling another shard that a user has been taken over. */
const forgetCall = z.object({ shard: z.number(), user: z.string(), generation: z.number() });
type ForgetCall = z.output<typeof forgetCall>;

/** In place of the channels that are told of presence: there are none. */
const NO_CHANNELS = "none";

const DAY_SECONDS = 86_400;
const DAY = DAY_SECONDS * 1000;

/**
 * One shard of the audience. Shard 0 numbers the events that are for many; the others copy its log. Each hands on to
 * those of its members who are there and whom an event is for; who is away is given it on coming back.
 */
export class AudienceObject extends DurableObject<Env> {
  readonly #shard: number;
  readonly #settings: Settings;
  readonly #schema: Schema;
  readonly #alarms: Alarms;
  readonly #log: Log;
  readonly #rows: ShardRows;
  readonly #counters: CounterRows;
  readonly #members: Members;
  readonly #pushes: MemberPushes;
  /** The other shards, as followers of shard 0. */
  readonly #followers: ObjectFollowers;
  readonly #copy: ShardCopy;
  readonly #owed: OwedCalls<ForgetCall>;
  readonly #news: PresenceNews;
  readonly #probes: MemberProbes;
  /** Absent where none are configured. */
  readonly #webhooks: Webhooks | undefined;
  readonly #statistics: ShardStatistics;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    const { sql } = ctx.storage;
    const settings = settingsOf(env);
    const now = Date.now;
    const wakeAt = (time: number) => this.#alarms.atLatest(time);
    const retryDelay = settings.RETRY_SECONDS * 1000;
    this.#shard = numberOf(ctx);
    this.#settings = settings;
    this.#alarms = new Alarms(ctx.storage);
    this.#schema = new Schema(sql, migrations);
    const limits = {
      events: settings.AUDIENCE_EVENTS,
      days: Math.max(settings.AUDIENCE_DAYS, settings.INBOX_DAYS),
      rememberedIds: settings.REMEMBERED_IDS,
      pageEvents: settings.PAGE_EVENTS,
      pageBytes: settings.PAGE_BYTES,
    };
    this.#log = new Log(sql, this.#schema, limits, now, writeAudienceEvent);
    this.#rows = new ShardRows(sql);
    this.#counters = new CounterRows(sql, this.#schema, now);
    this.#statistics = new ShardStatistics({
      ...{ sql, settings, now, schema: this.#schema, shard: this.#shard, members: () => rows },
      connectionsOf: (shard) => inTime(async () => await audienceShard(env, shard).connections()),
      askAll: () => this.#probes.askAll(),
      lookForDead: (shard) =>
        audienceShard(env, shard)
          .lookForDead()
          .catch(() => undefined),
      inBackground: (task) => ctx.waitUntil(task),
    });
    const rows: MemberRows = new MemberRows(sql, this.#statistics.census);
    const pages = new AudiencePages(this.#log, now);
    const presenceRows = new PresenceNewsRows(sql);
    const grace = settings.PRESENCE_GRACE_SECONDS * 1000;
    const webhooks = webhooksOf(`audience/${this.#shard}`, env, settings, sql, wakeAt);
    this.#webhooks = webhooks;
    this.#news = new PresenceNews({
      ...{ rows: presenceRows, schema: this.#schema, grace, retryDelay, now, wakeAt },
      channels: audienceChannels(settings.PRESENCE_CHANNELS),
      heard: webhooks && ((changes) => tellChanges(webhooks, changes)),
      publish: async (publications) =>
        this.#shard === 0
          ? await this.deliver(publications)
          : await inTime(async () => await this.#first().deliver(publications)),
    });
    const book = new AttendanceBook({ news: this.#news, grace, now });
    this.#pushes = new MemberPushes({
      book,
      ...{ rows, pages, log: this.#log, schema: this.#schema, retryDelay, wait, now, wakeAt },
      concurrency: settings.AUDIENCE_CONCURRENCY,
      push: async (user, generation, push) => {
        const answer = await userObject(env, user).takeAudience(this.#shard, generation, push);
        countHandedOn(push, answer, now());
        handOverSoon(ctx, env);
        return answer;
      },
    });
    this.#members = new Members({
      book,
      ...{ rows, pages, log: this.#log, schema: this.#schema, pushes: this.#pushes, now },
      eventDays: settings.AUDIENCE_DAYS,
      firstVisitDays: settings.FIRST_VISIT_DAYS,
      keptDays: limits.days,
    });
    this.#probes = new MemberProbes({
      ...{ members: rows, rows: presenceRows, schema: this.#schema, now, wakeAt },
      interval: settings.PRESENCE_PROBE_SECONDS * 1000,
      concurrency: settings.AUDIENCE_CONCURRENCY,
      heardAt: (user) => this.#pushes.heardAt(user),
      probe: (user) => inTime(async () => await userObject(env, user).attendance()),
      settle: (user, attendance) => void this.#members.settle(user, attendance),
      rooms: {
        silent: (time) => this.#statistics.rooms.readSilent(time),
        probe: async (room) =>
          this.#statistics.note(room, await inTime(async () => await roomObject(env, room).use())),
      },
    });
    this.#followers = new ObjectFollowers({
      ...{ sql, log: this.#log, schema: this.#schema, retryDelay, wait, now, wakeAt },
      push: async (shard, generation, push) =>
        await audienceShard(env, Number(shard)).takeFromFirst(generation, push),
    });
    this.#copy = new ShardCopy(this.#log, {
      follow: () => inTime(async () => await this.#first().followFirst(this.#shard, Date.now())),
      read: (after) => inTime(async () => await this.#first().readFirst(after)),
    });
    this.#owed = new OwedCalls({
      ...{ sql, schema: this.#schema, retryDelay, now, wakeAt },
      parse: (text) => forgetCall.parse(JSON.parse(text)),
      perform: async ({ shard, user, generation }) =>
        await inTime(async () => await audienceShard(env, shard).forgetMember(user, generation)),
    });
    void ctx.blockConcurrencyWhile(() => this.#alarms.load());
  }

  /** Takes publications; answers when every shard has stored them. They are handed to the members after that. */
  async deliver(publications: readonly Publication[], requestId?: string): Promise<Outcome[][]> {
    return await traced(requestId, `audience ${this.#shard}`, () => this.#deliver(publications));
  }

  async #deliver(publications: readonly Publication[]): Promise<Outcome[][]> {
    const kept = publications.map((publication) => ({
      ...publication,
      events: publication.events.map((event) => this.#kept(event)),
    }));
    const before = this.#log.top.offset;
    const taken = kept.map((publication) => this.#log.take(publication));
    const passing = taken.flatMap((one) => (one.kind === "taken" ? one.passing : []));
    const repeatedFrom = lowestRepeated(taken);
    if (this.#log.top.offset > before) this.#stored();
    if (repeatedFrom !== undefined) this.#followers.doubt(repeatedFrom);
    await this.#followers.handOn(passing);
    this.ctx.waitUntil(this.#pushes.handOn(passing));
    return kept.map(({ events }, index) =>
      events.map((event, place) => outcomeOf(event, taken[index], place, [])),
    );
  }

  /** Another shard begins to copy this one, the first. */
  async followFirst(shard: number, generation: number): Promise<ShardFollowing> {
    this.#followers.add(String(shard), generation);
    return { top: this.#log.top, floor: this.#log.floor };
  }

  /** The page after a position, for another shard. */
  async readFirst(after: Position): Promise<PageAnswer> {
    return this.#log.pageAfter(after);
  }

  /** Takes what the first shard pushes; it is handed to the members after the answer. */
  async takeFromFirst(_generation: number, push: Push): Promise<PushAnswer> {
    await this.#copy.makeReady(push);
    const { answer, isNew } = this.#copy.take(push);
    if (isNew) this.#stored();
    const passing = push.kind === "page" && answer.kind === "taken" ? push.passing : [];
    if (isNew || passing.length > 0) this.ctx.waitUntil(this.#pushes.handOn(passing));
    return answer;
  }

  /** A user's object says that somebody is there, or as whom the user is known. */
  async register(registration: Registration): Promise<Given | Stale> {
    await this.#prepareFor(registration);
    const answer = this.#members.register(registration);
    if (registration.isOnline) this.#probes.watch();
    this.#statistics.watch();
    return answer;
  }

  /** A user's object asks what was missed. */
  async visit(visit: Visit): Promise<Given> {
    await this.#prepareFor(visit);
    return this.#members.visit(visit);
  }

  /** The last connection of a user has gone. */
  async leave(leave: Leave): Promise<void> {
    this.#members.leave(leave);
  }

  /** A user's object says who is there. @returns whether the user counts as online, and since when. */
  async settle(user: string, shards: number, attendance: Attendance): Promise<KnownPresence> {
    if (!this.#members.find(user)) await this.#takeOver(user, shards);
    const presence = this.#members.settle(user, attendance);
    if (attendance.inRooms) this.#probes.watch();
    this.#statistics.watch();
    const grace = this.#settings.PRESENCE_GRACE_SECONDS * 1000;
    return { isOnline: isOnline(presence, Date.now(), grace), ...presence };
  }

  /** Whether one more connection of a user may be opened, by how many there are in all. */
  async admit(user: string): Promise<Entry> {
    return await this.#statistics.gate.admit(user);
  }

  /** Another shard says that there are as many connections as there may be: some may have died without a word. */
  async lookForDead(): Promise<void> {
    await this.#statistics.lookForDead();
  }

  /** Connections of this shard's members, those that are being opened among them. */
  async connections(): Promise<number> {
    return this.#statistics.gate.connections;
  }

  /**
   * How many are there, as their objects have said.
   *
   * @param isAsked whether all of these objects are asked first: some may have died without a word.
   */
  async census(isAsked: boolean): Promise<ShardCensus> {
    if (isAsked) await this.#probes.askAll();
    return this.#statistics.take();
  }

  /** Users who are there, in the order of their ids. */
  async usersAfter(after: string | undefined, limit: number): Promise<string[]> {
    return this.#statistics.census.usersAfter(after, limit);
  }

  /** A room says by how many it is used. */
  async noteRoom(room: string, statement: RoomStatement): Promise<void> {
    this.#statistics.note(room, statement);
    if (statement.direct + statement.relayed > 0) this.#probes.watch();
  }

  /** Notes how many shards there are said to be. @returns every number that was ever said. */
  async noteShards(count: number): Promise<number[]> {
    if (!this.#schema.exists) this.#schema.ensure();
    return this.#rows.noteCount(count);
  }

  /** Takes what an isolate has counted; answers when it is written. */
  async addCounts(handOver: HandOver): Promise<void> {
    if (this.#counters.add(handOver)) {
      this.env.ANALYTICS?.writeDataPoint(pointOf(handOver.sums, `shard ${this.#shard}`));
    }
  }

  /** Everything that this shard was ever given to count. */
  async counts(): Promise<Sums> {
    return this.#counters.sums;
  }

  /** How many are there as far as this shard knows. */
  async attending(): Promise<Gauges> {
    const { users, connections } = this.#statistics.take();
    return { usersOnline: users, connections };
  }

  /** What this shard knows of a user, for another that takes the user over. */
  async findMember(user: string): Promise<Member | undefined> {
    return this.#members.find(user);
  }

  /** Another shard has taken a user over, as it was known under this generation. */
  async forgetMember(user: string, generation: number): Promise<void> {
    this.#members.forget(user, generation);
  }

  /** A user is deleted: nothing is known of them any more, once it has been told that they went. */
  async eraseMember(user: string): Promise<void> {
    this.#members.erase(user);
  }

  override async alarm(): Promise<void> {
    this.#alarms.fired();
    // Should it die in what follows, the alarm that was set for something else must not be all there is.
    const retries = [
      ...[this.#owed.due(), this.#followers.retryDue(), this.#pushes.retryDue()],
      ...[this.#news.due, this.#webhooks?.due],
    ];
    if (this.#pushes.isDue || retries.some((due) => due !== undefined)) {
      this.#alarms.atLatest(Date.now() + this.#settings.RETRY_SECONDS * 1000);
    }
    this.#tidy();
    await Promise.all([this.#followers.retryOwed(), this.#pushes.handOn(), this.#pushes.retryFailed()]);
    // No alarm rings before this one has ended, and there may be thousands to ask.
    this.ctx.waitUntil(this.#probes.run());
    await Promise.all([this.#owed.retry(), this.#news.tell()]);
    await this.#webhooks?.send();
    this.#alarms.atLatest(this.#owed.due());
    this.#alarms.atLatest(this.#followers.retryDue());
    this.#alarms.atLatest(this.#pushes.retryDue());
    this.#alarms.atLatest(this.#news.due);
    this.#alarms.atLatest(this.#webhooks?.due);
    this.#alarms.atLatest(this.#probes.due);
  }

  #stored(): void {
    this.#pushes.announce();
    this.#alarms.atLatest(this.#log.pruneDue());
  }

  /** Once a day what has expired is taken away, and who has not come for long is forgotten. */
  #tidy(): void {
    if (!this.#schema.exists) return;
    const now = Date.now();
    const due = this.#log.pruneDue();
    if (due !== undefined && due <= now) this.#log.prune();
    if (now - this.#rows.readTidiedAt() >= DAY) {
      this.#log.emptyExpired();
      this.#members.prune();
      this.#rows.writeTidiedAt(now);
    }
    this.#alarms.atLatest(this.#log.pruneDue());
    this.#alarms.atLatest(this.#rows.readTidiedAt() + DAY);
  }

  /** Makes this shard one that can serve a user: its log is there, and so is what another shard knew of the user. */
  async #prepareFor({ user, shards }: Pick<Visit, "user" | "shards">): Promise<void> {
    if (this.#shard > 0 && !this.#rowsExistAndFollow()) {
      await this.#copy.fill();
      this.#schema.ensure();
      this.#rows.writeFollowing();
    }
    if (!this.#members.find(user)) await this.#takeOver(user, shards);
  }

  /** The number of shards may have changed since the user last came: then another shard knows where they stand. */
  async #takeOver(user: string, shards: number): Promise<void> {
    const first = this.#first();
    const counts =
      this.#shard === 0
        ? await this.noteShards(shards)
        : await inTime(async () => await first.noteShards(shards));
    const others = new Set(counts.map((count) => shardOf(user, count)));
    others.delete(this.#shard);
    for (const shard of others) {
      const other = () => audienceShard(this.env, shard);
      const member = await inTime(async () => await other().findMember(user));
      if (!member) continue;
      this.#members.adopt(member);
      await this.#owed.make({ shard, user, generation: member.generation });
    }
  }

  #rowsExistAndFollow(): boolean {
    return this.#schema.exists && this.#rows.isFollowing;
  }

  #first(): DurableObjectStub<AudienceObject> {
    return audienceShard(this.env, 0);
  }

  /** An event with how long it is kept: one that brings a notification as long as an inbox keeps that, whatever its `ttl`. */
  #kept(event: PublishedEvent): LoggedEvent {
    const { AUDIENCE_DAYS, INBOX_DAYS } = this.#settings;
    const kept = (event.notification ? Math.max(INBOX_DAYS, AUDIENCE_DAYS) : AUDIENCE_DAYS) * DAY_SECONDS;
    const ttl = Math.min(event.ttl ?? kept, kept);
    return { ...event, ttl, ...(event.notification && { keptFor: kept }) };
  }
}

/** Those of the settings' channels that are an audience's. */
function audienceChannels(names: readonly string[]): string[] {
  return names.filter((name) => {
    const isAudience = isAudienceChannel(name);
    if (!isAudience && name !== NO_CHANNELS) report("error", "not an audience channel", { channel: name });
    return isAudience;
  });
}

/** Changes of presence as webhooks; found out twice, each has the same id. */
function tellChanges(webhooks: Webhooks, changes: readonly PresenceChange[]): void {
  for (const { user, status, at } of changes) {
    const event = `user.${status}` as const;
    webhooks.tell({ event, data: { userId: user } }, { at, id: `${event}:${at}:${user}` });
  }
}

function numberOf(ctx: DurableObjectState): number {
  const shard = Number(ctx.id.name);
  if (!Number.isInteger(shard) || shard < 0) throw new Error("A shard is addressed by its number.");
  return shard;
}
