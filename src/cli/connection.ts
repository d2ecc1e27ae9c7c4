import { WebSocket } from "ws";
import { type ServerFrame, type ServerFrameOf, SUBPROTOCOL, serverFrame } from "../protocol/frames.ts";
import { formatPosition, type Position } from "../protocol/position.ts";
import { Failure } from "./command.ts";
import { isLoopback } from "./exchange.ts";
import { reasonFor } from "./reason.ts";

/** How long one frame may be awaited, in milliseconds. */
const PATIENCE = 10_000;
/** How long the closing handshake may take, in milliseconds. */
const CLOSING = 2_000;

type Type = ServerFrame["type"];

/** Whoever awaits a frame. It takes the frame that fits, or is told why none will come. */
interface Waiter {
  readonly type: Type;
  readonly take: (frame: ServerFrame) => boolean;
  readonly fail: (why: string) => void;
}

type State = { readonly kind: "open" } | { readonly kind: "ended"; readonly why: string };

/**
 * One WebSocket of a user, read frame by frame. What nobody awaited yet waits in the inbox, in order.
 *
 * @example
 * const connection = new Connection(service, token, { signal });
 * const welcome = await connection.next("welcome", "the greeting");
 */
export class Connection {
  readonly #socket: WebSocket;
  readonly #waiters = new Set<Waiter>();
  readonly #inbox: ServerFrame[] = [];
  readonly #seen: string[] = [];
  #state: State = { kind: "open" };

  constructor(service: URL, token: string, more: { since?: Position; signal: AbortSignal }) {
    const url = new URL("connect", service);
    if (more.since) url.searchParams.set("since", formatPosition(more.since));
    url.protocol = service.protocol === "https:" ? "wss:" : "ws:";
    // As a browser would send it, and unlike a query it stands in nobody's logs.
    this.#socket = new WebSocket(url, [SUBPROTOCOL, `bearer.${token}`], {
      rejectUnauthorized: !isLoopback(service),
    });
    this.#socket.on("message", (data) => this.#read(String(data)));
    this.#socket.on("error", (error) => this.#end(reasonFor(error)));
    this.#socket.on("close", (code, reason) => {
      this.#end(`the connection was closed with ${code} ${String(reason)}`.trim());
    });
    more.signal.addEventListener("abort", () => this.#end(reasonFor(more.signal.reason)), { once: true });
  }

  /** Sends one frame, given as text. */
  send(frame: string): void {
    this.#socket.send(frame);
  }

  /**
   * Takes the next frame of a type that fits, one that is here already or one that comes.
   *
   * @param what is awaited, for the message when it does not come: "the event in the room".
   * @throws {Failure} when it does not come in time, or an error or the connection's end comes first.
   */
  next<Wanted extends Type>(
    type: Wanted,
    what: string,
    fits: (frame: ServerFrameOf<Wanted>) => boolean = () => true,
  ): Promise<ServerFrameOf<Wanted>> {
    const { promise, resolve, reject } = Promise.withResolvers<ServerFrameOf<Wanted>>();
    const waiter: Waiter = {
      type,
      take: (frame) => {
        if (!isOf(frame, type) || !fits(frame)) return false;
        resolve(frame);
        return true;
      },
      fail: (why) => {
        const seen = this.#seen.join(", ") || "nothing";
        reject(new Failure(`awaited ${what}, but ${why} (received: ${seen})`));
      },
    };
    const here = this.#inbox.findIndex((frame) => waiter.take(frame));
    if (here !== -1) this.#inbox.splice(here, 1);
    else if (this.#state.kind === "ended") waiter.fail(this.#state.why);
    else this.#await(waiter, promise);
    return promise;
  }

  /** Takes all frames of a type that are here and that nobody took, in the order in which they came. */
  taken<Wanted extends Type>(type: Wanted): ServerFrameOf<Wanted>[] {
    const frames = this.#inbox.filter((frame) => isOf(frame, type));
    const others = this.#inbox.filter((frame) => !isOf(frame, type));
    this.#inbox.splice(0, this.#inbox.length, ...others);
    return frames;
  }

  /** Closes the connection and waits until the other side has, but not for long. */
  async close(): Promise<void> {
    if (this.#socket.readyState === WebSocket.CLOSED) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#socket.once("close", () => resolve());
    const timer = setTimeout(() => this.#socket.terminate(), CLOSING);
    this.#socket.close(1000);
    await promise;
    clearTimeout(timer);
  }

  /** Ends the connection at once, without a handshake. */
  drop(): void {
    this.#socket.terminate();
  }

  #await(waiter: Waiter, promise: Promise<unknown>): void {
    this.#waiters.add(waiter);
    const timer = setTimeout(() => waiter.fail(`nothing fit within ${PATIENCE / 1000} s`), PATIENCE);
    const done = () => {
      clearTimeout(timer);
      this.#waiters.delete(waiter);
    };
    promise.then(done, done);
  }

  #read(message: string): void {
    try {
      const value: unknown = JSON.parse(message);
      for (const frame of Array.isArray(value) ? value : [value]) this.#receive(frame);
    } catch {
      this.#end("the server sent what is not JSON");
    }
  }

  #receive(value: unknown): void {
    const parsed = serverFrame.safeParse(value);
    if (!parsed.success) {
      // A newer server may send types that this command does not know; those it knows must be right.
      const [issue] = parsed.error.issues;
      if (issue?.code === "invalid_union" && issue.path[0] === "type") return;
      this.#end(`the server sent a frame whose ${issue?.path.join(".")} is wrong: ${issue?.message}`);
      return;
    }
    const frame = parsed.data;
    this.#seen.push(frame.type);
    const taker = [...this.#waiters].find((waiter) => waiter.take(frame));
    if (taker) {
      this.#waiters.delete(taker);
      return;
    }
    if (frame.type === "error" && this.#waiters.size > 0) {
      for (const waiter of this.#waiters) waiter.fail(`an error came: ${frame.code}: ${frame.message}`);
      return;
    }
    this.#inbox.push(frame);
    if (frame.type === "close") {
      this.#end(`the server closed with ${frame.code} ${frame.reason}: ${frame.message ?? ""}`.trim());
    }
  }

  #end(why: string): void {
    if (this.#state.kind === "ended") return;
    this.#state = { kind: "ended", why };
    for (const waiter of this.#waiters) waiter.fail(why);
    this.#waiters.clear();
  }
}

function isOf<Wanted extends Type>(frame: ServerFrame, type: Wanted): frame is ServerFrameOf<Wanted> {
  return frame.type === type;
}
