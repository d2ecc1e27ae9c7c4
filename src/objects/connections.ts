import { type CloseReason, closeReasons } from "../protocol/close-codes.ts";
import { encode } from "../protocol/codec.ts";
import type { Viewer } from "./aim.ts";
import { type Attachment, eraseAttachment, readAttachment, writeAttachment } from "./attachment.ts";

/** Marks in what was sent that lie closer than this need not be told apart. */
const MARK_BYTES = 4096;

/** One open WebSocket of an object, with what it remembers. */
export class Connection {
  readonly ws: WebSocket;
  #attachment: Attachment;
  #isOpen = true;
  #sentBytes = 0;
  /** What of the own log had been sent when its entries up to an offset had been; kept for clients that acknowledge. */
  #marks: { upTo: number; sentBytes: number }[] | undefined;
  #ackedBytes = 0;
  #sentUpTo: number | undefined;
  readonly #moved: (() => void) | undefined;

  /** @param moved called when it becomes live in the own log, or falls behind. */
  constructor(ws: WebSocket, attachment: Attachment, moved?: () => void) {
    this.ws = ws;
    this.#attachment = attachment;
    this.#moved = moved;
  }

  get attachment(): Attachment {
    return this.#attachment;
  }

  /** False from the moment the server decides to close it, or learns that it is closed. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  get viewer(): Viewer {
    return this.#attachment;
  }

  /** Up to where it was sent the own log, if it was sent any of it in this waking. */
  get sentUpTo(): number | undefined {
    return this.#sentUpTo;
  }

  /** Changes what the socket remembers, across hibernation too. */
  remember(change: Partial<Omit<Attachment, "version" | "connection">>): void {
    this.#attachment = { ...this.#attachment, ...change };
    if (this.#isOpen) writeAttachment(this.ws, this.#attachment);
    if (change.own) this.#moved?.();
  }

  /**
   * Bytes that wait to be taken by the other side: what the runtime tells, else what a client that acknowledges has not
   * acknowledged yet, else nothing is known.
   */
  get buffered(): number | undefined {
    const { bufferedAmount } = this.ws as { bufferedAmount?: unknown };
    if (typeof bufferedAmount === "number") return bufferedAmount;
    return this.#marks && this.#sentBytes - this.#ackedBytes;
  }

  /** The own log's entries up to this offset have been sent, in a message of so many characters. */
  markSent(upTo: number, length: number): void {
    this.#sentUpTo = upTo;
    this.#sentBytes += length;
    if (!this.#marks) return;
    const last = this.#marks.at(-1);
    if (last && this.#sentBytes - last.sentBytes < MARK_BYTES) last.upTo = upTo;
    else this.#marks.push({ upTo, sentBytes: this.#sentBytes });
  }

  /** The client asked for the own log again from an earlier offset: what was sent before does not count any more. */
  forgetSent(): void {
    this.#sentUpTo = undefined;
    if (!this.#marks) return;
    this.#marks = [];
    this.#ackedBytes = this.#sentBytes;
  }

  /** The client has received the own log up to this offset, and so everything that was sent before. */
  acknowledge(upTo: number): void {
    this.#marks ??= [{ upTo, sentBytes: this.#sentBytes }];
    while (this.#marks[0] && this.#marks[0].upTo <= upTo) {
      this.#ackedBytes = this.#marks.shift()?.sentBytes ?? this.#ackedBytes;
    }
  }

  /** Sends one message. Answers false where the socket is beyond use; the caller then lets go of it. */
  send(message: string): boolean {
    if (!this.#isOpen) return false;
    try {
      this.ws.send(message);
      return true;
    } catch {
      return false;
    }
  }

  markClosed(): void {
    this.#isOpen = false;
  }
}

/**
 * The open sockets of one object. The list is read from the runtime once for each waking and then kept: asking the
 * runtime wakes the wrapper of every socket (docs/decisions.md).
 */
export class Connections {
  readonly #ctx: DurableObjectState;
  #bySocket: Map<WebSocket, Connection> | undefined;
  #list: readonly Connection[] | undefined;
  #live: readonly Connection[] | undefined;

  constructor(ctx: DurableObjectState) {
    this.#ctx = ctx;
  }

  /** When the next connection counts as opened (ms): now, but after all others, so that their order is known. */
  get nextOpenedAt(): number {
    return this.all.reduce((latest, { attachment }) => Math.max(latest, attachment.openedAt + 1), Date.now());
  }

  /** All that are open, in no order: the runtime forgets it when the object sleeps. */
  get all(): readonly Connection[] {
    this.#list ??= [...this.#load().values()];
    return this.#list;
  }

  /** Those that receive the object's own log as it comes. */
  get live(): readonly Connection[] {
    this.#live ??= this.all.filter(({ attachment }) => attachment.own.state === "live");
    return this.#live;
  }

  get size(): number {
    return this.#load().size;
  }

  find(ws: WebSocket): Connection | undefined {
    return this.#load().get(ws);
  }

  /** Takes over a socket, to be held across hibernation. */
  accept(ws: WebSocket, attachment: Attachment): Connection {
    const connections = this.#load();
    this.#ctx.acceptWebSocket(ws);
    writeAttachment(ws, attachment);
    const connection = this.#connect(ws, attachment);
    connections.set(ws, connection);
    this.#list = undefined;
    this.#live = undefined;
    return connection;
  }

  /** Says why, then closes. The connection is not listed any more when this returns. */
  end(connection: Connection, reason: CloseReason, message?: string): void {
    const { code } = closeReasons[reason];
    connection.send(encode({ type: "close", code, reason, ...(message !== undefined && { message }) }));
    this.forget(connection);
    try {
      connection.ws.close(code, reason);
    } catch {
      // It was closed already; there is nobody left to tell.
    }
  }

  /**
   * The connection of a socket whose close is being told, once. After waking such a socket is not open any more and
   * so not among `all`; only what it remembers is left of it.
   */
  takeClosed(ws: WebSocket): Connection | undefined {
    const attachment = readAttachment(ws);
    const connection = this.#load().get(ws) ?? (attachment && this.#connect(ws, attachment));
    if (connection) this.forget(connection);
    return connection;
  }

  /** When a connection last gave a sign of life (ms): a heartbeat that the runtime answered, or a frame. */
  lastHeard({ ws, attachment }: Connection): number {
    const ping = this.#ctx.getWebSocketAutoResponseTimestamp(ws)?.getTime() ?? 0;
    return Math.max(ping, attachment.bucket.at, attachment.openedAt);
  }

  /** Lets go of a connection whose socket is closed. */
  forget(connection: Connection): void {
    connection.markClosed();
    eraseAttachment(connection.ws);
    this.#load().delete(connection.ws);
    this.#list = undefined;
    this.#live = undefined;
  }

  #connect(ws: WebSocket, attachment: Attachment): Connection {
    return new Connection(ws, attachment, () => {
      this.#live = undefined;
    });
  }

  #load(): Map<WebSocket, Connection> {
    if (this.#bySocket) return this.#bySocket;
    this.#bySocket = new Map();
    for (const ws of this.#ctx.getWebSockets()) {
      if (ws.readyState !== WebSocket.OPEN) continue;
      const attachment = readAttachment(ws);
      if (attachment) this.#bySocket.set(ws, this.#connect(ws, attachment));
      else ws.close(closeReasons.relocated.code, "relocated");
    }
    return this.#bySocket;
  }
}

/**
 * Answers the other side's close as the platform wants it: 1005 (no code) with a plain close, 1006 and 1015 (no
 * handshake took place) not at all, anything else with the same code.
 */
export function answerClose(ws: WebSocket, code: number, reason: string): void {
  if (code === 1006 || code === 1015) return;
  try {
    if (code === 1005) ws.close();
    else ws.close(code, shortened(reason));
  } catch {
    // The runtime had completed the handshake by itself.
  }
}

/** A close reason has at most 123 bytes. */
function shortened(reason: string): string {
  return new TextDecoder().decode(new TextEncoder().encode(reason).slice(0, 123)).replace(/\uFFFD+$/, "");
}
