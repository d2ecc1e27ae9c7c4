import type { CloseReason } from "../../protocol/close-codes.ts";
import { closeReasons } from "../../protocol/close-codes.ts";
import type { ServerFrame } from "../../protocol/frames.ts";
import { hasFields } from "../json.ts";
import type { SocketLike } from "../platform.ts";

/** What a client sent: a frame by its type, with whatever else it has. */
export type Frame = Readonly<Record<string, unknown>> & { readonly type: string };

/** The server's side of a socket. */
export interface Accepts {
  accept(socket: FakeSocket): void;
  take(socket: FakeSocket, frame: Frame): void;
  left(socket: FakeSocket): void;
}

type Listener = (event: { readonly type: string; readonly data?: unknown }) => void;

/** A WebSocket that leads to a server in the same program. Everything arrives a moment later, in its order. */
export class FakeSocket implements SocketLike {
  readonly url: URL;
  readonly protocols: readonly string[];
  readyState = 0;
  /** Whose connection it is, once it is greeted. */
  user: string | undefined;
  readonly #server: Accepts;
  readonly #listeners: { readonly type: string; readonly listener: Listener }[] = [];

  constructor(url: string, protocols: readonly string[], server: Accepts) {
    this.url = new URL(url);
    this.protocols = protocols;
    this.#server = server;
    queueMicrotask(() => {
      if (this.readyState !== 0) return;
      this.readyState = 1;
      server.accept(this);
    });
  }

  addEventListener(type: string, listener: Listener): void {
    this.#listeners.push({ type, listener });
  }

  /** The client's side: what it sends is taken when it has arrived. */
  send(message: string): void;
  /** The server's side. */
  send(frame: ServerFrame): void;
  send(message: string | ServerFrame): void {
    queueMicrotask(() => {
      if (this.readyState !== 1) return;
      if (typeof message !== "string") this.#tell("message", JSON.stringify(message));
      else for (const frame of framesOf(message)) this.#server.take(this, frame);
    });
  }

  close(): void {
    this.#leave();
  }

  /** The server ends it, and says why before. */
  end(reason: CloseReason): void {
    this.send({ type: "close", code: closeReasons[reason].code, reason });
    queueMicrotask(() => this.drop());
  }

  /** The network is gone: nobody says a word. */
  drop(): void {
    if (this.#leave()) queueMicrotask(() => this.#tell("close"));
  }

  #leave(): boolean {
    if (this.readyState === 3) return false;
    this.readyState = 3;
    this.#server.left(this);
    return true;
  }

  #tell(type: string, data?: unknown): void {
    for (const one of this.#listeners) if (one.type === type) one.listener({ type, data });
  }
}

function framesOf(message: string): Frame[] {
  const parsed: unknown = JSON.parse(message);
  return (Array.isArray(parsed) ? parsed : [parsed]).filter(isFrame);
}

function isFrame(value: unknown): value is Frame {
  return hasFields(value, "type") && typeof value.type === "string";
}
