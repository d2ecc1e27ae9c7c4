import { DurableObject } from "cloudflare:workers";
import type { Identity } from "../auth/identity.ts";
import { followedFromStart, maySee, roomRuleOf, userChannel } from "../channels/access.ts";
import { type Settings, settingsOf } from "../config/settings.ts";
import type { CloseReason } from "../protocol/close-codes.ts";
import { encode } from "../protocol/codec.ts";
import type { Position } from "../protocol/position.ts";
import { Account, createAccountTable } from "./account.ts";
import type { Viewer } from "./aim.ts";
import type { Attendance } from "./attendance.ts";
import { type AudiencePush, shardOf } from "./audience-door.ts";
import { AudienceFollower, type CaughtUp } from "./audience-follower.ts";
import { AudiencePosition, createAudiencePositionTable } from "./audience-position.ts";
import { makeRoomFor } from "./connection-limit.ts";
import type { Connection } from "./connections.ts";
import { handOverSoon } from "./counters-isolate.ts";
import { audienceShard, type Env, roomObject } from "./env.ts";
import type { Push, PushAnswer } from "./follow.ts";
import { FollowedRooms } from "./followed-rooms.ts";
import type { FrameRequest, Identification } from "./frame-answers.ts";
import { entriesFromAudience, passingFromAudience, publicationFor, type Recipient } from "./given-events.ts";
import { Hub } from "./hub.ts";
import { createIdentityTable, IdentityRecord, type Statement } from "./identity-record.ts";
import { inTime } from "./in-time.ts";
import { type InboxPage, type InboxQuery, type MarkRequest, markRequestOf } from "./inbox-page.ts";
import { createInboxTable } from "./inbox-rows.ts";
import type { Counts } from "./inbox-state.ts";
import { createLogTables } from "./log-rows.ts";
import { createOwedCallTable, OwedCalls } from "./owed-calls.ts";
import { type Polled, type PollQuery, poll } from "./poll.ts";
import { type Preferences, wants } from "./preferences.ts";
import type { Outcome, Publication } from "./publication.ts";
import { createReaderTable } from "./reader.ts";
import { createReceiptTable, type EventReceipt, Receipts } from "./receipts.ts";
import { RoomRequests } from "./room-requests.ts";
import { type Admission, createRoomSocketTable, type RoomSocket, RoomSockets } from "./room-sockets.ts";
import { type RowPage, readRows, tablesIn } from "./row-export.ts";
import type { Migrations } from "./schema.ts";
import { readSession, type Session } from "./session.ts";
import { Subscriptions } from "./subscriptions.ts";
import { traced } from "./traced.ts";
import { payDebt, type UserDebt, userDebt } from "./user-debts.ts";
import { UserInbox } from "./user-inbox.ts";
import { UserPresence, type UserPresenceView } from "./user-presence.ts";
import { webhooksOf } from "./webhook-door.ts";
import { tellRead } from "./webhook-read.ts";
import type { Webhooks } from "./webhooks.ts";

const migrations: Migrations = [
  (sql) => {
    createLogTables(sql);
    createRoomSocketTable(sql);
    createReceiptTable(sql);
    createAccountTable(sql);
    createOwedCallTable(sql);
  },
  (sql) => {
    createAudiencePositionTable(sql);
    createIdentityTable(sql);
  },
  (sql) => {
    createInboxTable(sql);
    createReaderTable(sql);
  },
];

/** Which of a user's connections to end, all of them if nothing is named, and since when tokens count. */
export interface Disconnection {
  readonly connection?: string | undefined;
  readonly client?: string | undefined;
  /** Tokens issued before (ms) are refused from now on. */
  readonly revokeBefore?: number | undefined;
}

type Revoked = Extract<Identification, { kind: "revoked" }>;

/** What there is of a user: open connections, and the names of tables. */
export interface Holdings {
  readonly connections: readonly {
    readonly connection: string;
    readonly client: string;
    readonly identity: Identity;
    readonly openedAt: number;
    readonly rooms: readonly string[];
  }[];
  readonly tables: readonly string[];
}

/** How long (ms) an erased object waits to be told to begin anew. */
const RESTART_DELAY = 1000;

/** What a mark comes to. */
export interface Marked {
  readonly counts: Counts;
  readonly position: Position;
}

/** One user: the sockets on all devices, the log of everything personal, and the rooms that the sockets follow. */
export class UserObject extends DurableObject<Env> {
  readonly #user: string;
  readonly #channel: string;
  readonly #settings: Settings;
  readonly #hub: Hub;
  readonly #rooms: FollowedRooms;
  readonly #subscriptions: Subscriptions;
  readonly #roomRequests: RoomRequests;
  readonly #roomSockets: RoomSockets;
  readonly #receipts: Receipts;
  readonly #account: Account;
  readonly #inbox: UserInbox;
  readonly #record: IdentityRecord;
  readonly #audience: AudienceFollower;
  readonly #owed: OwedCalls<UserDebt>;
  readonly #presence: UserPresence;
  /** Absent where none are configured. */
  readonly #webhooks: Webhooks | undefined;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    const settings = settingsOf(env);
    const user = nameOf(ctx);
    const { sql } = ctx.storage;
    this.#user = user;
    this.#settings = settings;
    this.#channel = userChannel(user);
    this.#hub = new Hub(ctx, {
      settings,
      migrations,
      limits: { events: settings.LOG_EVENTS, days: settings.LOG_DAYS },
      channel: this.#channel,
      write: (event, place) => this.#inbox.write(event, place),
      greeting: () => ({ counts: this.#inbox.counts }),
      maySee: (channel, viewer) => this.#maySee(channel, viewer),
      handlers: {
        answer: (connection, request) => this.#answer(connection, request),
        renewal: (identity) => this.identify(identity),
        renewed: (connection) => this.#revise(connection),
        acknowledged: ({ attachment: { client, start } }, upTo) =>
          this.#receipts.take(client, start, upTo, Date.now()),
      },
      ordersConnections: true,
      counted: () => handOverSoon(ctx, env),
      refusal: (session) => this.#refusal(session),
      opened: (connection) =>
        ctx.waitUntil(this.#audience.known(connection).then(() => this.#presence.changed())),
      left: async (connection) => {
        const leaving = this.#audience.left(connection).then(() => this.#presence.changed());
        await Promise.all([this.#rooms.left(connection), leaving]);
      },
      woke: (connection) => {
        this.#rooms.resume(connection);
        this.#audience.woke();
      },
    });
    const { connections, followers, log, pump, schema, alarms } = this.#hub;
    const webhooks = webhooksOf(this.#channel, env, settings, sql, (time) => alarms.atLatest(time));
    this.#webhooks = webhooks;
    this.#inbox = new UserInbox({
      ...{ sql, schema, log, settings, channel: this.#channel, now: Date.now },
      maySee: (channel, viewer) => this.#maySee(channel, viewer),
      record: (entry, passing) => this.#hub.record(entry, passing),
      wakeAt: (time) => alarms.atLatest(time),
      read: webhooks && ((which, at) => tellRead(webhooks, user, which, at)),
    });
    this.#owed = new OwedCalls({
      sql,
      schema,
      parse: (text) => userDebt.parse(JSON.parse(text)),
      perform: (debt) => inTime(() => payDebt(env, user, debt)),
      retryDelay: settings.RETRY_SECONDS * 1000,
      now: Date.now,
      wakeAt: (time) => alarms.atLatest(time),
    });
    this.#rooms = new FollowedRooms({
      connections,
      pump,
      // Awaited here, because what a stub returns is no Promise but a promise-like of the runtime.
      door: {
        follow: (room, generation) =>
          inTime(async () => await roomObject(env, room).follow(user, generation)),
        unfollow: (room, generation) => this.#owed.make({ room, generation }),
        resume: (room, since) => inTime(async () => await roomObject(env, room).resume(since)),
        read: (room, after) => inTime(async () => await roomObject(env, room).read(after)),
        presence: (room) => inTime(async () => await roomObject(env, room).presenceView()),
      },
      limits: { rooms: settings.MAX_ROOMS, nameBytes: settings.MAX_ROOM_NAMES_BYTES },
      now: Date.now,
      maySee: (room, { identity }) => maySee(identity, room),
      hasPresence: (room) => roomRuleOf(room)?.presence !== undefined,
      drop: (connection) => this.#hub.end(connection, "overloaded"),
    });
    this.#subscriptions = new Subscriptions(this.#hub, this.#rooms);
    this.#roomRequests = new RoomRequests({
      maxStateBytes: settings.MAX_STATE_BYTES,
      publish: (room, ...said) => inTime(async () => await roomObject(env, room).publishFrom(...said)),
      setState: (room, ...said) => inTime(async () => await roomObject(env, room).setState(...said)),
    });
    this.#roomSockets = new RoomSockets(sql, schema);
    const shards = settings.AUDIENCE_SHARDS;
    this.#presence = new UserPresence({
      ...{ user, shards, connections, roomSockets: this.#roomSockets, now: Date.now },
      sweep: async () => {
        this.#hub.wake();
        this.#hub.sessions.sweep(true);
        await this.#hub.untilLeft();
      },
      aliveIn: (room) => inTime(async () => await roomObject(env, room).connectionsOf(user)),
      settle: (shard, attendance) =>
        inTime(async () => await audienceShard(env, shard).settle(user, shards, attendance)),
      tell: (shard, attendance) => this.#owed.make({ shard, shards, attendance }),
    });
    this.#receipts = new Receipts(sql, schema);
    this.#account = new Account(sql, schema);
    this.#record = new IdentityRecord(sql, schema);
    this.#audience = new AudienceFollower({
      user,
      shards: settings.AUDIENCE_SHARDS,
      connections,
      door: {
        register: (shard, registration) =>
          this.#presence.along((attendance) =>
            inTime(async () => await audienceShard(env, shard).register({ ...registration, attendance })),
          ),
        visit: (shard, visit) => inTime(async () => await audienceShard(env, shard).visit(visit)),
        leave: (shard, leave) =>
          this.#presence.along((attendance) => this.#owed.make({ shard, leave: { ...leave, attendance } })),
      },
      stored: new AudiencePosition(sql, schema),
      deliver: (entries, passing, stored) => {
        const to = this.#recipient;
        const before = this.#inbox.counts;
        this.#hub.deliverFromAudience(
          entries.flatMap((entry) => entriesFromAudience(entry, to)),
          passing.map((event) => passingFromAudience(event, to)),
          entries.length > 0 ? stored : undefined,
        );
        this.#tellCounts(before);
      },
      lose: () => followers.lose(),
      now: Date.now,
      retryDelay: settings.RETRY_SECONDS * 1000,
      wakeAt: (time) => alarms.atLatest(time),
    });
  }

  /** An upgrade that the Worker let through. */
  override async fetch(request: Request): Promise<Response> {
    const claimed = readSession(request.headers);
    const session = { ...claimed, identity: this.#record.applyTo(claimed.identity) };
    this.#inbox.settle();
    return this.#hub.open(request, session, followedFromStart(session.identity));
  }

  /** Takes publications; answers when they are stored and every live socket has them. */
  async deliver(publications: readonly Publication[], requestId?: string): Promise<Outcome[][]> {
    return await traced(requestId, this.#channel, () => this.#deliver(publications));
  }

  async #deliver(publications: readonly Publication[]): Promise<Outcome[][]> {
    const to = this.#recipient;
    const before = this.#inbox.counts;
    const { outcomes, sent } = this.#hub.deliver(
      publications.map((publication) => publicationFor(publication, to)),
    );
    this.#tellCounts(before);
    await sent;
    return outcomes.map((events) => [...events]);
  }

  /** Takes what the audience's shard hands over. */
  async takeAudience(shard: number, generation: number, push: AudiencePush): Promise<PushAnswer> {
    this.#hub.wake();
    return await this.#audience.take(shard, generation, push);
  }

  /** Takes what a followed room pushes. */
  async takeRoom(room: string, generation: number, push: Push): Promise<PushAnswer> {
    this.#hub.wake();
    return await this.#rooms.take(room, generation, push);
  }

  /** Whether any connection follows a room, after the dead have been swept. */
  async followsRoom(room: string): Promise<boolean> {
    this.#hub.wake();
    this.#hub.sessions.sweep(true);
    return this.#rooms.follows(room);
  }

  /** Admits a direct connection to a room and remembers it, so that it can be ended from here. */
  async admitToRoom(claimed: Identity, socket: RoomSocket): Promise<Admission> {
    const identification = await this.identify(claimed);
    if (identification.kind === "revoked") return { kind: "refused", reason: "unauthorized" };
    const { identity } = identification;
    if (!maySee(identity, socket.room)) return { kind: "forbidden" };
    const limit = this.#settings.MAX_ROOM_CONNECTIONS_PER_USER;
    const isRoom = await this.#roomSockets.makeRoom(socket, limit, async (room) =>
      roomObject(this.env, room).connectionsOf(this.#user),
    );
    if (!isRoom) return { kind: "refused", reason: "too_many_connections" };
    this.#roomSockets.add(socket);
    this.ctx.waitUntil(this.#presence.changed());
    return { kind: "admitted", identity };
  }

  /** A direct connection to a room has ended. */
  async leaveRoom(socket: Omit<RoomSocket, "generation">): Promise<void> {
    if (this.#roomSockets.all.length === 0) return;
    this.#roomSockets.remove(socket);
    this.ctx.waitUntil(this.#presence.changed());
  }

  /** Whether a connection of this device, to the user's object or to a room, would take the place of an older one. */
  async holds(client: string, room?: string): Promise<boolean> {
    if (room !== undefined) {
      return this.#roomSockets.all.some((socket) => socket.room === room && socket.client === client);
    }
    return this.#hub.connections.all.some(({ attachment }) => attachment.client === client);
  }

  /** Whether the user is online, and by what. */
  async presence(): Promise<UserPresenceView> {
    return await this.#presence.view();
  }

  /** Who is there; asked by the user's shard of the audience, which has heard nothing for long. */
  async attendance(): Promise<Attendance> {
    return await this.#presence.attendance();
  }

  /** Who a credential's user is now, by what the backend has said of them, or that the credential was revoked. */
  async identify(identity: Identity): Promise<Identification> {
    if (this.#account.hasRevoked(identity)) return { kind: "revoked" };
    return { kind: "known", identity: this.#record.applyTo(identity) };
  }

  /** The backend says as whom the user is known, in place of what it said before: connections go on so from now on. */
  async setIdentity(statement: Statement): Promise<void> {
    this.#hub.wake();
    this.#record.set(statement, Date.now());
    const reviewed = this.#hub.connections.all.map((connection) => {
      connection.remember({ identity: this.#record.applyTo(connection.attachment.identity) });
      return this.#subscriptions.review(connection);
    });
    const rooms = new Set(this.#roomSockets.all.map(({ room }) => room));
    await Promise.all([
      ...reviewed,
      ...[...rooms].map((room) => this.#owed.make({ revise: room })),
      this.#audience.changed({ kind: "changed", fields: statement }),
    ]);
  }

  /** Ends connections, rooms' own sockets included. @returns how many. */
  async disconnect({ connection, client, revokeBefore }: Disconnection): Promise<number> {
    if (revokeBefore !== undefined) this.#account.revokeBefore(revokeBefore);
    const fits = (one: { readonly connection: string; readonly client: string }) =>
      (connection === undefined || one.connection === connection) &&
      (client === undefined || one.client === client);
    const ended = this.#hub.endAll("kicked", ({ attachment }) => fits(attachment));
    const elsewhere = Map.groupBy(this.#roomSockets.all.filter(fits), ({ room }) => room);
    const counts = await Promise.all(
      [...elsewhere].map(async ([room, sockets]) => {
        const connectionIds = sockets.map((socket) => socket.connection);
        return await roomObject(this.env, room).disconnect(this.#user, connectionIds);
      }),
    );
    return counts.reduce((sum, count) => sum + count, ended);
  }

  /** What a client is answered that polls. */
  async poll(viewer: Viewer, query: PollQuery): Promise<Polled | { readonly kind: "revoked" }> {
    const identification = await this.identify(viewer.identity);
    if (identification.kind === "revoked") return identification;
    const { identity } = identification;
    const { isLost } = await this.#catchUp(identity);
    const { log } = this.#hub;
    if (isLost) return { events: [], position: log.top, recovered: false, more: false };
    return poll(log, { ...viewer, identity }, (channel, one) => this.#maySee(channel, one), query);
  }

  /** A page of the inbox; what an audience was sent meanwhile is taken in before. */
  async inboxPage(viewer: Viewer, query: InboxQuery): Promise<InboxPage | Revoked> {
    const known = await this.#viewerNow(viewer);
    return "kind" in known ? known : this.#inbox.page(known, query);
  }

  /** One notification as JSON text, or nothing; taken with the counts and the position of the same moment. */
  async inboxItem(viewer: Viewer, id: string): Promise<{ readonly item: string | undefined } | Revoked> {
    const known = await this.#viewerNow(viewer);
    return "kind" in known ? known : { item: this.#inbox.read(known, id) };
  }

  /** Marks notifications. What an audience was sent meanwhile is taken in before, so that all of it is all. */
  async markInbox(viewer: Viewer, request: MarkRequest): Promise<Marked | Revoked> {
    const known = await this.#viewerNow(viewer);
    return "kind" in known ? known : { counts: this.#inbox.mark(request), position: this.#hub.log.top };
  }

  /** The badge alone. */
  async inboxCounts(viewer: Viewer): Promise<Marked | Revoked> {
    const known = await this.#viewerNow(viewer);
    return "kind" in known ? known : { counts: this.#inbox.counts, position: this.#hub.log.top };
  }

  /** Takes notifications away. @returns also whether any was there. */
  async deleteFromInbox(
    viewer: Viewer,
    request: MarkRequest,
  ): Promise<(Marked & { isFound: boolean }) | Revoked> {
    const known = await this.#viewerNow(viewer);
    if ("kind" in known) return known;
    const before = this.#hub.log.top.offset;
    const counts = this.#inbox.mark(request);
    const position = this.#hub.log.top;
    return { counts, position, isFound: position.offset > before };
  }

  /** The publisher takes a notification back. @returns whether it was there. */
  async recall(id: string): Promise<boolean> {
    if (!this.#inbox.find(id)) return false;
    this.#inbox.mark({ as: "deleted", ids: [id] });
    return true;
  }

  async preferences(identity: Identity): Promise<Preferences | Revoked> {
    const identification = await this.identify(identity);
    return identification.kind === "revoked" ? identification : this.#inbox.reader.preferences;
  }

  async setPreferences(identity: Identity, preferences: Preferences): Promise<Preferences | Revoked> {
    const identification = await this.identify(identity);
    if (identification.kind === "revoked") return identification;
    this.#inbox.reader.setPreferences(preferences);
    return preferences;
  }

  /** What is known of a publication, or nothing where the log does not have it (any more). */
  async receipt(id: string): Promise<EventReceipt | undefined> {
    const stored = this.#hub.log.find(id);
    const last = stored.at(-1);
    if (!last) return undefined;
    const withheldFrom = last.aim?.except?.client;
    const received = this.#receipts.of(last.offset).filter(({ client }) => client !== withheldFrom);
    const { seenAt = null, readAt = null } = this.#inbox.find(id) ?? {};
    return {
      stored: stored.map(({ channel, offset, at }) => ({ channel, offset, at })),
      received,
      seenAt,
      readAt,
    };
  }

  /** Who is connected, and what tables there are, for `exportRows`. */
  async holdings(): Promise<Holdings> {
    const connections = this.#hub.connections.all.map(({ attachment }) => {
      const { connection, client, identity, openedAt, rooms, caller } = attachment;
      return { connection, client, identity, openedAt, rooms: Object.keys(rooms), ...caller };
    });
    return { connections, tables: tablesIn(this.ctx.storage.sql) };
  }

  /** A page of what one of the tables holds. */
  async exportRows(table: string, from: number): Promise<RowPage> {
    return readRows(this.ctx.storage.sql, table, from);
  }

  /**
   * Takes everything away that is kept of the user, here and by the audience, and ends their connections. `restart` is
   * to be called next; should nobody do so, it happens by itself.
   *
   * @param revokeBefore tokens issued earlier (ms) are refused, lest clients come back at once.
   */
  async erase(revokeBefore: number): Promise<void> {
    await this.disconnect({ revokeBefore });
    await this.#hub.untilLeft();
    const { AUDIENCE_SHARDS } = this.#settings;
    const counts = await inTime(async () => await audienceShard(this.env, 0).noteShards(AUDIENCE_SHARDS));
    for (const shard of new Set(counts.map((count) => shardOf(this.#user, count)))) {
      await inTime(async () => await audienceShard(this.env, shard).eraseMember(this.#user));
    }
    await this.ctx.storage.deleteAlarm();
    await this.ctx.storage.deleteAll();
    setTimeout(() => this.ctx.abort("The user was deleted."), RESTART_DELAY);
  }

  /** Begins anew, with nothing in memory of what was erased. Never answers. */
  async restart(): Promise<void> {
    this.ctx.abort("The user was deleted.");
  }

  async #viewerNow(viewer: Viewer): Promise<Viewer | Revoked> {
    const identification = await this.identify(viewer.identity);
    if (identification.kind === "revoked") return identification;
    await this.#catchUp(identification.identity);
    this.#inbox.settle();
    return { ...viewer, identity: identification.identity };
  }

  /** Takes in what an audience was sent meanwhile; for who has no connection, in the language of this token. */
  #catchUp(identity: Identity): Promise<CaughtUp> {
    if (this.#hub.connections.size === 0) this.#rememberLocale(identity);
    return this.#audience.catchUp(identity);
  }

  async #answer(connection: Connection, request: FrameRequest): Promise<void> {
    switch (request.type) {
      case "subscribe":
      case "unsubscribe":
        return this.#subscriptions.answer(connection, request);
      case "publish":
      case "presence":
        return this.#roomRequests.answer(connection, request);
      case "mark":
        return this.#mark(connection, request);
    }
  }

  #mark(connection: Connection, request: Extract<FrameRequest, { type: "mark" }>): void {
    this.#inbox.settle();
    const counts = this.#inbox.mark(markRequestOf(request));
    connection.send(encode({ type: "ok", ref: request.ref, counts }));
  }

  override async webSocketMessage(ws: WebSocket, message: string | ArrayBuffer): Promise<void> {
    await this.#hub.message(ws, message);
  }

  override async webSocketClose(ws: WebSocket, code: number, reason: string): Promise<void> {
    await this.#hub.closed(ws, code, reason);
  }

  override async webSocketError(ws: WebSocket): Promise<void> {
    await this.#hub.closed(ws, 1006, "");
  }

  override async alarm(): Promise<void> {
    this.#hub.alarm();
    // Should it die while it makes the calls, the alarm that was set for something else must not be all there is.
    if (this.#owed.due() !== undefined || this.#webhooks?.due !== undefined) {
      this.#hub.alarms.atLatest(Date.now() + this.#settings.RETRY_SECONDS * 1000);
    }
    this.#receipts.prune(this.#hub.log.floor);
    this.#inbox.settle();
    this.#hub.alarms.atLatest(this.#inbox.due());
    await Promise.all([this.#owed.retry(), this.#audience.retry(), this.#webhooks?.send()]);
    this.#hub.alarms.atLatest(this.#webhooks?.due);
    this.#hub.alarms.atLatest(this.#audience.retryDue);
    this.#hub.alarms.atLatest(this.#owed.due());
  }

  /** The user, as events come: the language is that of the newest connection, and is remembered for when nobody is here. */
  get #recipient(): Recipient {
    const { all } = this.#hub.connections;
    const newest = all.toSorted((a, b) => b.attachment.openedAt - a.attachment.openedAt)[0];
    if (newest) this.#rememberLocale(newest.attachment.identity);
    return {
      user: this.#user,
      channel: this.#channel,
      takes: ({ type, expiresAt = Number.POSITIVE_INFINITY }) =>
        wants(this.#inbox.reader.preferences, type) && expiresAt > Date.now(),
    };
  }

  #rememberLocale({ locale }: Identity): void {
    if (locale !== undefined) this.#inbox.reader.rememberLocale(locale);
  }

  /** Tells the count of the badge, which no log keeps, if it has changed. */
  #tellCounts({ unread }: Counts): void {
    if (unread !== this.#inbox.counts.unread) this.#hub.followers.pass([this.#inbox.countsEvent()]);
  }

  /** A connection goes on with another identity: it leaves what that may not follow, and the audience learns of it. */
  #revise(connection: Connection): void {
    this.ctx.waitUntil(this.#subscriptions.review(connection));
    this.ctx.waitUntil(this.#audience.known(connection));
  }

  #maySee(channel: string, { identity }: Viewer): boolean {
    return channel === this.#channel || maySee(identity, channel);
  }

  /** Why a connection may not be opened, if so. */
  #refusal({ identity, client }: Session): CloseReason | undefined {
    if (this.#account.hasRevoked(identity)) return "unauthorized";
    return makeRoomFor(client, this.#hub, this.#settings);
  }
}

function nameOf(ctx: DurableObjectState): string {
  if (ctx.id.name === undefined) throw new Error("A user's object is addressed by the user's id.");
  return ctx.id.name;
}
