import type { Settings } from "../config/settings.ts";
import { describe, report } from "../operation/report.ts";
import type { CloseReason } from "../protocol/close-codes.ts";
import { type Decoded, decode, encode } from "../protocol/codec.ts";
import { CarillonError, errorKinds } from "../protocol/errors.ts";
import { type ClientFrame, PING, PONG, type Ref, type ServerFrame, SUBPROTOCOL } from "../protocol/frames.ts";
import type { Viewer } from "./aim.ts";
import { Alarms } from "./alarms.ts";
import { answerClose, type Connection, Connections } from "./connections.ts";
import { Log, type LogLimits } from "./log.ts";
import type { Publication } from "./publication.ts";
import { Pump } from "./pump.ts";
import { type Migrations, Schema } from "./schema.ts";
import type { Session } from "./session.ts";
import { type Delivered, SocketFollowers } from "./socket-followers.ts";

/** A frame that the hub does not answer by itself. */
export type FrameRequest = Exclude<ClientFrame, { type: "ping" }>;

/** What a user's object and a room's object do differently with their sockets. */
export interface HubOptions {
  readonly settings: Settings;
  readonly migrations: Migrations;
  readonly limits: Pick<LogLimits, "events" | "days">;
  /** The name of the log: the user's channel, or the room. */
  readonly channel: string;
  /** Whether a viewer may see events of a channel of this log now. Absent where all of them always may. */
  readonly maySee?: (channel: string, viewer: Viewer) => boolean;
  /** Answers a frame. What it does before its first `await` happens in the order of the frames. */
  readonly answer: (connection: Connection, request: FrameRequest) => Promise<void>;
  /** A connection has ended, by either side; it is not listed any more. */
  readonly left: (connection: Connection) => Promise<void>;
  /** The object woke and holds this connection from before. */
  readonly woke?: (connection: Connection) => void;
}

/** What every object with sockets has: its connections, its log, and the sockets' way through both. */
export class Hub {
  readonly connections: Connections;
  readonly schema: Schema;
  readonly log: Log;
  readonly alarms: Alarms;
  readonly pump: Pump;
  readonly followers: SocketFollowers;
  readonly #ctx: DurableObjectState;
  readonly #options: HubOptions;
  #isAwake = false;

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
    this.log = new Log(ctx.storage.sql, this.schema, limits, Date.now);
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
    });
    this.followers = new SocketFollowers({
      log: this.log,
      connections: this.connections,
      pump: this.pump,
      channel,
      maySee,
      bufferBytes: settings.SEND_BUFFER_BYTES,
      now: Date.now,
      wakeAt: (time) => this.alarms.atLatest(time),
      end: (connection, reason) => this.end(connection, reason),
    });
    // Answered by the runtime, to the letter, without waking the object.
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair(PING, PONG));
    void ctx.blockConcurrencyWhile(() => this.alarms.load());
  }

  /** Takes over an upgrade: greets the connection and serves it from where it left off. */
  open(request: Request, session: Session, channels: readonly string[]): Response {
    this.#wake();
    const { client, identity } = session;
    for (const older of this.connections.all) {
      const { attachment } = older;
      if (attachment.client === client && attachment.identity.userId === identity.userId) {
        this.end(older, "replaced");
      }
    }
    const { cursor, position, recovered } = this.followers.begin(session.since);
    const pair = new WebSocketPair();
    const connection = this.connections.accept(pair[1], {
      version: 1,
      connection: session.connection,
      client,
      identity,
      openedAt: Date.now(),
      own: cursor,
      rooms: {},
    });
    this.alarms.atLatest(identity.expiresAt);
    this.#send(connection, {
      type: "welcome",
      connection: session.connection,
      user: identity.userId,
      roles: identity.roles,
      channels: [...channels],
      position,
      recovered,
      expiresAt: identity.expiresAt,
      heartbeat: this.#options.settings.HEARTBEAT_SECONDS * 1000,
    });
    this.followers.serve(connection);
    const headers = new Headers();
    const offered = request.headers.get("Sec-WebSocket-Protocol") ?? "";
    if (offered.split(",").some((protocol) => protocol.trim() === SUBPROTOCOL)) {
      headers.set("Sec-WebSocket-Protocol", SUBPROTOCOL);
    }
    return new Response(null, { status: 101, webSocket: pair[0], headers });
  }

  /** Answers one WebSocket message: a frame, or several. */
  async message(ws: WebSocket, message: string | ArrayBuffer): Promise<void> {
    this.#wake();
    const connection = this.connections.find(ws);
    if (!connection) return;
    if (connection.attachment.identity.expiresAt <= Date.now()) return this.end(connection, "token_expired");
    const result = decode(message, this.#options.settings.MAX_FRAME_BYTES);
    if (result.kind === "refused") return this.end(connection, result.reason, result.message);
    await Promise.all(result.frames.map((decoded) => this.#answer(connection, decoded)));
  }

  /** The other side closed, or the connection broke. */
  async closed(ws: WebSocket, code: number, reason: string): Promise<void> {
    const connection = this.connections.takeClosed(ws);
    answerClose(ws, code, reason);
    if (connection) await this.#options.left(connection);
  }

  /** Ends a connection, telling it why. */
  end(connection: Connection, reason: CloseReason, message?: string): void {
    if (!connection.isOpen) return;
    this.connections.end(connection, reason, message);
    this.#ctx.waitUntil(this.#options.left(connection));
  }

  answerUnsubscribed(
    connection: Connection,
    ref: Ref | undefined,
    channel: string,
    code: "requested" | "forbidden",
  ): void {
    this.#send(connection, { type: "unsubscribed", ref, channel, code });
  }

  /** Answers a request with an error; the connection stays. */
  refuse(connection: Connection, ref: Ref | undefined, error: unknown, channel?: string): void {
    const known = error instanceof CarillonError ? error : undefined;
    if (!known) report("error", "frame failed", describe(error));
    const code = known?.code ?? "internal";
    const { retryable, title } = errorKinds[code];
    this.#send(connection, {
      type: "error",
      ref,
      code,
      message: known?.message ?? title,
      retryable,
      channel,
    });
  }

  /** Stores publications and hands them to this object's own sockets, all in one synchronous block. */
  deliver(publications: readonly Publication[]): Delivered {
    this.#wake();
    const delivered = this.followers.deliver(publications);
    this.alarms.atLatest(this.log.pruneDue());
    return delivered;
  }

  /** Does what is due. The object adds its own duties and then calls `rest`. */
  alarm(): void {
    this.alarms.fired();
    this.#wake();
    const now = Date.now();
    for (const connection of this.connections.all) {
      if (connection.attachment.identity.expiresAt <= now) this.end(connection, "token_expired");
    }
    const due = this.log.pruneDue();
    if (due !== undefined && due <= now) this.log.prune();
  }

  /** Sets the alarm for what is due next. */
  rest(): void {
    for (const { attachment } of this.connections.all) this.alarms.atLatest(attachment.identity.expiresAt);
    this.alarms.atLatest(this.log.pruneDue());
  }

  /** An object that was put away in the middle of a replay goes on with it when it wakes. */
  #wake(): void {
    if (this.#isAwake) return;
    this.#isAwake = true;
    for (const connection of this.connections.all) {
      this.followers.serve(connection);
      this.#options.woke?.(connection);
    }
  }

  async #answer(connection: Connection, decoded: Decoded): Promise<void> {
    if (!connection.isOpen) return;
    if (decoded.kind === "unknown") {
      const error = new CarillonError("unknown_type", `This server knows no "${decoded.type}" frame.`);
      this.refuse(connection, decoded.ref, error);
      return;
    }
    const { frame } = decoded;
    if (frame.type === "ping") {
      this.#send(connection, { type: "pong", ref: frame.ref });
      return;
    }
    try {
      await this.#options.answer(connection, frame);
    } catch (error) {
      this.refuse(connection, frame.ref, error);
    }
  }

  #send(connection: Connection, frame: ServerFrame): void {
    connection.send(encode(frame));
  }
}
