import { DurableObject } from "cloudflare:workers";
import { z } from "zod";
import type { Identity } from "../auth/identity.ts";
import { followedFromStart, maySee, userChannel } from "../channels/access.ts";
import { type Settings, settingsOf } from "../config/settings.ts";
import type { CloseReason } from "../protocol/close-codes.ts";
import { Account, createAccountTable } from "./account.ts";
import type { Viewer } from "./aim.ts";
import { type Env, roomObject } from "./env.ts";
import type { Push, PushAnswer } from "./follow.ts";
import { FollowedRooms } from "./followed-rooms.ts";
import { Hub } from "./hub.ts";
import { inTime } from "./in-time.ts";
import { createLogTables } from "./log-rows.ts";
import { createOwedCallTable, OwedCalls } from "./owed-calls.ts";
import { type Polled, type PollQuery, poll } from "./poll.ts";
import type { Outcome, Publication } from "./publication.ts";
import { createReceiptTable, type Receipt, Receipts } from "./receipts.ts";
import { createRoomSocketTable, type RoomSocket, RoomSockets } from "./room-sockets.ts";
import type { Migrations } from "./schema.ts";
import { readSession, type Session } from "./session.ts";
import { Subscriptions } from "./subscriptions.ts";

const migrations: Migrations = [
  (sql) => {
    createLogTables(sql);
    createRoomSocketTable(sql);
    createReceiptTable(sql);
    createAccountTable(sql);
    createOwedCallTable(sql);
  },
];

/** Telling a room that nobody here follows it any more. */
const unfollowCall = z.object({ room: z.string(), generation: z.number() });
type UnfollowCall = z.output<typeof unfollowCall>;

/** Whether a direct connection to a room may be opened. */
export type Admission =
  | { readonly kind: "admitted" }
  | { readonly kind: "refused"; readonly reason: CloseReason };

/** Which of a user's connections to end, all of them if nothing is named, and since when tokens count. */
export interface Disconnection {
  readonly connection?: string | undefined;
  readonly client?: string | undefined;
  /** Tokens issued before (ms) are refused from now on. */
  readonly revokeBefore?: number | undefined;
}

/** What is known of a publication in a user's log. */
export interface EventReceipt {
  readonly stored: readonly { readonly channel: string; readonly offset: number; readonly at: number }[];
  readonly received: readonly Receipt[];
}

/** One user: the sockets on all devices, the log of everything personal, and the rooms that the sockets follow. */
export class UserObject extends DurableObject<Env> {
  readonly #user: string;
  readonly #channel: string;
  readonly #settings: Settings;
  readonly #hub: Hub;
  readonly #rooms: FollowedRooms;
  readonly #subscriptions: Subscriptions;
  readonly #roomSockets: RoomSockets;
  readonly #receipts: Receipts;
  readonly #account: Account;
  readonly #owed: OwedCalls<UnfollowCall>;

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
      maySee: (channel, viewer) => this.#maySee(channel, viewer),
      handlers: {
        answer: (connection, request) => this.#subscriptions.answer(connection, request),
        renewal: async (identity) => (this.#account.hasRevoked(identity) ? "unauthorized" : undefined),
        renewed: (connection) => ctx.waitUntil(this.#subscriptions.review(connection)),
        acknowledged: ({ attachment: { client, start } }, upTo) =>
          this.#receipts.take(client, start, upTo, Date.now()),
      },
      ordersConnections: true,
      refusal: (session) => this.#refusal(session),
      left: (connection) => this.#rooms.left(connection),
      woke: (connection) => this.#rooms.resume(connection),
    });
    const { connections, pump, schema, alarms } = this.#hub;
    this.#owed = new OwedCalls({
      sql,
      schema,
      parse: (text) => unfollowCall.parse(JSON.parse(text)),
      perform: ({ room, generation }) =>
        inTime(async () => await roomObject(env, room).unfollow(user, generation)),
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
      },
      limits: { rooms: settings.MAX_ROOMS, nameBytes: settings.MAX_ROOM_NAMES_BYTES },
      now: Date.now,
      maySee: (room, { identity }) => maySee(identity, room),
      drop: (connection) => this.#hub.end(connection, "overloaded"),
    });
    this.#subscriptions = new Subscriptions(this.#hub, this.#rooms);
    this.#roomSockets = new RoomSockets(sql, schema);
    this.#receipts = new Receipts(sql, schema);
    this.#account = new Account(sql, schema);
  }

  /** An upgrade that the Worker let through. */
  override async fetch(request: Request): Promise<Response> {
    const session = readSession(request.headers);
    return this.#hub.open(request, session, followedFromStart(session.identity));
  }

  /** Takes publications; answers when they are stored and every live socket has them. */
  async deliver(publications: readonly Publication[]): Promise<Outcome[][]> {
    return this.#hub.deliver(publications).outcomes.map((events) => [...events]);
  }

  /** Takes what a followed room pushes. */
  async takeRoom(room: string, generation: number, push: Push): Promise<PushAnswer> {
    this.#hub.wake();
    return await this.#rooms.take(room, generation, push);
  }

  /** Admits a direct connection to a room and remembers it, so that it can be ended from here. */
  async admitToRoom(identity: Identity, socket: RoomSocket): Promise<Admission> {
    if (this.#account.hasRevoked(identity)) return { kind: "refused", reason: "unauthorized" };
    const limit = this.#settings.MAX_ROOM_CONNECTIONS_PER_USER;
    const isRoom = await this.#roomSockets.makeRoom(socket, limit, async (room) =>
      roomObject(this.env, room).connectionsOf(this.#user),
    );
    if (!isRoom) return { kind: "refused", reason: "too_many_connections" };
    this.#roomSockets.add(socket);
    return { kind: "admitted" };
  }

  /** A direct connection to a room has ended. */
  async leaveRoom(socket: Omit<RoomSocket, "generation">): Promise<void> {
    this.#roomSockets.remove(socket);
  }

  /** Whether tokens issued at that time (ms) are refused. */
  async hasRevoked(identity: Identity): Promise<boolean> {
    return this.#account.hasRevoked(identity);
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
    if (this.#account.hasRevoked(viewer.identity)) return { kind: "revoked" };
    return poll(this.#hub.log, viewer, (channel, one) => this.#maySee(channel, one), query);
  }

  /** What is known of a publication, or nothing where the log does not have it (any more). */
  async receipt(id: string): Promise<EventReceipt | undefined> {
    const stored = this.#hub.log.find(id);
    const last = stored.at(-1);
    if (!last) return undefined;
    const withheldFrom = last.aim?.except?.client;
    const received = this.#receipts.of(last.offset).filter(({ client }) => client !== withheldFrom);
    return { stored: stored.map(({ channel, offset, at }) => ({ channel, offset, at })), received };
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
    if (this.#owed.due() !== undefined) {
      this.#hub.alarms.atLatest(Date.now() + this.#settings.RETRY_SECONDS * 1000);
    }
    this.#receipts.prune(this.#hub.log.floor);
    await this.#owed.retry();
    this.#hub.alarms.atLatest(this.#owed.due());
  }

  #maySee(channel: string, { identity }: Viewer): boolean {
    return channel === this.#channel || maySee(identity, channel);
  }

  /** Why a connection may not be opened. The dead are looked for before anybody is refused. */
  #refusal({ identity, client }: Session): CloseReason | undefined {
    if (this.#account.hasRevoked(identity)) return "unauthorized";
    const limit = this.#settings.MAX_CONNECTIONS_PER_USER;
    const others = () => this.#hub.connections.all.filter(({ attachment }) => attachment.client !== client);
    if (others().length < limit) return undefined;
    this.#hub.sessions.sweep(true);
    const alive = others().toSorted((a, b) => a.attachment.openedAt - b.attachment.openedAt);
    if (alive.length < limit) return undefined;
    if (this.#settings.ON_TOO_MANY_CONNECTIONS === "refuse") return "too_many_connections";
    for (const oldest of alive.slice(0, alive.length - limit + 1))
      this.#hub.end(oldest, "too_many_connections");
    return undefined;
  }
}

function nameOf(ctx: DurableObjectState): string {
  if (ctx.id.name === undefined) throw new Error("A user's object is addressed by the user's id.");
  return ctx.id.name;
}
