import type { ClientFrame } from "../../protocol/frames.ts";
import { formatPosition, type Position } from "../../protocol/position.ts";
import { type Frame, isType, readFrame, readFrames } from "./frame.ts";
import { numberAt, textAt } from "./json.ts";
import type { Ending } from "./verdict.ts";

/** The protocol's name; the module that defines it would bring the server's schemas into the page. */
const SUBPROTOCOL = "carillon.v1";
/** Characters that a subprotocol may have; a token with others travels in the query. */
const subprotocolGrammar = /^[\w.~+!#$%&'*^`|-]+$/;

/** What a frame to the server is, before it is JSON. */
export type Outgoing =
  | Extract<ClientFrame, { type: "ping" }>
  | { readonly type: "subscribe"; readonly ref: number; readonly channels: readonly Subscription[] }
  | { readonly type: "unsubscribe"; readonly ref: number; readonly channels: readonly string[] };

type Subscription = string | { readonly channel: string; readonly since: string };

/** What a connection tells the page. After `ended` it tells nothing more. */
export interface ConnectionEvents {
  received(frame: Frame): void;
  sent(frame: Frame): void;
  /** The last heartbeat's answer took so many ms; `undefined`: the next one is due and there was no answer. */
  heartbeat(roundTrip: number | undefined): void;
  ended(ending: Ending): void;
}

/** One WebSocket to `/connect`, with its heartbeat. */
export class Connection {
  readonly #socket: WebSocket;
  readonly #events: ConnectionEvents;
  #phase: "open" | "ended" = "open";
  #heartbeat: number | undefined;
  #pingedAt: number | undefined;

  constructor(
    target: { readonly token: string; readonly client: string; readonly since: Position | undefined },
    events: ConnectionEvents,
  ) {
    this.#events = events;
    const url = new URL("/connect", location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    url.searchParams.set("client", target.client);
    if (target.since) url.searchParams.set("since", formatPosition(target.since));
    const protocols = [SUBPROTOCOL];
    if (subprotocolGrammar.test(target.token)) protocols.push(`bearer.${target.token}`);
    else url.searchParams.set("token", target.token);
    this.#socket = new WebSocket(url, protocols);
    this.#socket.addEventListener("message", ({ data }) => this.#receive(data));
    this.#socket.addEventListener("close", ({ code, reason }) => this.#end({ by: "network", code, reason }));
  }

  send(frame: Outgoing): void {
    if (this.#phase === "ended" || this.#socket.readyState !== WebSocket.OPEN) return;
    this.#socket.send(JSON.stringify(frame));
    this.#events.sent(readFrame(frame));
  }

  close(): void {
    this.#end({ by: "person" });
  }

  #receive(message: unknown): void {
    for (const frame of readFrames(message)) {
      // The page may have ended the connection while it handled an earlier frame of this message.
      if (this.#phase === "ended") return;
      this.#events.received(frame);
      if (isType(frame, "welcome")) this.#startHeartbeat(numberAt(frame.fields, "heartbeat") ?? 25_000);
      if (isType(frame, "pong")) this.#answered();
      if (isType(frame, "close")) {
        // The closing handshake can take seconds to reach a browser, so the frame is what counts.
        const { fields } = frame;
        this.#end({
          by: "server",
          code: numberAt(fields, "code") ?? 1005,
          reason: textAt(fields, "reason") ?? "",
          message: textAt(fields, "message") ?? "",
        });
      }
    }
  }

  #startHeartbeat(interval: number): void {
    window.clearInterval(this.#heartbeat);
    this.#ping();
    this.#heartbeat = window.setInterval(() => this.#ping(), Math.max(interval, 1000));
  }

  #ping(): void {
    if (this.#pingedAt !== undefined) this.#events.heartbeat(undefined);
    this.#pingedAt = performance.now();
    // To the letter what the runtime answers without waking the object: no other field, no space.
    this.send({ type: "ping" });
  }

  #answered(): void {
    if (this.#pingedAt === undefined) return;
    this.#events.heartbeat(performance.now() - this.#pingedAt);
    this.#pingedAt = undefined;
  }

  #end(ending: Ending): void {
    if (this.#phase === "ended") return;
    this.#phase = "ended";
    window.clearInterval(this.#heartbeat);
    this.#socket.close(1000, "bye");
    this.#events.ended(ending);
  }
}
