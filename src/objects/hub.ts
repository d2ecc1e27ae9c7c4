import type { Settings } from "../config/settings.ts";
import { tally } from "../operation/metrics-tally.ts";
import { describe, report } from "../operation/report.ts";
import type { CloseReason } from "../protocol/close-codes.ts";
import { encode } from "../protocol/codec.ts";
import {
  PING,
  PONG,
  type Ref,
  type ServerFrame,
  type ServerFrameOf,
  SUBPROTOCOL,
} from "../protocol/frames.ts";
import type { Viewer } from "./aim.ts";
import { Alarms } from "./alarms.ts";
import { reportClosed, reportOpened } from "./connection-report.ts";
import { answerClose, type Connection, Connections } from "./connections.ts";
import type { eventFrame, LoggedEvent, LoggedPublication, PassingEvent } from "./entry.ts";
import { FrameAnswers, type FrameHandlers } from "./frame-answers.ts";
import { Log, type LogLimits } from "./log.ts";
import { Pump } from "./pump.ts";
import { type PresenceView, withPresence } from "./room-presence-version.ts";
import { type Migrations, Schema } from "./schema.ts";
import { REFUSED_HEADER, type Session } from "./session.ts";
import { Sessions } from "./sessions.ts";
import { type Delivered, SocketFollowers } from "./socket-followers.ts";

/** What a user's object and a room's object do differently with their sockets. */
export interface HubOptions {
  readonly settings: Settings;
  readonly migrations: Migrations;
  readonly limits: Pick<LogLimits, "events" | "days">;
  /** Writes an entry as its frame, where something else is to be done along with that. */
  readonly write?: typeof eventFrame;
  /** What `welcome` says beside what every connection is told, and `live` of this object's own log. */
  readonly greeting?: () => Pick<ServerFrameOf<"welcome">, "counts">;
  /** The name of the log: the user's channel, or the room. */
  readonly channel: string;
  /** Whether a viewer may see events of a channel of this log now. Absent where all of them always may. */
  readonly maySee?: (channel: string, viewer: Viewer) => boolean;
  readonly handlers: FrameHandlers;
  /** Whether it matters which connection was opened first. */
  readonly ordersConnections?: boolean;
  /** Why this connection may not be opened, if so; a chance to make room for it. */
  readonly refusal?: (session: Session) => CloseReason | undefined;
  /** A connection is open and not greeted yet. @returns who is there, where `welcome` is to say it. */
  readonly entered?: (connection: Connection) => PresenceView | undefined;
  /** A connection has been greeted. */
  readonly opened?: (connection: Connection) => void;
  /** A connection has ended, by either side; it is not listed any more. */
  readonly left: (connection: Connection) => Promise<void>;
  /** Something was counted, to be handed over before the object falls asleep. */
  readonly counted: () => void;
  /** The object woke and holds this connection from before. */
  readonly woke?: (connection: Connection) => void;
}

/** How often (ms), at most, it is reported that an object is full. */
const REPORT_INTERVAL = 60_000;

/** What every object with sockets has: its connections, its log, and the sockets' way through both. */
export class Hub {
  readonly connections: Connections;
  readonly schema: Schema;
  readonly log: Log;
  readonly alarms: Alarms;
  readonly pump: Pump;
  readonly followers: SocketFollowers;
  readonly sessions: Sessions;
  readonly answers: FrameAnswers;
  readonly #ctx: DurableObjectState;
  readonly #options: HubOptions;
  readonly #leaving = new Set<Promise<void>>();
  #isAwake = false;
  #reportedFullAt = 0;

  constructor(ctx: DurableObjectState, options: HubOptions) {
    const { settings, channel, maySee, migrations } = options;
    this.#ctx = ctx;
    this.#options = options;
    this.connections = new Connections(ctx);
    this.schema = new Schema(ctx.storage.sql, migrations);
    const limits: LogLimits = {
      ...options.limits,
      rememberedIds: settings.REMEMBERED_IDS,
      pageEvents: settings.PAGE_EVENTS,
      pageBytes: settings.PAGE_BYTES,
    };
    this.log = new Log(ctx.storage.sql, this.schema, limits, Date.now, options.write);
    this.alarms = new Alarms(ctx.storage);
    this.pump = new Pump({
      bufferBytes: settings.SEND_BUFFER_BYTES,
      patience: settings.SLOW_CONSUMER_SECONDS * 1000,
      wait: (ms) => scheduler.wait(ms),
      now: Date.now,
      drop: (connection, reason) => this.end(connection, reason),
      failed: (connection, error) => {
        report("error", "replay failed", {
          ...describe(error),
          connection: connection.attachment.connection,
        });
        this.end(connection, "overloaded");
      },
      replayed: (events) => {
        tally.count("carillon_replays_total", { outcome: "complete" });
        tally.count("carillon_replayed_events_total", {}, events);
        options.counted();
      },
    });
    this.followers = new SocketFollowers({
      log: this.log,
      connections: this.connections,
      pump: this.pump,
      channel,
      maySee,
      arrival: options.greeting,
      bufferBytes: settings.SEND_BUFFER_BYTES,
      gather: { perSocket: settings.GATHER_SOCKET_MICROSECONDS / 1000, longest: settings.GATHER_MS },
      wait: (ms) => scheduler.wait(ms),
      now: Date.now,
      wakeAt: (time) => this.alarms.atLatest(time),
      end: (connection, reason) => this.end(connection, reason),
    });
    this.sessions = new Sessions({
      connections: this.connections,
      now: Date.now,
      tellBefore: settings.EXPIRING_SECONDS * 1000,
      deadAfter: settings.DEAD_SECONDS * 1000,
      end: (connection, reason, message) => this.end(connection, reason, message),
      wakeAt: (time) => this.alarms.atLatest(time),
    });
    this.answers = new FrameAnswers({
      settings,
      log: this.log,
      sessions: this.sessions,
      handlers: options.handlers,
      end: (connection, reason, message) => this.end(connection, reason, message),
    });
    // Answered by the runtime, to the letter, without waking the object.
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair(PING, PONG));
    void ctx.blockConcurrencyWhile(() => this.alarms.load());
  }

  /** Takes over an upgrade: greets the connection and serves it from where it left off. Or answers why not. */
  open(request: Request, session: Session, channels: readonly string[]): Response {
    this.wake();
    const { client, identity } = session;
    const { settings, channel } = this.#options;
    const older = this.connections.all.find(
      ({ attachment }) => attachment.client === client && attachment.identity.userId === identity.userId,
    );
    const refusal = settings.REALTIME_ENABLED ? this.#refusal(session, older) : "disabled";
    if (refusal) return refused(refusal);
    if (older) this.end(older, "replaced");
    const { cursor, position, recovered } = this.followers.begin(session.since);
    if (!recovered) {
      tally.count("carillon_replays_total", { outcome: "lost" });
      this.#options.counted();
    }
    const pair = new WebSocketPair();
    const connection = this.connections.accept(pair[1], {
      version: 1,
      connection: session.connection,
      client,
      identity,
      openedAt: this.#options.ordersConnections ? this.connections.nextOpenedAt : Date.now(),
      own: cursor,
      start: position.offset,
      rooms: {},
      expiryTold: false,
      bucket: this.answers.fullBucket(),
      caller: session.caller,
    });
    reportOpened(connection, channel);
    connection.markSent(position.offset, 0);
    this.sessions.watch(connection);
    const welcome = encode({
      type: "welcome",
      connection: session.connection,
      user: identity.userId,
      roles: identity.roles,
      channels: [...channels],
      position,
      recovered,
      ...this.#options.greeting?.(),
      expiresAt: identity.expiresAt,
      heartbeat: settings.HEARTBEAT_SECONDS * 1000,
    });
    connection.send(withPresence(welcome, this.#options.entered?.(connection)));
    this.followers.serve(connection);
    this.#options.opened?.(connection);
    const headers = new Headers(session.caller && { "X-Request-Id": session.caller.requestId });
    const offered = request.headers.get("Sec-WebSocket-Protocol") ?? "";
    if (offered.split(",").some((protocol) => protocol.trim() === SUBPROTOCOL)) {
      headers.set("Sec-WebSocket-Protocol", SUBPROTOCOL);
    }
    return new Response(null, { status: 101, webSocket: pair[0], headers });
  }

  /** Answers one WebSocket message: a frame, or several. */
  async message(ws: WebSocket, message: string | ArrayBuffer): Promise<void> {
    const connection = this.connections.find(ws);
    if (!connection) return;
    this.answers.hear(connection);
    this.wake();
    if (connection.isOpen) await this.answers.take(connection, message);
    this.#options.counted();
  }

  /** The other side closed, or the connection broke. */
  async closed(ws: WebSocket, code: number, reason: string): Promise<void> {
    const connection = this.connections.takeClosed(ws);
    answerClose(ws, code, reason);
    if (!connection) return;
    reportClosed(connection, this.#options.channel, { by: "client", closeCode: code });
    await this.#options.left(connection);
  }

  /** Ends a connection, telling it why. */
  end(connection: Connection, reason: CloseReason, message?: string): void {
    if (!connection.isOpen) return;
    this.connections.end(connection, reason, message);
    if (isRefusal(reason)) {
      tally.count("carillon_refusals_total", { at: "connection", code: reason });
      this.#options.counted();
    }
    reportClosed(connection, this.#options.channel, { by: "service", code: reason });
    const leaving = this.#options.left(connection).finally(() => this.#leaving.delete(leaving));
    this.#leaving.add(leaving);
    this.#ctx.waitUntil(leaving);
  }

  /** Resolves when everybody has been told of the connections that were ended. */
  async untilLeft(): Promise<void> {
    await Promise.allSettled(this.#leaving);
  }

  answerUnsubscribed(
    connection: Connection,
    ref: Ref | undefined,
    channel: string,
    code: "requested" | "forbidden",
  ): void {
    this.#send(connection, { type: "unsubscribed", ref, channel, code });
  }

  /** Stores publications and hands them to this object's own sockets, all in one synchronous block. */
  deliver(publications: readonly LoggedPublication[]): Delivered {
    this.wake();
    const delivered = this.followers.deliver(publications);
    this.alarms.atLatest(this.log.pruneDue());
    return delivered;
  }

  /** Stores what an audience brought and hands it to this object's own sockets, all in one synchronous block. */
  deliverFromAudience(...brought: Parameters<SocketFollowers["deliverFromAudience"]>): void {
    this.wake();
    this.followers.deliverFromAudience(...brought);
    this.alarms.atLatest(this.log.pruneDue());
  }

  /** Stores an entry that no publication brought and hands it, and these passing events, to the sockets. */
  record(entry: LoggedEvent, passing: readonly PassingEvent[]): void {
    this.wake();
    this.followers.record(entry, passing);
    this.alarms.atLatest(this.log.pruneDue());
  }

  /** Ends the connections that fit. @returns how many. */
  endAll(reason: CloseReason, fits: (connection: Connection) => boolean): number {
    const ended = this.connections.all.filter(fits);
    for (const connection of ended) this.end(connection, reason);
    return ended.length;
  }

  /** Does what is due, and sets the alarm for what is due next. The object adds its own duties after it. */
  alarm(): void {
    this.alarms.fired();
    this.wake();
    this.sessions.run();
    const due = this.log.pruneDue();
    if (due !== undefined && due <= Date.now()) this.log.prune();
    this.alarms.atLatest(this.log.pruneDue());
  }

  /** To be called first whenever anything happens that concerns the sockets. */
  wake(): void {
    // Under the kill switch sockets are closed at their next activity; publishing goes on.
    if (!this.#options.settings.REALTIME_ENABLED) this.endAll("disabled", () => true);
    this.sessions.sweep(false);
    if (this.#isAwake) return;
    this.#isAwake = true;
    // What was put away in the middle of a replay goes on with it.
    for (const connection of this.connections.all) {
      this.followers.serve(connection);
      this.#options.woke?.(connection);
    }
  }

  #refusal(session: Session, older: Connection | undefined): CloseReason | undefined {
    const { settings, channel, refusal } = this.#options;
    // Whoever comes again takes the place of the older connection.
    const size = this.connections.size - (older ? 1 : 0);
    if (size < settings.MAX_OBJECT_CONNECTIONS) return refusal?.(session);
    if (Date.now() - this.#reportedFullAt > REPORT_INTERVAL) {
      this.#reportedFullAt = Date.now();
      report("error", "an object holds as many connections as it may", { channel, connections: size });
    }
    return "overloaded";
  }

  #send(connection: Connection, frame: ServerFrame): void {
    connection.send(encode(frame));
  }
}

/** Whether a connection is ended because of what it did or has become, and not in the course of things. */
function isRefusal(reason: CloseReason): boolean {
  return !["bye", "shutdown", "relocated", "replaced", "kicked", "token_expired"].includes(reason);
}

/** Tells the Worker, which can close faster than an object, why an upgrade is refused. */
function refused(reason: CloseReason): Response {
  return new Response(null, { status: 403, headers: { [REFUSED_HEADER]: reason } });
}
