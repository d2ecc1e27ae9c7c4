import type { Settings } from "../config/settings.ts";
import { describe, report } from "../operation/report.ts";
import type { CloseReason } from "../protocol/close-codes.ts";
import { bundle, type Decoded, decode, encode } from "../protocol/codec.ts";
import { CarillonError, errorKinds } from "../protocol/errors.ts";
import { type ClientFrame, PING, PONG, type Ref, SUBPROTOCOL } from "../protocol/frames.ts";
import type { Position } from "../protocol/position.ts";
import { isMeantFor, type Viewer } from "./aim.ts";
import { Alarms } from "./alarms.ts";
import { answerClose, type Connection, Connections } from "./connections.ts";
import type { PassingEvent } from "./entry.ts";
import type { Page } from "./follow.ts";
import { Log, type LogLimits, type Taken } from "./log.ts";
import type { Outcome, Publication } from "./publication.ts";
import { Pump } from "./pump.ts";
import { type Migrations, Schema } from "./schema.ts";
import { select } from "./select.ts";
import type { Session } from "./session.ts";

/** A frame that the hub does not answer by itself. */
export type Request = Exclude<ClientFrame, { type: "ping" }>;

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
  readonly answer: (connection: Connection, request: Request) => Promise<void>;
  /** A connection has ended, by either side; it is not listed any more. */
  readonly left: (connection: Connection) => Promise<void>;
  /** The object woke and holds this connection from before. */
  readonly woke?: (connection: Connection) => void;
}

/** What a publish did to this object. */
export interface Delivered {
  /** For each publication, for each of its events. */
  readonly outcomes: readonly (readonly Outcome[])[];
  /** Events that are not stored and have yet to be handed to followers. */
  readonly passing: readonly PassingEvent[];
  /** The lowest offset of what had been published before, if anything had. */
  readonly repeatedFrom: number | undefined;
}

/** How soon an object that was interrupted in a replay goes on with it. */
const RESUME_DELAY = 30_000;

/**
 * What every object with sockets has: its connections, its log, and the way from the log to its own sockets.
 */
export class Hub {
  readonly connections: Connections;
  readonly schema: Schema;
  readonly log: Log;
  readonly alarms: Alarms;
  readonly pump: Pump;
  readonly #ctx: DurableObjectState;
  readonly #options: HubOptions;
  #isAwake = false;

  constructor(ctx: DurableObjectState, options: HubOptions) {
    const { settings } = options;
    this.#ctx = ctx;
    this.#options = options;
    this.connections = new Connections(ctx);
    this.schema = new Schema(ctx.storage.sql, options.migrations);
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
    // Answered by the runtime, to the letter, without waking the object.
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair(PING, PONG));
    void ctx.blockConcurrencyWhile(() => this.alarms.load());
  }

  /** Takes over an upgrade: greets the connection and serves it from where it left off. */
  open(request: globalThis.Request, session: Session, channels: readonly string[]): Response {
    this.#wake();
    const { client, identity, since } = session;
    for (const older of this.connections.all) {
      const { attachment } = older;
      if (attachment.client === client && attachment.identity.userId === identity.userId) {
        this.end(older, "replaced");
      }
    }
    const pair = new WebSocketPair();
    const resumption = since && this.log.resume(since);
    const isReplay = resumption?.kind === "recovered";
    const connection = this.connections.accept(pair[1], {
      version: 1,
      connection: session.connection,
      client,
      identity,
      openedAt: Date.now(),
      own: isReplay ? { state: "behind", at: resumption.from.offset } : { state: "live" },
      rooms: {},
    });
    this.alarms.atLatest(identity.expiresAt);
    this.#send(connection, {
      type: "welcome",
      connection: session.connection,
      user: identity.userId,
      roles: identity.roles,
      channels: [...channels],
      position: isReplay && since ? since : this.log.top,
      recovered: resumption?.kind !== "lost",
      expiresAt: identity.expiresAt,
      heartbeat: this.#options.settings.HEARTBEAT_SECONDS * 1000,
    });
    if (isReplay) this.#serve(connection);
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

  /**
   * Answers that the connection follows `channel`, which lies in this object's own log: from `since`, or as it
   * does already.
   */
  subscribeOwn(
    connection: Connection,
    ref: Ref | undefined,
    channel: string,
    since: Position | undefined,
  ): void {
    const resumption = since && this.log.resume(since);
    if (since && resumption?.kind === "recovered") {
      connection.remember({ own: { state: "behind", at: resumption.from.offset } });
      this.#send(connection, { type: "subscribed", ref, channel, position: since, recovered: true });
      this.#serve(connection);
      return;
    }
    if (resumption) connection.remember({ own: { state: "live" } });
    const { own } = connection.attachment;
    const { epoch, offset } = this.log.top;
    const position = { epoch, offset: own.state === "behind" ? own.at : offset };
    this.#send(connection, { type: "subscribed", ref, channel, position, recovered: !resumption });
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
    const before = this.log.top.offset;
    const taken = publications.map((publication) => this.log.take(publication));
    const listeners = this.connections.all.filter(({ attachment }) => attachment.own.state === "live");
    const outcomes = publications.map(({ events }, index) =>
      events.map((event, place): Outcome => {
        const one = taken[index];
        if (!one || one.kind === "conflict") return idConflict;
        const offset = one.places[place]?.offset;
        const { aim, store } = event;
        const connections = aim
          ? listeners.filter(({ viewer }) => isMeantFor(aim, viewer)).length
          : listeners.length;
        const status = connections > 0 || !store ? "delivered" : "stored";
        const outcome: Outcome = { status, connections, duplicate: one.kind === "repeated" };
        return offset === undefined ? outcome : { ...outcome, offset };
      }),
    );
    for (let after = before; after < this.log.top.offset; ) {
      const page = this.log.read(after);
      this.#sendPage(listeners, page);
      after = page.upTo;
    }
    const passing = taken.flatMap((one) => (one.kind === "taken" ? one.passing : []));
    this.#sendPassing(listeners, passing);
    this.alarms.atLatest(this.log.pruneDue());
    return { outcomes, passing, repeatedFrom: lowestRepeated(taken) };
  }

  /** Does what is due. The object adds its own duties and then calls `rest`. */
  async alarm(): Promise<void> {
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
      if (connection.attachment.own.state === "behind") this.#serve(connection);
      this.#options.woke?.(connection);
    }
  }

  async #answer(connection: Connection, decoded: Decoded): Promise<void> {
    if (!connection.isOpen) return;
    if (decoded.kind === "unknown") {
      const error = new CarillonError("unknown_type", `This server knows no "${decoded.type}" frame.`);
      return this.refuse(connection, decoded.ref, error);
    }
    const { frame } = decoded;
    if (frame.type === "ping") return this.#send(connection, { type: "pong", ref: frame.ref });
    try {
      await this.#options.answer(connection, frame);
    } catch (error) {
      this.refuse(connection, frame.ref, error);
    }
  }

  #sendPage(listeners: readonly Connection[], page: Page): void {
    const { settings, channel, maySee } = this.#options;
    // One text serves all, unless something in the page is not for everybody.
    const isForAll = maySee === undefined && page.entries.every(({ aim }) => aim === undefined);
    const common = isForAll ? bundle(page.entries.map(({ frame }) => frame)) : undefined;
    for (const connection of listeners) {
      if (!connection.isOpen || connection.attachment.own.state !== "live") continue;
      if ((connection.buffered ?? 0) > settings.SEND_BUFFER_BYTES) {
        connection.remember({ own: { state: "behind", at: page.after } });
        this.#serve(connection);
        continue;
      }
      const text = common ?? bundle(select(page, channel, connection.viewer, maySee ?? anyone).frames);
      if (!connection.send(text)) this.end(connection, "overloaded");
    }
  }

  #sendPassing(listeners: readonly Connection[], passing: readonly PassingEvent[]): void {
    if (passing.length === 0) return;
    const maySee = this.#options.maySee ?? anyone;
    for (const connection of listeners) {
      if (!connection.isOpen || connection.attachment.own.state !== "live") continue;
      const { viewer } = connection;
      const meant = passing.filter(({ aim, channel }) => isMeantFor(aim, viewer) && maySee(channel, viewer));
      if (meant.length > 0) connection.send(bundle(meant.map(({ frame }) => frame)));
    }
  }

  #serve(connection: Connection): void {
    const { channel, maySee } = this.#options;
    this.pump.serve(connection, {
      channel,
      maySee: maySee ?? anyone,
      behindAt: () => {
        const { own } = connection.attachment;
        return own.state === "behind" ? own.at : undefined;
      },
      read: (after) => {
        const { epoch } = this.log.top;
        return this.log.resume({ epoch, offset: after }).kind === "lost" ? "lost" : this.log.read(after);
      },
      advance: ({ upTo }) => {
        const isLive = upTo >= this.log.top.offset;
        connection.remember({ own: isLive ? { state: "live" } : { state: "behind", at: upTo } });
        return isLive;
      },
      lose: () => this.end(connection, "relocated"),
    });
    // Should the object be put away before the replay is over, the alarm wakes it to go on.
    if (connection.attachment.own.state === "behind") this.alarms.atLatest(Date.now() + RESUME_DELAY);
  }

  #send(connection: Connection, frame: Parameters<typeof encode>[0]): void {
    connection.send(encode(frame));
  }
}

const anyone = () => true;

const idConflict: Outcome = {
  status: "failed",
  code: "id_conflict",
  message: "The id was used before with other content.",
};

function lowestRepeated(taken: readonly Taken[]): number | undefined {
  const offsets = taken.flatMap((one) =>
    one.kind === "repeated" ? one.places.flatMap(({ offset }) => offset ?? []) : [],
  );
  return offsets.length > 0 ? Math.min(...offsets) : undefined;
}
