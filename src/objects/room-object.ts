import { DurableObject } from "cloudflare:workers";
import { findChannel, historyOf } from "../channels/access.ts";
import { channelOfObject } from "../channels/name.ts";
import { settingsOf } from "../config/settings.ts";
import { CarillonError } from "../protocol/errors.ts";
import type { Position } from "../protocol/position.ts";
import type { Connection } from "./connections.ts";
import { type Env, userObject } from "./env.ts";
import type { PageAnswer, Resumption } from "./follow.ts";
import { type FrameRequest, Hub } from "./hub.ts";
import { createLogTables } from "./log-rows.ts";
import { createFollowerTable, ObjectFollowers } from "./object-followers.ts";
import type { Outcome, Publication } from "./publication.ts";
import type { Following } from "./room-door.ts";
import type { Migrations } from "./schema.ts";
import { readSession } from "./session.ts";

const migrations: Migrations = [
  (sql) => {
    createLogTables(sql);
    createFollowerTable(sql);
  },
];

/** One room: its own sockets, its log, and the user objects that follow it for their sockets. */
export class RoomObject extends DurableObject<Env> {
  readonly #room: string;
  readonly #hub: Hub;
  readonly #followers: ObjectFollowers;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    const settings = settingsOf(env);
    this.#room = nameOf(ctx);
    this.#hub = new Hub(ctx, {
      settings,
      migrations,
      limits: historyOf(this.#room) ?? { events: settings.LOG_EVENTS, days: settings.LOG_DAYS },
      channel: this.#room,
      answer: (connection, request) => this.#answer(connection, request),
      left: (connection) => this.#left(connection),
    });
    const { log, schema, alarms } = this.#hub;
    this.#followers = new ObjectFollowers({
      sql: ctx.storage.sql,
      schema,
      log,
      push: async (user, generation, push) =>
        await userObject(env, user).takeRoom(this.#room, generation, push),
      retryDelay: settings.RETRY_SECONDS * 1000,
      wait: (ms) => scheduler.wait(ms),
      now: Date.now,
      wakeAt: (time) => alarms.atLatest(time),
    });
  }

  /** An upgrade to the room's own socket, which the Worker and the user's object have let through. */
  override async fetch(request: Request): Promise<Response> {
    return this.#hub.open(request, readSession(request.headers), [this.#room]);
  }

  /** Takes publications; answers when every listener has them, or the failure to reach it is written down. */
  async deliver(publications: readonly Publication[]): Promise<Outcome[][]> {
    const { outcomes, passing, repeatedFrom } = this.#hub.deliver(publications);
    if (repeatedFrom !== undefined) this.#followers.doubt(repeatedFrom);
    const relayed = await this.#followers.handOn(passing);
    return outcomes.map((events) => events.map((outcome) => withRelayed(outcome, relayed)));
  }

  /** A user's object begins to follow, or follows again under a newer generation. */
  async follow(user: string, generation: number): Promise<Following> {
    const added = this.#followers.add(user, generation);
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
    await this.#followers.retryOwed();
    this.#hub.rest();
    this.#hub.alarms.atLatest(this.#followers.retryDue());
  }

  async #answer(connection: Connection, request: FrameRequest): Promise<void> {
    switch (request.type) {
      case "subscribe":
        for (const { channel, since } of request.channels) {
          if (this.#isOwn(connection, request.ref, channel)) {
            this.#hub.followers.subscribe(connection, request.ref, this.#room, since);
          }
        }
        return;
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
      const channel = findChannel(name);
      if (channel.name === this.#room) return true;
      throw new CarillonError("forbidden", `This connection serves ${this.#room} only.`);
    } catch (error) {
      this.#hub.refuse(connection, ref, error, name);
      return false;
    }
  }

  async #left({ attachment }: Connection): Promise<void> {
    const { identity, connection, client } = attachment;
    await userObject(this.env, identity.userId).leaveRoom(this.#room, client, connection);
  }
}

function withRelayed(outcome: Outcome, relayed: number): Outcome {
  if (outcome.status === "failed" || relayed === 0) return outcome;
  return { ...outcome, status: "delivered", connections: outcome.connections + relayed };
}

function nameOf(ctx: DurableObjectState): string {
  if (ctx.id.name === undefined) throw new Error("A room's object is addressed by its name.");
  return channelOfObject(ctx.id.name);
}
