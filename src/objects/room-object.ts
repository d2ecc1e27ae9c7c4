import { DurableObject } from "cloudflare:workers";
import { z } from "zod";
import { findChannel, maySee, roomRuleOf } from "../channels/access.ts";
import { channelOfObject } from "../channels/name.ts";
import { type Settings, settingsOf } from "../config/settings.ts";
import { tally } from "../operation/metrics-tally.ts";
import { CarillonError } from "../protocol/errors.ts";
import type { Position } from "../protocol/position.ts";
import type { Viewer } from "./aim.ts";
import type { Attachment } from "./attachment.ts";
import { shardOf } from "./audience-door.ts";
import { ClientEvents, type ClientSaying, type RoomAnswer, type Sender } from "./client-events.ts";
import type { Connection } from "./connections.ts";
import { handOverSoon } from "./counters-isolate.ts";
import type { LoggedPublication } from "./entry.ts";
import { audienceShard, type Env, userObject } from "./env.ts";
import { anyone } from "./fan-out.ts";
import type { PageAnswer, Resumption } from "./follow.ts";
import type { FrameRequest } from "./frame-answers.ts";
import { Hub } from "./hub.ts";
import { inTime, wait } from "./in-time.ts";
import { createLastingEventTable } from "./lasting-events.ts";
import { createLogTables } from "./log-rows.ts";
import { createFollowerTable, ObjectFollowers } from "./object-followers.ts";
import { createOwedCallTable, OwedCalls } from "./owed-calls.ts";
import { type Polled, type PollQuery, poll } from "./poll.ts";
import type { Outcome, Publication } from "./publication.ts";
import type { Following, RoomDescription } from "./room-door.ts";
import { RoomOccupancy } from "./room-occupancy.ts";
import { RoomPresence } from "./room-presence.ts";
import { createRoomPresenceTables } from "./room-presence-rows.ts";
import type { PresenceView } from "./room-presence-version.ts";
import { RoomRegister } from "./room-register.ts";
import type { RoomStatement } from "./room-register-rows.ts";
import { RoomRequests } from "./room-requests.ts";
import type { Migrations } from "./schema.ts";
import { readSession } from "./session.ts";
import { traced } from "./traced.ts";
import { webhooksOf } from "./webhook-door.ts";
import type { Webhooks } from "./webhooks.ts";

const migrations: Migrations = [
  (sql) => {
    createLogTables(sql);
    createFollowerTable(sql);
    createOwedCallTable(sql);
  },
  (sql) => {
    createRoomPresenceTables(sql);
    createLastingEventTable(sql);
  },
];

/** How often (ms), at most, it is asked whether those who follow are there still. */
const PROBE_INTERVAL = 10_000;

/** Telling a user's object that a direct connection has ended. */
const leaveCall = z.object({ user: z.string(), client: z.string(), connection: z.string() });
type LeaveCall = z.output<typeof leaveCall>;

/** One room: its own sockets, its log, and the user objects that follow it for their sockets. */
export class RoomObject extends DurableObject<Env> {
  readonly #room: string;
  readonly #settings: Settings;
  readonly #hub: Hub;
  readonly #followers: ObjectFollowers;
  readonly #owed: OwedCalls<LeaveCall>;
  readonly #clientEvents: ClientEvents;
  readonly #requests: RoomRequests;
  readonly #register: RoomRegister;
  /** Absent where the room does not tell who is there. */
  readonly #presence: RoomPresence | undefined;
  /** Absent where no webhooks are configured. */
  readonly #webhooks: Webhooks | undefined;
  readonly #occupancy: RoomOccupancy | undefined;
  #probedAt = 0;
  /** Connections that were ended in this waking: one may have been admitted and be on its way here. */
  readonly #kicked = new Set<string>();
  /** Users of whom the backend has said something in this waking: one of theirs may have been admitted before. */
  readonly #revised = new Set<string>();

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    const settings = settingsOf(env);
    this.#room = nameOf(ctx);
    this.#settings = settings;
    const rule = roomRuleOf(this.#room);
    this.#hub = new Hub(ctx, {
      settings,
      migrations,
      limits: rule?.history ?? { events: settings.LOG_EVENTS, days: settings.LOG_DAYS },
      channel: this.#room,
      counted: () => handOverSoon(ctx, env),
      refusal: ({ connection }) => (this.#kicked.has(connection) ? "kicked" : undefined),
      handlers: {
        answer: (connection, request) => this.#answer(connection, request),
        renewal: async (identity) => await userObject(env, identity.userId).identify(identity),
        renewed: (connection) => this.#review(connection),
      },
      entered: ({ attachment: { identity, connection } }) => {
        this.#presence?.enter(identity.userId, connection);
        this.#occupancy?.changed();
        return this.#presence?.view();
      },
      opened: (connection) => {
        this.#presence?.announce();
        ctx.waitUntil(this.#register.changed());
        if (this.#revised.has(connection.attachment.identity.userId)) ctx.waitUntil(this.#revise(connection));
      },
      left: ({ attachment: { identity, connection, client } }) => {
        this.#presence?.leave(identity.userId, connection);
        this.#occupancy?.changed();
        ctx.waitUntil(this.#register.changed());
        return this.#owed.make({ user: identity.userId, client, connection });
      },
    });
    const { log, schema, alarms, connections, followers } = this.#hub;
    this.#owed = new OwedCalls({
      sql: ctx.storage.sql,
      schema,
      parse: (text) => leaveCall.parse(JSON.parse(text)),
      perform: async ({ user, client, connection }) =>
        await inTime(
          async () => await userObject(env, user).leaveRoom({ room: this.#room, client, connection }),
        ),
      retryDelay: settings.RETRY_SECONDS * 1000,
      now: Date.now,
      wakeAt: (time) => alarms.atLatest(time),
    });
    this.#followers = new ObjectFollowers({
      sql: ctx.storage.sql,
      schema,
      log,
      push: async (user, generation, push) =>
        await userObject(env, user).takeRoom(this.#room, generation, push),
      removed: (user) => {
        this.#presence?.leave(user);
        this.#occupancy?.changed();
        ctx.waitUntil(this.#register.changed());
      },
      retryDelay: settings.RETRY_SECONDS * 1000,
      wait,
      now: Date.now,
      wakeAt: (time) => alarms.atLatest(time),
    });
    const wakeAt = (time: number) => alarms.atLatest(time);
    this.#webhooks = webhooksOf(this.#room, env, settings, ctx.storage.sql, wakeAt);
    this.#occupancy =
      this.#webhooks &&
      new RoomOccupancy({
        ...{ room: this.#room, webhooks: this.#webhooks, now: Date.now, wakeAt },
        isOccupied: () => connections.size + this.#followers.size > 0,
        grace: settings.ROOM_GRACE_SECONDS * 1000,
        probeInterval: settings.PRESENCE_PROBE_SECONDS * 1000,
      });
    this.#register = new RoomRegister({
      ...{ room: this.#room, now: Date.now, retryDelay: settings.RETRY_SECONDS * 1000 },
      use: () => ({ direct: connections.size, relayed: this.#followers.size }),
      tell: (statement) => {
        const shard = shardOf(this.#room, settings.AUDIENCE_SHARDS);
        return inTime(async () => await audienceShard(env, shard).noteRoom(this.#room, statement));
      },
      grace: settings.ROOM_GRACE_SECONDS * 1000,
      wakeAt: (time) => alarms.atLatest(time),
    });
    this.#clientEvents = new ClientEvents({
      ...{ sql: ctx.storage.sql, schema, room: this.#room, now: Date.now },
      events: rule?.events ?? {},
      lasts: settings.TYPING_SECONDS * 1000,
      wakeAt: (time) => alarms.atLatest(time),
      pass: (passing) => {
        tally.count(
          "carillon_deliveries_total",
          { target: "room" },
          connections.live.length * passing.length,
        );
        followers.pass(passing);
        ctx.waitUntil(this.#followers.handOn(passing));
      },
      store: async (publication) => (await this.#take([publication]))[0]?.[0],
    });
    this.#requests = new RoomRequests({
      maxStateBytes: settings.MAX_STATE_BYTES,
      publish: (_room, ...said) => this.publishFrom(...said),
      setState: (_room, ...said) => this.setState(...said),
    });
    this.#presence =
      rule?.presence &&
      new RoomPresence({
        ...{ sql: ctx.storage.sql, schema, room: this.#room, now: Date.now, full: rule.presence.full },
        grace: settings.ROOM_GRACE_SECONDS * 1000,
        direct: () =>
          connections.all.map(({ attachment: { identity, connection } }) => [connection, identity.userId]),
        relayed: this.#followers,
        tell: (frame, presence) => {
          for (const connection of connections.all) {
            // Whoever takes nothing is told of the gap by the next number.
            if ((connection.buffered ?? 0) <= settings.SEND_BUFFER_BYTES) connection.send(frame);
          }
          ctx.waitUntil(this.#followers.handOn([{ channel: this.#room, frame, aim: undefined, presence }]));
        },
        gather: {
          sockets: () => connections.size + this.#followers.size,
          perSocket: 1,
          longest: settings.PRESENCE_GATHER_MS,
          wait: (ms) => scheduler.wait(ms),
        },
        wakeAt: (time) => alarms.atLatest(time),
      });
  }

  /** An upgrade to the room's own socket, which the Worker and the user's object have let through. */
  override async fetch(request: Request): Promise<Response> {
    return this.#hub.open(request, readSession(request.headers), [this.#room]);
  }

  /** Takes publications; answers when every listener has them, or the failure to reach it is written down. */
  async deliver(publications: readonly Publication[], requestId?: string): Promise<Outcome[][]> {
    return await traced(requestId, this.#room, () => this.#take(publications));
  }

  /** What a client publishes that follows, or may follow, the room; its user's object has checked that it fits the rule. */
  async publishFrom(sender: Sender, saying: ClientSaying): Promise<RoomAnswer> {
    this.#hub.wake();
    return this.#clientEvents.take(sender, saying);
  }

  /** What a member says of itself, as JSON text. */
  async setState(user: string, state: string | undefined): Promise<RoomAnswer> {
    this.#hub.wake();
    if (this.#presence?.setState(user, state)) return { kind: "done" };
    return {
      kind: "refused",
      code: "forbidden",
      message: "Follow the room first: only who is there has a state.",
    };
  }

  /** Who is here, or nothing where the room does not tell. */
  async presenceView(): Promise<PresenceView | undefined> {
    this.#hub.wake();
    return this.#presence?.view();
  }

  /** What the room says of itself, after the dead have been swept and those who follow have been asked. */
  async describe(): Promise<RoomDescription> {
    await this.#probe();
    return { position: this.#hub.log.top, presence: this.#presence?.view() };
  }

  async #take(publications: readonly LoggedPublication[]): Promise<Outcome[][]> {
    const { outcomes, passing, repeatedFrom, sent } = this.#hub.deliver(publications);
    if (repeatedFrom !== undefined) this.#followers.doubt(repeatedFrom);
    const [relayed] = await Promise.all([this.#followers.handOn(passing), sent]);
    return outcomes.map((events) => events.map((outcome) => withRelayed(outcome, relayed)));
  }

  /**
   * A user's object begins to follow, or follows again under a newer generation. Each that follows costs a call for each
   * event, so beyond some number those who come are sent to the room's own sockets.
   */
  async follow(user: string, generation: number): Promise<Following> {
    const isHot = this.#followers.size >= this.#settings.ROOM_RELAY_LIMIT;
    if (isHot && !this.#followers.has(user)) return { kind: "moved" };
    const added = this.#followers.add(user, generation);
    if (added.kind === "added") {
      this.#presence?.enter(user);
      this.#presence?.announce();
      this.#occupancy?.changed();
      this.ctx.waitUntil(this.#register.changed());
    }
    return added.kind === "stale" ? added : { kind: "following", position: this.#hub.log.top };
  }

  async unfollow(user: string, generation: number): Promise<void> {
    this.#followers.remove(user, generation);
  }

  async resume(since: Position): Promise<Resumption> {
    return this.#hub.log.resume(since);
  }

  /** The page after a position, or that the log does not reach back to it. */
  async read(after: Position): Promise<PageAnswer> {
    return this.#hub.log.pageAfter(after);
  }

  /** What a client is answered that polls, or pages through history. */
  async poll(viewer: Viewer, query: PollQuery): Promise<Polled> {
    return poll(this.#hub.log, viewer, anyone, query);
  }

  /** Ends direct connections of a user, also those that are admitted and not open yet. @returns how many. */
  async disconnect(user: string, connections: readonly string[]): Promise<number> {
    for (const connection of connections) this.#kicked.add(connection);
    return this.#hub.endAll(
      "kicked",
      ({ attachment }) => isOf(attachment, user) && this.#kicked.has(attachment.connection),
    );
  }

  /** The backend has said as whom a user is known: the user's direct connections go on so, or end. */
  async reviseIdentity(user: string): Promise<void> {
    this.#revised.add(user);
    const own = this.#hub.connections.all.filter(({ attachment }) => isOf(attachment, user));
    for (const connection of own) await this.#revise(connection);
  }

  /** The direct connections that a user holds, after the dead have been swept. */
  async connectionsOf(user: string): Promise<string[]> {
    this.#hub.sessions.sweep(true);
    await this.#hub.untilLeft();
    return this.#hub.connections.all
      .filter(({ attachment }) => isOf(attachment, user))
      .map(({ attachment }) => attachment.connection);
  }

  /** By how many the room is used, after the dead have been swept and those who follow have been asked. */
  async use(): Promise<RoomStatement> {
    this.#sweep();
    await this.#probeFollowers();
    return this.#register.statement();
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
    this.#clientEvents.endDue();
    this.#hub.alarms.atLatest(this.#clientEvents.due());
    this.#presence?.expire();
    this.#hub.alarms.atLatest(this.#presence?.due());
    if (this.#occupancy?.isProbeDue) this.ctx.waitUntil(this.#probe());
    this.#occupancy?.expire();
    const debts = [this.#owed.due(), this.#followers.retryDue(), this.#webhooks?.due];
    if (debts.some((due) => due !== undefined))
      this.#hub.alarms.atLatest(Date.now() + this.#settings.RETRY_SECONDS * 1000);
    const calls = [this.#followers.retryOwed(), this.#owed.retry(), this.#register.run()];
    await Promise.all([...calls, this.#webhooks?.send()]);
    this.#hub.alarms.atLatest(this.#register.due);
    this.#hub.alarms.atLatest(this.#webhooks?.due);
    this.#hub.alarms.atLatest(this.#occupancy?.due);
    this.#hub.alarms.atLatest(this.#followers.retryDue());
    this.#hub.alarms.atLatest(this.#owed.due());
  }

  /** Lets go of whoever is not there any more and could not say so. */
  async #probe(): Promise<void> {
    if (!this.#presence && !this.#occupancy) return;
    this.#sweep();
    if (Date.now() - this.#probedAt >= PROBE_INTERVAL) await this.#probeFollowers();
  }

  /** Ends connections that are dead; whoever is found to be gone has been gone for long. */
  #sweep(): void {
    const sweep = () => this.#hub.sessions.sweep(true);
    if (this.#presence) this.#presence.withoutGrace(sweep);
    else sweep();
    this.#occupancy?.probed();
  }

  async #probeFollowers(): Promise<void> {
    this.#probedAt = Date.now();
    const lost = await this.#followers.probe((user) =>
      inTime(async () => await userObject(this.env, user).followsRoom(this.#room)),
    );
    for (const user of lost) this.#presence?.lose(user);
  }

  /** Asks who a connection's user is now; it goes on so, or ends. */
  async #revise(connection: Connection): Promise<void> {
    const { identity } = connection.attachment;
    const identification = await userObject(this.env, identity.userId).identify(identity);
    if (!connection.isOpen) return;
    // Of a credential that was revoked nobody says any more whom it names.
    if (identification.kind === "revoked") return this.#hub.end(connection, "unauthorized");
    connection.remember({ identity: identification.identity });
    this.#review(connection);
  }

  /** Ends a connection whose identity may not follow the room any more. */
  #review(connection: Connection): void {
    if (!maySee(connection.attachment.identity, this.#room)) this.#hub.end(connection, "forbidden");
  }

  async #answer(connection: Connection, request: FrameRequest): Promise<void> {
    switch (request.type) {
      case "subscribe":
        for (const { channel, since } of request.channels) {
          if (this.#isOwn(connection, request.ref, channel)) {
            this.#hub.followers.subscribe(connection, request.ref, this.#room, since, this.#presence?.view());
          }
        }
        return;
      case "publish":
      case "presence":
        this.#checkOwn(request.channel);
        await this.#requests.answer(connection, request);
        return;
      case "mark":
        throw new CarillonError("forbidden", `This connection serves ${this.#room} only.`);
      case "unsubscribe":
        for (const channel of request.channels) {
          if (!this.#isOwn(connection, request.ref, channel)) continue;
          this.#hub.answerUnsubscribed(connection, request.ref, this.#room, "requested");
          // A connection that follows nothing has no purpose left.
          this.#hub.end(connection, "bye");
        }
    }
  }

  /** Whether a frame on a room's own socket names that room; anything else is refused. */
  #isOwn(connection: Connection, ref: FrameRequest["ref"], name: string): boolean {
    try {
      this.#checkOwn(name);
      return true;
    } catch (error) {
      this.#hub.answers.refuse(connection, ref, error, name);
      return false;
    }
  }

  #checkOwn(name: string): void {
    if (findChannel(name).name === this.#room) return;
    throw new CarillonError("forbidden", `This connection serves ${this.#room} only.`);
  }
}

function isOf({ identity }: Attachment, user: string): boolean {
  return identity.userId === user;
}

function withRelayed(outcome: Outcome, relayed: number): Outcome {
  if (outcome.status === "failed" || relayed === 0) return outcome;
  return { ...outcome, status: "delivered", connections: outcome.connections + relayed };
}

function nameOf(ctx: DurableObjectState): string {
  if (ctx.id.name === undefined) throw new Error("A room's object is addressed by its name.");
  return channelOfObject(ctx.id.name);
}
