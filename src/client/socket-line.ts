import type { ServerFrame } from "../protocol/frames.ts";
import { framesIn, type Outgoing, PING, SUBPROTOCOL } from "./frame.ts";
import { type Ending, endingOf, type Line, type LineEvents } from "./line.ts";
import type { Platform, SocketLike, Timer } from "./platform.ts";

/** How long the greeting, and the answer to a heartbeat, may take, in ms. */
const PATIENCE = 10_000;
/** A timer that is later than this, in ms, was not late: the device slept. */
export const SLEEP = 15_000;
/** What a subprotocol may hold; a token with other letters travels in the query. */
const subprotocolGrammar = /^[\w.~+!#$%&'*^`|-]+$/;
const OPEN = 1;

export interface SocketLineOptions {
  /** `wss://…/connect?client=…`. */
  readonly url: string;
  readonly token: string | undefined;
  readonly platform: Platform;
}

/** One WebSocket, from the upgrade to its end, with its heartbeat. */
export class SocketLine implements Line {
  readonly #platform: Platform;
  readonly #events: LineEvents;
  #socket: SocketLike | undefined;
  #isOver = false;
  /** The next heartbeat. */
  #beat: Timer | undefined;
  /** When nothing has come by then, nobody is there. */
  #deadline: Timer | undefined;
  /** When the next heartbeat is due: once the greeting has come. */
  #due: number | undefined;
  #pingedAt: number | undefined;

  /** @throws {Error} where the platform has no WebSocket, or does not open one to this address. */
  constructor({ url, token, platform }: SocketLineOptions, events: LineEvents) {
    this.#platform = platform;
    this.#events = events;
    const protocols = [SUBPROTOCOL];
    let address = url;
    if (token !== undefined) {
      if (subprotocolGrammar.test(token)) protocols.push(`bearer.${token}`);
      else address += `&token=${encodeURIComponent(token)}`;
    }
    if (!platform.WebSocket) throw new Error("There is no WebSocket here.");
    const socket = new platform.WebSocket(address, protocols);
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => this.#receive(data));
    // What went wrong before a connection closes says no more than that it closed.
    socket.addEventListener("error", () => undefined);
    // No `close` frame came before: the server died, or the network did.
    socket.addEventListener("close", () => this.#end({ verdict: "later", reason: "network" }));
    this.#await();
  }

  send(frame: Outgoing): void {
    this.#write(JSON.stringify(frame));
  }

  probe(): void {
    this.#pingedAt ??= this.#platform.now();
    this.#write(PING);
    this.#await();
  }

  close(): void {
    this.#isOver = true;
    this.#platform.clearTimeout(this.#beat);
    this.#platform.clearTimeout(this.#deadline);
    this.#socket?.close(1000);
    this.#socket = undefined;
  }

  #write(text: string): void {
    if (this.#socket?.readyState === OPEN) this.#socket.send(text);
  }

  #await(): void {
    this.#deadline ??= this.#platform.setTimeout(
      () => this.#end({ verdict: "later", reason: "timeout" }),
      PATIENCE,
    );
  }

  #beatIn(heartbeat: number): void {
    this.#platform.clearTimeout(this.#beat);
    this.#due = this.#platform.now() + heartbeat;
    this.#beat = this.#platform.setTimeout(() => {
      this.#noteSleep();
      this.probe();
      this.#beatIn(heartbeat);
    }, heartbeat);
  }

  #noteSleep(): void {
    if (this.#due !== undefined && this.#platform.now() > this.#due + SLEEP) this.#events.slept?.();
  }

  #receive(message: unknown): void {
    for (const frame of framesIn(message)) {
      // The connection may have been ended while an earlier frame of this message was handled.
      if (this.#isOver) return;
      this.#take(frame);
    }
  }

  #take(frame: ServerFrame): void {
    // Any frame is a sign of life, but until the greeting nothing is what was awaited.
    if (this.#due !== undefined || frame.type === "welcome") {
      this.#platform.clearTimeout(this.#deadline);
      this.#deadline = undefined;
    }
    if (frame.type === "pong") {
      if (this.#pingedAt !== undefined) this.#events.roundTrip?.(this.#platform.now() - this.#pingedAt);
      this.#pingedAt = undefined;
    } else if (frame.type === "close") {
      // Acted upon at once: the closing handshake can take seconds (rule C5).
      this.#end(endingOf(frame.reason));
    } else {
      if (frame.type === "welcome") this.#beatIn(frame.heartbeat);
      this.#events.frame(frame);
    }
  }

  #end(ending: Ending): void {
    if (this.#isOver) return;
    this.#noteSleep();
    this.close();
    this.#events.ended(ending);
  }
}
