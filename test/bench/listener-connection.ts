import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";
import { z } from "zod";
import { PING, SUBPROTOCOL, serverFrame } from "../../src/protocol/frames.ts";
import { formatPosition } from "../../src/protocol/position.ts";
import { microseconds } from "./clock.ts";
import { EventScanner, holdsEvents, type ScannedEvent } from "./event-scanner.ts";
import { FrameReader } from "./frame-reader.ts";
import { Ledger } from "./ledger.ts";

const LIVE = Buffer.from('"type":"live"');
const HEAD_END = "\r\n\r\n";
/** A text frame as clients send it, with a mask of zeros. */
const PING_FRAME = Buffer.concat([Buffer.from([0x81, 0x80 | PING.length, 0, 0, 0, 0]), Buffer.from(PING)]);

/**
 * All sockets of this process read into one buffer: what is read is handed over before the next read begins, and
 * nothing is kept of it. A buffer for each read costs more than all the rest.
 */
const shared = Buffer.allocUnsafe(262_144);
const scanner = new EventScanner();
const control = z.union([serverFrame, z.array(serverFrame)]);

type State =
  | { readonly kind: "none" }
  /** Connecting: `until` says which frame completes it. */
  | {
      readonly kind: "opening";
      readonly until: "welcome" | "live";
      readonly done: () => void;
      readonly fail: (error: Error) => void;
    }
  | { readonly kind: "open" }
  | { readonly kind: "ended"; readonly why: string };

export interface ListenerOptions {
  readonly port: number;
  /** Path of the upgrade, without a query. */
  readonly path: string;
  readonly token: string;
  /** Names the device, the same when it comes again. */
  readonly client: string;
  /** Told of the events of each message, when they came, and how many of them were new. */
  readonly received: (events: readonly ScannedEvent[], at: number, fresh: number) => void;
}

/**
 * One WebSocket of the load generator: as little work as possible for each event, so that the server under test and
 * not this is measured.
 */
export class ListenerConnection {
  readonly ledger = new Ledger();
  readonly #options: ListenerOptions;
  #epoch = "0";
  #socket: Socket | undefined;
  #state: State = { kind: "none" };

  constructor(options: ListenerOptions) {
    this.#options = options;
  }

  /** Why the server or the network ended this connection, if they did. */
  get failure(): string | undefined {
    return this.#state.kind === "ended" ? this.#state.why : undefined;
  }

  /**
   * Connects: from the top until `welcome`, or from where it stood until `live`.
   *
   * @returns microseconds that it took.
   * @throws {Error} what the server answered instead.
   */
  async open(from: "top" | "position"): Promise<number> {
    const { port, path, token, client } = this.#options;
    const since = formatPosition({ epoch: this.#epoch, offset: this.ledger.offset });
    const query = from === "top" ? `client=${client}` : `client=${client}&since=${since}`;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const startedAt = microseconds();
    this.#state = {
      kind: "opening",
      until: from === "top" ? "welcome" : "live",
      done: resolve,
      fail: reject,
    };
    const take = this.#reader();
    const socket = connect({
      host: "127.0.0.1",
      port,
      noDelay: true,
      onread: {
        buffer: shared,
        callback: (length) => {
          // A socket that was dropped may still have something to say.
          if (this.#socket !== socket) return true;
          try {
            take(shared.subarray(0, length));
          } catch (error) {
            this.#end(error instanceof Error ? error.message : String(error));
          }
          return true;
        },
      },
    });
    this.#socket = socket;
    socket.on("error", (error) => this.#end(error.message, socket));
    socket.on("close", () => this.#end("the connection broke", socket));
    socket.write(
      [
        `GET ${path}?${query} HTTP/1.1`,
        `Host: 127.0.0.1:${port}`,
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        `Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}`,
        `Sec-WebSocket-Protocol: ${SUBPROTOCOL}`,
        `Authorization: Bearer ${token}`,
        HEAD_END,
      ]
        .join("\r\n")
        .slice(0, -2),
    );
    await promise;
    return microseconds() - startedAt;
  }

  /** Gives a sign of life, without which a server would end the connection. */
  ping(): void {
    if (this.#state.kind === "open") this.#socket?.write(PING_FRAME);
  }

  /** Breaks the connection without a word. */
  drop(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    this.#state = { kind: "none" };
    socket?.destroy();
  }

  /** Reads the answer to the upgrade, then messages. */
  #reader(): (chunk: Buffer) => void {
    const frames = new FrameReader({
      text: (payload) => {
        if (holdsEvents(payload)) this.#takeEvents(payload);
        else this.#takeControl(payload);
      },
      closed: (code) => this.#end(`the server closed with ${code}`),
    });
    let head: string | undefined = "";
    return (chunk) => {
      if (head === undefined) return frames.push(chunk);
      head += chunk.toString("latin1");
      const end = head.indexOf(HEAD_END);
      if (end === -1) return;
      if (!head.startsWith("HTTP/1.1 101 ")) return this.#end(`the answer was ${head.slice(0, 300)}`);
      const rest = Buffer.from(head.slice(end + HEAD_END.length), "latin1");
      head = undefined;
      frames.push(rest);
    };
  }

  #takeEvents(payload: Buffer): void {
    const events = scanner.scan(payload);
    let fresh = 0;
    for (const { offset } of events) if (this.ledger.take(offset)) fresh++;
    this.#options.received(events, microseconds(), fresh);
    // A replay's last page ends with `live`.
    if (this.#state.kind === "opening" && payload.includes(LIVE)) this.#opened();
  }

  #takeControl(payload: Buffer): void {
    const parsed = control.parse(JSON.parse(payload.toString()));
    for (const frame of Array.isArray(parsed) ? parsed : [parsed]) {
      const awaited = this.#state.kind === "opening" ? this.#state.until : undefined;
      if (frame.type === "welcome" && awaited === "welcome") {
        this.#epoch = frame.position.epoch;
        this.ledger.goTo(frame.position.offset);
        this.#opened();
      } else if (frame.type === "welcome" && !frame.recovered) {
        this.#end("the server could not resume");
      } else if (frame.type === "live" && awaited === "live") {
        this.#opened();
      } else if (frame.type === "close" || frame.type === "error") {
        this.#end(payload.toString("utf8", 0, 300));
      }
    }
  }

  #opened(): void {
    if (this.#state.kind !== "opening") return;
    const { done } = this.#state;
    this.#state = { kind: "open" };
    done();
  }

  #end(why: string, socket = this.#socket): void {
    if (socket === undefined || socket !== this.#socket) return;
    const before = this.#state;
    this.#socket = undefined;
    this.#state = { kind: "ended", why };
    socket.destroy();
    if (before.kind === "opening") before.fail(new Error(why));
  }
}
