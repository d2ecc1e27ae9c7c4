import { connect, type Socket } from "node:net";
import { z } from "zod";
import { serverFrame } from "../../src/protocol/frames.ts";
import { formatPosition } from "../../src/protocol/position.ts";
import { clientText } from "./client-text.ts";
import { microseconds } from "./clock.ts";
import type { Dialect } from "./dialect.ts";
import { EventScanner, type ScannedEvent } from "./event-scanner.ts";
import { FrameReader, type FrameTaker } from "./frame-reader.ts";
import { Inflater } from "./inflater.ts";
import { Ledger } from "./ledger.ts";
import type { Traffic } from "./traffic.ts";
import { upgradeRequest } from "./upgrade-request.ts";
import { type Caller, type Wire, wires } from "./wire.ts";

const LIVE = Buffer.from('"type":"live"');
const HEAD_END = "\r\n\r\n";
const ACCEPTED = /^sec-websocket-extensions: *permessage-deflate/im;

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
      readonly until: "welcome" | "subscribed" | "live";
      readonly done: () => void;
      readonly fail: (error: Error) => void;
    }
  | { readonly kind: "open" }
  | { readonly kind: "ended"; readonly why: string };

export interface ListenerOptions {
  readonly port: number;
  readonly dialect: Dialect;
  readonly caller: Caller;
  /** A room to be followed over a connection to the user's object. */
  readonly follows: string | undefined;
  /** Whether compression is offered. */
  readonly offersDeflate: boolean;
  readonly traffic: Traffic;
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
  readonly ledger: Ledger;
  readonly #options: ListenerOptions;
  readonly #wire: Wire;
  #epoch = "0";
  #socket: Socket | undefined;
  #state: State = { kind: "none" };

  constructor(options: ListenerOptions) {
    this.#options = options;
    this.#wire = wires[options.dialect];
    this.ledger = new Ledger(this.#wire.isOrdered);
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
    const { port, caller, client, follows, offersDeflate, traffic } = this.#options;
    const since = formatPosition({ epoch: this.#epoch, offset: this.ledger.offset });
    const query = from === "top" ? `client=${client}` : `client=${client}&since=${since}`;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const startedAt = microseconds();
    this.#state = {
      kind: "opening",
      until: from === "position" ? "live" : follows === undefined ? "welcome" : "subscribed",
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
          traffic.bytes += length;
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
    const target = this.#wire.target(caller, query);
    socket.write(upgradeRequest({ port, target, token: caller.token, offersDeflate }));
    await promise;
    return microseconds() - startedAt;
  }

  /** Gives a sign of life, without which a server would end the connection. */
  ping(): void {
    if (this.#state.kind === "open" && this.#wire.sign !== undefined) this.#send(this.#wire.sign);
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
    let head: string | undefined = "";
    let frames: FrameReader;
    return (chunk) => {
      if (head === undefined) return frames.push(chunk);
      head += chunk.toString("latin1");
      const end = head.indexOf(HEAD_END);
      if (end === -1) return;
      if (!head.startsWith("HTTP/1.1 101 ")) return this.#end(`the answer was ${head.slice(0, 300)}`);
      frames = new FrameReader(ACCEPTED.test(head.slice(0, end)) ? this.#unpacking() : this.#reading());
      const rest = Buffer.from(head.slice(end + HEAD_END.length), "latin1");
      head = undefined;
      if (!this.#wire.isGreeted) this.#opened();
      frames.push(rest);
    };
  }

  #reading(): FrameTaker {
    return {
      text: (payload) => {
        this.#options.traffic.messages++;
        this.#take(payload);
      },
      closed: (code) => this.#end(`the server closed with ${code}`),
    };
  }

  /** Compressed messages are unpacked on the way, after their time of coming has been noted. */
  #unpacking(): FrameTaker {
    const { traffic } = this.#options;
    const inflater = new Inflater(
      (payload, at) => this.#take(payload, at),
      (error) => this.#end(error.message),
    );
    this.#socket?.once("close", () => inflater.close());
    const push = (payload: Buffer, isCompressed: boolean) => {
      traffic.messages++;
      if (isCompressed) traffic.compressed++;
      inflater.push(payload, isCompressed, microseconds());
    };
    return {
      text: (payload) => push(payload, false),
      compressed: (payload) => push(payload, true),
      closed: (code) => this.#end(`the server closed with ${code}`),
    };
  }

  #take(payload: Buffer, at?: number): void {
    const reading = this.#wire.read(payload, this.#options.caller);
    if (reading.kind === "events") this.#takeEvents(reading.payload, at ?? microseconds());
    else if (reading.kind === "control") this.#takeControl(reading.payload);
    else if (reading.kind === "answer") this.#send(reading.text);
    else if (reading.kind === "refused") this.#end(reading.why);
  }

  #takeEvents(payload: Buffer, at: number): void {
    const events = scanner.scan(payload);
    let fresh = 0;
    for (const { offset } of events) if (this.ledger.take(offset)) fresh++;
    this.#options.received(events, at, fresh);
    // A replay's last page ends with `live`.
    if (this.#state.kind === "opening" && payload.includes(LIVE)) this.#opened();
  }

  #takeControl(payload: Buffer): void {
    const parsed = control.parse(JSON.parse(payload.toString()));
    for (const frame of Array.isArray(parsed) ? parsed : [parsed]) {
      const awaited = this.#state.kind === "opening" ? this.#state.until : undefined;
      if (frame.type === "welcome" && awaited === "subscribed") {
        const { follows } = this.#options;
        this.#send(JSON.stringify({ type: "subscribe", ref: 1, channels: [follows] }));
      } else if (frame.type === "subscribed" && awaited === "subscribed") {
        this.ledger.goTo(frame.position.offset);
        this.#opened();
      } else if (frame.type === "welcome" && awaited === "welcome") {
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

  #send(text: string): void {
    this.#socket?.write(clientText(text));
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
