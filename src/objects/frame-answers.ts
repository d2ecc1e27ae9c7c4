import { verifyToken } from "../auth/credentials.ts";
import type { Identity } from "../auth/identity.ts";
import type { Settings } from "../config/settings.ts";
import { tally } from "../operation/metrics-tally.ts";
import { describe, report } from "../operation/report.ts";
import type { CloseReason } from "../protocol/close-codes.ts";
import { type Decoded, decode, encode } from "../protocol/codec.ts";
import { CarillonError, errorKinds } from "../protocol/errors.ts";
import type { ClientFrame, Ref, ServerFrame } from "../protocol/frames.ts";
import type { Connection } from "./connections.ts";
import type { Log } from "./log.ts";
import { type Bucket, type Rate, refill, spend } from "./rate.ts";
import type { Sessions } from "./sessions.ts";

/** Who a credential's user is by the word of the user's object: what the backend has said of them counts. */
export type Identification =
  | { readonly kind: "known"; readonly identity: Identity }
  /** The credential was revoked. */
  | { readonly kind: "revoked" };

/** A frame that each kind of object answers in its own way. */
export type FrameRequest = Extract<
  ClientFrame,
  { type: "subscribe" | "unsubscribe" | "publish" | "presence" | "mark" }
>;

/** What kinds of object do differently with frames. */
export interface FrameHandlers {
  /** Answers a frame. What it does before its first `await` happens in the order of the frames. */
  readonly answer: (connection: Connection, request: FrameRequest) => Promise<void>;
  /** As whom a connection goes on that renews its credential, or that it may not. */
  readonly renewal: (identity: Identity) => Promise<Identification>;
  /** A connection goes on with a renewed identity: it leaves what that may not follow. */
  readonly renewed: (connection: Connection) => void;
  /** A client has received the log up to an offset. */
  readonly acknowledged?: (connection: Connection, upTo: number) => void;
}

export interface FrameAnswersOptions {
  readonly settings: Settings;
  readonly log: Log;
  readonly sessions: Sessions;
  readonly handlers: FrameHandlers;
  readonly end: (connection: Connection, reason: CloseReason, message?: string) => void;
}

/** Answers what clients send: reads the frames, holds each connection to its rate, and tells errors. */
export class FrameAnswers {
  readonly #options: FrameAnswersOptions;
  readonly #rate: Rate;
  readonly #renewals = new WeakMap<Connection, Promise<void>>();

  constructor(options: FrameAnswersOptions) {
    const { MESSAGE_BURST, MESSAGES_PER_WINDOW, MESSAGE_WINDOW_SECONDS, MESSAGE_PATIENCE } = options.settings;
    this.#options = options;
    this.#rate = {
      burst: MESSAGE_BURST,
      perSecond: MESSAGES_PER_WINDOW / MESSAGE_WINDOW_SECONDS,
      patience: MESSAGE_PATIENCE,
    };
  }

  /** What a new connection may send. */
  fullBucket(): Bucket {
    return { tokens: this.#rate.burst, at: Date.now() };
  }

  /** Notes that a message came, which is a sign of life, before anything else is done with it. */
  hear(connection: Connection): void {
    connection.remember({ bucket: refill(connection.attachment.bucket, Date.now(), this.#rate) });
  }

  /** Answers one WebSocket message: a frame, or several. */
  async take(connection: Connection, message: string | ArrayBuffer): Promise<void> {
    const { settings, end } = this.#options;
    if (connection.attachment.identity.expiresAt <= Date.now()) return end(connection, "token_expired");
    const result = decode(message, settings.MAX_FRAME_BYTES);
    if (result.kind === "refused") {
      tally.count("carillon_frames_received_total", { type: "invalid" });
      return end(connection, result.reason, result.message);
    }
    for (const decoded of result.frames) {
      const type = decoded.kind === "unknown" ? "unknown" : decoded.frame.type;
      tally.count("carillon_frames_received_total", { type });
    }
    await Promise.all(result.frames.map((decoded) => this.#takeOne(connection, decoded)));
  }

  /** Answers a request with an error; the connection stays. */
  refuse(connection: Connection, ref: Ref | undefined, error: unknown, channel?: string): void {
    const known = error instanceof CarillonError ? error : undefined;
    if (!known) report("error", "frame failed", describe(error));
    const code = known?.code ?? "internal";
    tally.count("carillon_refusals_total", { at: "frame", code });
    const { retryable, title } = errorKinds[code];
    const message = known?.message ?? title;
    send(connection, { type: "error", ref, code, message, retryable, channel });
  }

  async #takeOne(connection: Connection, decoded: Decoded): Promise<void> {
    if (!connection.isOpen) return;
    const { kind, bucket } = spend(connection.attachment.bucket, Date.now(), this.#rate);
    connection.remember({ bucket });
    if (kind === "exhausted") return this.#options.end(connection, "rate_limited");
    try {
      if (kind === "refused") throw new CarillonError("rate_limited", "Frames come too fast; slow down.");
      await this.#answer(connection, decoded);
    } catch (error) {
      this.refuse(connection, refOf(decoded), error);
    }
  }

  async #answer(connection: Connection, decoded: Decoded): Promise<void> {
    if (decoded.kind === "unknown") {
      throw new CarillonError("unknown_type", `This server knows no "${decoded.type}" frame.`);
    }
    const { frame } = decoded;
    switch (frame.type) {
      case "ping":
        send(connection, { type: "pong", ref: frame.ref });
        return;
      case "ack":
        this.#acknowledge(connection, frame.offset);
        return;
      case "auth":
        await this.#renewInTurn(connection, frame.ref, frame.token);
        return;
      default:
        await this.#options.handlers.answer(connection, frame);
    }
  }

  #acknowledge(connection: Connection, offset: number): void {
    const { log, handlers } = this.#options;
    const upTo = Math.min(offset, log.top.offset);
    connection.acknowledge(upTo);
    handlers.acknowledged?.(connection, upTo);
  }

  /** Renewals of one connection happen in the order of their frames. */
  async #renewInTurn(connection: Connection, ref: Ref | undefined, token: string): Promise<void> {
    const before = this.#renewals.get(connection);
    const renewal = (async () => {
      await before?.catch(() => undefined);
      if (connection.isOpen) await this.#renew(connection, ref, token);
    })();
    this.#renewals.set(connection, renewal);
    await renewal;
  }

  /** Goes on with a renewed identity of the same user. */
  async #renew(connection: Connection, ref: Ref | undefined, token: string): Promise<void> {
    const { settings, sessions, handlers, end } = this.#options;
    const claimed = await verifyToken(token, settings, Date.now());
    if (claimed.userId !== connection.attachment.identity.userId) return end(connection, "forbidden");
    const identification = await handlers.renewal(claimed);
    if (!connection.isOpen) return;
    if (identification.kind === "revoked") return end(connection, "unauthorized");
    const { identity } = identification;
    connection.remember({ identity, expiryTold: false });
    sessions.watch(connection);
    send(connection, { type: "ok", ref, expiresAt: identity.expiresAt });
    handlers.renewed(connection);
  }
}

function send(connection: Connection, frame: ServerFrame): void {
  connection.send(encode(frame));
}

function refOf(decoded: Decoded): Ref | undefined {
  if (decoded.kind === "unknown") return decoded.ref;
  return "ref" in decoded.frame ? decoded.frame.ref : undefined;
}
