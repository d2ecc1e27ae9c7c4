import { closeReasons } from "../../../src/protocol/close-codes.ts";
import type { ServerFrame, ServerFrameOf } from "../../../src/protocol/frames.ts";
import { formatPosition, type Position } from "../../../src/protocol/position.ts";
import { type Badge, isUser, type LogKey, mayEnter, type Onlooker, type Room } from "./cast.ts";
import type { Since } from "./command.ts";
import { LogState } from "./log-state.ts";
import type { Names } from "./names.ts";
import type { Witness } from "./witness.ts";

/** What a client asked for when it connected or subscribed. */
export interface Wish {
  readonly since: Since;
  readonly position: Position | undefined;
}

/**
 * How a connection stands: it waits for its greeting, was greeted, was left by the client, or was ended by the server and
 * says what the client then does.
 */
export type Standing =
  | { readonly kind: "opening" }
  | { readonly kind: "open" }
  | { readonly kind: "left" }
  | { readonly kind: "over"; readonly reconnect: "now" | "later" | "renew" | "never"; readonly why: string };

export interface SessionOptions {
  readonly by: string;
  readonly names: Names;
  readonly witness: Witness;
  readonly as: Onlooker;
  /** The log of the object that the connection leads to. */
  readonly own: LogKey;
  readonly wish: Wish;
}

/**
 * One connection of the reference client: it follows the rules that the wire document gives clients (F5, R1 to R6,
 * C5), and blames the server where that breaks one. Pure but for what it remembers: frames in, frames out.
 */
export class Session {
  readonly logs = new Map<LogKey, LogState>();
  standing: Standing = { kind: "opening" };
  /** Requests that wait for an answer. */
  readonly #subscribing = new Map<string, Wish>();
  readonly #unsubscribing = new Set<string>();
  readonly #renewing = new Map<number, Badge>();
  readonly #options: SessionOptions;
  #as: Onlooker;
  #refs = 0;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#as = options.as;
  }

  /** How many requests have not been answered. */
  get waitsFor(): number {
    return this.#subscribing.size + this.#unsubscribing.size + this.#renewing.size;
  }

  /** The frame that asks to follow logs. */
  subscribe(logs: ReadonlyMap<LogKey, Wish>): object {
    const ref = this.#nextRef();
    const channels = [...logs].map(([log, wish]) => {
      const channel = this.#options.names.log(log);
      this.#subscribing.set(`${ref} ${channel}`, wish);
      return wish.position ? { channel, since: formatPosition(wish.position) } : channel;
    });
    return { type: "subscribe", ref, channels };
  }

  unsubscribe(room: Room): object {
    const ref = this.#nextRef();
    const channel = this.#options.names.room(room);
    this.#unsubscribing.add(`${ref} ${channel}`);
    return { type: "unsubscribe", ref, channels: [channel] };
  }

  renew(token: string, badge: Badge): object {
    const ref = this.#nextRef();
    this.#renewing.set(ref, badge);
    return { type: "auth", ref, token };
  }

  /** The client closes the connection, and takes nothing more from it. */
  leave(): void {
    this.standing = { kind: "left" };
  }

  /** The connection broke, or was closed, without a word. */
  broke(): void {
    if (this.standing.kind === "opening" || this.standing.kind === "open") {
      this.standing = { kind: "over", reconnect: "now", why: "broken" };
    }
  }

  take(frame: ServerFrame): void {
    const { kind } = this.standing;
    if (kind === "left") return;
    if (kind === "over") this.#blame(`"${frame.type}" came after the close (C5)`);
    if (kind === "opening" && frame.type !== "welcome" && frame.type !== "close") {
      this.#blame(`"${frame.type}" came before the greeting (C3)`);
    }
    switch (frame.type) {
      case "welcome":
        this.#welcomed(frame);
        break;
      case "event":
        this.#event(frame);
        break;
      case "skip":
        this.#skip(frame);
        break;
      case "subscribed":
        this.#subscribed(frame);
        break;
      case "unsubscribed":
        this.#unsubscribed(frame);
        break;
      case "ok":
        this.#renewed(frame);
        break;
      case "error":
        this.#refused(frame);
        break;
      case "close":
        this.standing = { kind: "over", reconnect: closeReasons[frame.reason].reconnect, why: frame.reason };
    }
  }

  #welcomed({ position, recovered }: ServerFrameOf<"welcome">): void {
    const { own, wish } = this.#options;
    this.standing = { kind: "open" };
    this.#checkAnswer(own, wish, position, recovered);
    this.logs.set(own, new LogState(position, true));
  }

  #subscribed({ ref, channel, position, recovered }: ServerFrameOf<"subscribed">): void {
    const log = this.#options.names.logOf(channel);
    if (!log) {
      this.#blame(`subscribed to ${channel}, which nobody asked for`);
      return;
    }
    const key = `${ref} ${channel}`;
    const wish = this.#subscribing.get(key);
    this.#subscribing.delete(key);
    if (!wish) this.#blame(`something of ${log} was given up, up to ${formatPosition(position)} (R6)`);
    else this.#checkAnswer(log, wish, position, recovered);
    const known = this.logs.get(log);
    if (known?.isFollowed && recovered && wish?.since !== "start") {
      // It followed already, and keeps what it has applied while the request was under way.
      if (known.position.offset < position.offset)
        this.#blame(`a hole in ${log} before ${formatPosition(position)}`);
      return;
    }
    this.logs.set(log, new LogState(position, true));
  }

  /** Every position that a client can have is of the log's only life here, which keeps everything. */
  #checkAnswer(log: LogKey, { since, position: asked }: Wish, position: Position, recovered: boolean): void {
    if (recovered !== (since !== "bogus")) {
      this.#blame(
        `${log} answered ${since} ${asked && formatPosition(asked)} with recovered: ${recovered} (R1, R2, R3)`,
      );
    } else if (recovered && asked && formatPosition(asked) !== formatPosition(position)) {
      this.#blame(`${log} answered ${formatPosition(asked)} with ${formatPosition(position)} (R2)`);
    }
  }

  #unsubscribed({ ref, channel, code }: ServerFrameOf<"unsubscribed">): void {
    const log = this.#options.names.logOf(channel);
    const state = log && this.logs.get(log);
    if (!log || isUser(log)) {
      this.#blame(`unsubscribed from ${channel}, which is no room`);
      return;
    }
    if (code === "forbidden" && mayEnter(this.#as, log))
      this.#blame(`put out of ${log}, which it may follow`);
    if (code === "requested" && !this.#unsubscribing.delete(`${ref} ${channel}`)) {
      this.#blame(`unsubscribed from ${log}, which nobody asked for`);
    }
    if (state) state.isFollowed = false;
  }

  #renewed({ ref }: ServerFrameOf<"ok">): void {
    const badge = this.#renewing.get(Number(ref));
    if (!badge) {
      this.#blame(`"ok" to ${ref}, which was not asked`);
      return;
    }
    this.#renewing.delete(Number(ref));
    this.#as = { ...this.#as, ...badge };
  }

  #refused({ ref, channel }: ServerFrameOf<"error">): void {
    this.#subscribing.delete(`${ref} ${channel}`);
    this.#unsubscribing.delete(`${ref} ${channel}`);
    this.#renewing.delete(Number(ref));
  }

  #event({ channel, event, offset }: ServerFrameOf<"event">): void {
    const { names, witness, by } = this.#options;
    const log = names.logOf(channel);
    const state = log && this.logs.get(log);
    if (!log || !state?.isFollowed) {
      this.#blame(`${event} of ${channel}, which it does not follow`);
      return;
    }
    const seen = { log, by, as: this.#as, channel, event };
    if (offset === undefined) {
      witness.see({ ...seen, kind: "passing" });
      return;
    }
    witness.see({ ...seen, kind: "stored", offset });
    const { position } = state;
    if (state.takeEvent(offset) === "hole") {
      this.#blame(`a hole in ${log} between ${formatPosition(position)} and ${event} at ${offset} (F2, F6)`);
    }
  }

  #skip({ channel, upTo }: ServerFrameOf<"skip">): void {
    const { names, witness, by } = this.#options;
    const log = names.logOf(channel);
    const state = log && this.logs.get(log);
    if (!log || !state?.isFollowed) {
      this.#blame(`a skip in ${channel}, which it does not follow`);
      return;
    }
    const after = state.position.offset;
    if (state.takeSkip(upTo) === "moved") witness.see({ kind: "skip", log, by, as: this.#as, after, upTo });
  }

  #nextRef(): number {
    this.#refs += 1;
    return this.#refs;
  }

  #blame(fault: string): void {
    this.#options.witness.blame(`${this.#options.by}: ${fault}`);
  }
}
