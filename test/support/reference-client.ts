import type { ServerFrame, ServerFrameOf } from "../../src/protocol/frames.ts";
import type { Position } from "../../src/protocol/position.ts";
import { ReferenceConnection, type Verdict } from "./reference-connection.ts";
import { ReferenceLogs } from "./reference-logs.ts";

/** Bounds of the delay before something is tried again, in ms. */
export interface Backoff {
  readonly first: number;
  readonly most: number;
}

export interface ReferenceClientOptions {
  /** Where the service is now, as `ws://host:port`; asked at every attempt. */
  readonly address: () => string;
  /** `/connect`, or `/rooms/{room}/connect` with the room percent-encoded. */
  readonly path: string;
  /** The log behind that path: `user:{id}`, or the room. */
  readonly log: string;
  /** The device, the same across its reconnects. */
  readonly client: string;
  /** Fetches a token; asked at every attempt. */
  readonly token: () => Promise<string>;
  /** Where to begin; without it, at the top. */
  readonly since?: Position | undefined;
  readonly backoff: Backoff;
  /** From 0 to 1. */
  readonly random: () => number;
  /** An event at its place in its log; one that no log keeps has no offset. */
  readonly receive: (log: string, event: ServerFrameOf<"event">) => void;
  /** The server has said where it goes on in a log. */
  readonly began?: (log: string, position: Position) => void;
  /** Whether everything that is published is received at once, told when it changes. */
  readonly liveness?: (isLive: boolean) => void;
  /** Something is missing that this client should have had (R3, R6); it would refetch its state now. */
  readonly lost?: (log: string) => void;
  /** The server did what the protocol does not have. */
  readonly fault?: (message: string) => void;
}

/** How often at most a client says what it has received, in ms. */
const ACK_INTERVAL = 1000;
/** How long an attempt that was given up may still be on its way, in ms. */
const STRAGGLING = 30_000;

type State =
  | { readonly kind: "idle" }
  | { readonly kind: "waiting"; readonly timer: NodeJS.Timeout }
  | { readonly kind: "connecting"; readonly connection: ReferenceConnection }
  | { readonly kind: "open"; readonly connection: ReferenceConnection; readonly acks: NodeJS.Timeout };

/**
 * A client that does what carillon.v1.md asks of one, and nothing else: what is written here and in the three files
 * beside it suffices to get every event exactly once and in order. It keeps a position for each log, says it whenever
 * it comes back, and applies what comes by rule F5.
 *
 * @example
 * const client = new ReferenceClient({ address, path: "/connect", log: "user:42", client: "tab-1", token, … });
 * client.follow("room:lobby");
 * client.start();
 */
export class ReferenceClient {
  readonly #options: ReferenceClientOptions;
  readonly #logs: ReferenceLogs;
  /** Attempts since the last greeting. */
  #attempts = 0;
  /** When an attempt was last given up before it was greeted, in ms of this process. */
  #gaveUpAt = Number.NEGATIVE_INFINITY;
  #acked = 0;
  #isLive = false;
  #state: State = { kind: "idle" };

  constructor(options: ReferenceClientOptions) {
    this.#options = options;
    const { log, since, receive, began, lost, fault, backoff, random } = options;
    this.#logs = new ReferenceLogs({
      own: log,
      since,
      send: (frame) => this.#send(frame),
      receive,
      began: (of, position) => began?.(of, position),
      lost: (of) => lost?.(of),
      fault: (message) => fault?.(message),
      retryDelay: () => backoff.first + random() * (backoff.most - backoff.first),
    });
  }

  get isLive(): boolean {
    return this.#isLive;
  }

  /** What rule F5 had to do: entries dropped because they came again, and holes that were asked for. */
  get mended(): { readonly repeats: number; readonly holes: number } {
    return this.#logs;
  }

  /** How far it has come in a log. */
  position(log: string): Position | undefined {
    return this.#logs.position(log);
  }

  /** Connects, and comes back whenever the connection ends, until `stop` or a reason that says never. */
  start(): void {
    if (this.#state.kind === "idle") this.#connectIn(0);
  }

  /** Says goodbye, or with `drop` does not. The positions are kept: `start` goes on from there. */
  stop(how: "close" | "drop" = "close"): void {
    this.#leave()?.[how]();
  }

  /** Loses its connection without a word, and comes back. */
  drop(): void {
    if (this.#state.kind !== "open") return;
    this.stop("drop");
    this.#connectLater();
  }

  /** Comes back over a new connection while the old one still seems open. */
  abandon(): void {
    if (this.#state.kind !== "open") return;
    this.#leave()?.abandon();
    this.#connectIn(0);
  }

  /** Follows a room over the user's connection: from where it was left, from `since`, or from the top. */
  follow(room: string, since?: Position): void {
    this.#logs.follow(room, since);
    this.#tellLiveness();
  }

  unfollow(room: string): void {
    this.#logs.unfollow(room);
    this.#tellLiveness();
  }

  #connectLater(): void {
    const { backoff, random } = this.#options;
    // Full jitter: any delay up to a bound that doubles, so that a crowd does not come back all at once.
    this.#connectIn(random() * Math.min(backoff.most, backoff.first * 2 ** this.#attempts));
  }

  #connectIn(delay: number): void {
    const timer = setTimeout(() => void this.#connect(timer), delay);
    this.#state = { kind: "waiting", timer };
  }

  async #connect(timer: NodeJS.Timeout): Promise<void> {
    this.#attempts += 1;
    const token = await this.#options.token();
    // It may have been stopped meanwhile.
    if (this.#state.kind !== "waiting" || this.#state.timer !== timer) return;
    const { address, path, client, fault } = this.#options;
    const { since } = this.#logs;
    const query = new URLSearchParams({ client, ...(since !== undefined && { since }) });
    const connection: ReferenceConnection = new ReferenceConnection({
      url: `${address()}${path}?${query}`,
      token,
      frame: (frame) => this.#take(connection, frame),
      ended: (verdict, reason) => this.#ended(verdict, reason),
      fault: (message) => fault?.(message),
    });
    this.#state = { kind: "connecting", connection };
  }

  #take(connection: ReferenceConnection, frame: ServerFrame): void {
    if (frame.type === "welcome") {
      this.#attempts = 0;
      this.#acked = 0;
      connection.keepAlive(frame.heartbeat);
      this.#state = { kind: "open", connection, acks: setInterval(() => this.#ack(), ACK_INTERVAL) };
    }
    this.#logs.take(frame);
    this.#tellLiveness();
  }

  #ended(verdict: Verdict, reason: string): void {
    this.#leave();
    // Perhaps what took over is an attempt of our own, given up and overtaken by its successor: nobody is there.
    const isOwn = reason === "replaced" && performance.now() - this.#gaveUpAt < STRAGGLING;
    // A token is fetched at every attempt, so `renew` needs nothing more.
    if (isOwn || verdict === "now" || verdict === "renew") this.#connectIn(0);
    else if (verdict === "later") this.#connectLater();
    else this.#options.fault?.(`The connection was closed for good: ${reason}.`);
  }

  /** Lets go of whatever was going on; gives the connection that is left, if there was one. */
  #leave(): ReferenceConnection | undefined {
    const state = this.#state;
    this.#state = { kind: "idle" };
    this.#logs.disconnected();
    this.#tellLiveness();
    if (state.kind === "connecting") this.#gaveUpAt = performance.now();
    if (state.kind === "waiting") clearTimeout(state.timer);
    if (state.kind === "open") clearInterval(state.acks);
    return state.kind === "open" || state.kind === "connecting" ? state.connection : undefined;
  }

  #ack(): void {
    const offset = this.#logs.position(this.#options.log)?.offset ?? 0;
    if (offset <= this.#acked) return;
    this.#acked = offset;
    this.#send({ type: "ack", offset });
  }

  #send(frame: object): void {
    if (this.#state.kind === "open") this.#state.connection.send(frame);
  }

  #tellLiveness(): void {
    if (this.#logs.areLive === this.#isLive) return;
    this.#isLive = !this.#isLive;
    this.#options.liveness?.(this.#isLive);
  }
}
