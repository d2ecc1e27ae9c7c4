import { DurableObject } from "cloudflare:workers";
import {
  findChannel,
  findRoomFor,
  followedFromStart,
  mayFollow,
  maySee,
  userChannel,
} from "../channels/access.ts";
import { settingsOf } from "../config/settings.ts";
import { CarillonError } from "../protocol/errors.ts";
import type { Connection } from "./connections.ts";
import { type Env, roomObject } from "./env.ts";
import type { Push, PushAnswer } from "./follow.ts";
import { FollowedRooms } from "./followed-rooms.ts";
import { type FrameRequest, Hub } from "./hub.ts";
import { createLogTables } from "./log-rows.ts";
import type { Outcome, Publication } from "./publication.ts";
import { createRoomSocketTable, RoomSockets } from "./room-sockets.ts";
import type { Migrations } from "./schema.ts";
import { readSession } from "./session.ts";

const migrations: Migrations = [
  (sql) => {
    createLogTables(sql);
    createRoomSocketTable(sql);
  },
];

/** One user: the sockets on all devices, the log of everything personal, and the rooms that the sockets follow. */
export class UserObject extends DurableObject<Env> {
  readonly #hub: Hub;
  readonly #rooms: FollowedRooms;
  readonly #roomSockets: RoomSockets;
  readonly #channel: string;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    const settings = settingsOf(env);
    const user = nameOf(ctx);
    this.#channel = userChannel(user);
    this.#hub = new Hub(ctx, {
      settings,
      migrations,
      limits: { events: settings.LOG_EVENTS, days: settings.LOG_DAYS },
      channel: this.#channel,
      maySee: (channel, { identity }) => channel === this.#channel || maySee(identity, channel),
      answer: (connection, request) => this.#answer(connection, request),
      left: (connection) => this.#rooms.left(connection),
      woke: (connection) => this.#rooms.resume(connection),
    });
    this.#rooms = new FollowedRooms({
      connections: this.#hub.connections,
      pump: this.#hub.pump,
      // Awaited here, because what a stub returns is no Promise but a promise-like of the runtime.
      door: {
        follow: async (room, generation) => await roomObject(env, room).follow(user, generation),
        unfollow: async (room, generation) => await roomObject(env, room).unfollow(user, generation),
        resume: async (room, since) => await roomObject(env, room).resume(since),
        read: async (room, after) => await roomObject(env, room).read(after),
      },
      limits: { rooms: settings.MAX_ROOMS, nameBytes: settings.MAX_ROOM_NAMES_BYTES },
      now: Date.now,
      drop: (connection) => this.#hub.end(connection, "relocated"),
    });
    this.#roomSockets = new RoomSockets(ctx.storage.sql, this.#hub.schema);
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
    return await this.#rooms.take(room, generation, push);
  }

  /** Admits a direct connection to a room and remembers it. */
  async admitToRoom(room: string, client: string, connection: string): Promise<void> {
    this.#roomSockets.add(room, client, connection);
  }

  /** A direct connection to a room has ended. */
  async leaveRoom(room: string, client: string, connection: string): Promise<void> {
    this.#roomSockets.remove(room, client, connection);
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
    this.#hub.rest();
  }

  async #answer(connection: Connection, request: FrameRequest): Promise<void> {
    const { ref } = request;
    switch (request.type) {
      case "subscribe":
        await Promise.all(
          request.channels.map(async ({ channel, since }) => {
            try {
              await this.#subscribe(connection, ref, channel, since);
            } catch (error) {
              this.#hub.refuse(connection, ref, error, channel);
            }
          }),
        );
        return;
      case "unsubscribe":
        await Promise.all(request.channels.map((channel) => this.#unsubscribe(connection, ref, channel)));
    }
  }

  async #subscribe(
    connection: Connection,
    ref: FrameRequest["ref"],
    name: string,
    since: Extract<FrameRequest, { type: "subscribe" }>["channels"][number]["since"],
  ): Promise<void> {
    const { identity } = connection.attachment;
    const channel = findChannel(name);
    if (channel.rule.kind === "personal" && mayFollow(identity, channel)) {
      return this.#hub.followers.subscribe(connection, ref, channel.name, since);
    }
    const room = findRoomFor(identity, name);
    await this.#rooms.subscribe(connection, room.name, ref, since);
  }

  async #unsubscribe(connection: Connection, ref: FrameRequest["ref"], name: string): Promise<void> {
    try {
      const channel = findChannel(name);
      if (channel.rule.kind === "personal") throw new CarillonError("forbidden", "It is always followed.");
      const leaving = this.#rooms.unsubscribe(connection, channel.name);
      this.#hub.answerUnsubscribed(connection, ref, channel.name, "requested");
      await leaving;
    } catch (error) {
      this.#hub.refuse(connection, ref, error, name);
    }
  }
}

function nameOf(ctx: DurableObjectState): string {
  if (ctx.id.name === undefined) throw new Error("A user's object is addressed by the user's id.");
  return ctx.id.name;
}
