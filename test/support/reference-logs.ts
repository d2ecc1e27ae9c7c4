import type { ServerFrame, ServerFrameOf } from "../../src/protocol/frames.ts";
import type { Position } from "../../src/protocol/position.ts";
import { LogCursor } from "./log-cursor.ts";

export interface ReferenceLogsOptions {
  /** The log behind the connection: `user:{id}`, or the room. */
  readonly own: string;
  /** Where to begin in it; without it, at the top. */
  readonly since: Position | undefined;
  readonly send: (frame: object) => void;
  /** An event at its place in its log; one that no log keeps has no offset. */
  readonly receive: (log: string, event: ServerFrameOf<"event">) => void;
  /** The server has said where it goes on in a log. */
  readonly began: (log: string, position: Position) => void;
  /** Something is missing that this client should have had (R3, R6); it would refetch its state now. */
  readonly lost: (log: string) => void;
  /** The server did what the protocol does not have. */
  readonly fault: (message: string) => void;
  /** How long to wait before a request is repeated that was refused for now, in ms. */
  readonly retryDelay: () => number;
}

/** The logs that a client follows over one connection after another, and how far it has come in each. */
export class ReferenceLogs {
  /** Entries that came again, which rule F5 drops. */
  repeats = 0;
  /** How often an entry came that lay beyond a hole, so that it was asked for again. */
  holes = 0;
  readonly #options: ReferenceLogsOptions;
  readonly #cursors = new Map<string, LogCursor>();
  /** The `ref` of the newest request for each log; answers to older ones are of no interest any more. */
  readonly #asked = new Map<string, number>();
  readonly #own: LogCursor;
  #refs = 0;
  #isGreeted = false;

  constructor(options: ReferenceLogsOptions) {
    this.#options = options;
    this.#own = new LogCursor(options.since);
    this.#cursors.set(options.own, this.#own);
  }

  /** Whether everything that is published in any of these logs is received at once. */
  get areLive(): boolean {
    return [...this.#cursors.values()].every(({ state }) => state === "live" || state === "left");
  }

  /** What to say as `since` when connecting. */
  get since(): string | undefined {
    return this.#own.since;
  }

  position(log: string): Position | undefined {
    return this.#cursors.get(log)?.position;
  }

  /** Follows a room: from where it was left, from `since`, or from the top. */
  follow(room: string, since?: Position): void {
    const cursor = this.#cursors.get(room) ?? new LogCursor(since);
    this.#cursors.set(room, cursor);
    cursor.state = "away";
    if (this.#isGreeted) this.#ask(room, cursor);
  }

  unfollow(room: string): void {
    const cursor = this.#cursors.get(room);
    if (!cursor || cursor.state === "left") return;
    cursor.state = "left";
    const ref = this.#nextRef(room);
    if (this.#isGreeted) this.#options.send({ type: "unsubscribe", ref, channels: [room] });
  }

  /** The connection is gone. The positions stay. */
  disconnected(): void {
    this.#isGreeted = false;
    this.#asked.clear();
    for (const cursor of this.#cursors.values()) {
      if (cursor.state !== "left") cursor.state = "away";
    }
  }

  take(frame: ServerFrame): void {
    if (frame.type === "welcome") this.#greeted(frame);
    else if (frame.type === "subscribed") this.#subscribed(frame);
    else if (frame.type === "event") this.#takeEvent(frame);
    else if (frame.type === "error") this.#refused(frame);
    else if (frame.type === "live") this.#cursors.get(frame.channel)?.reachTop();
    else if (frame.type === "skip") {
      const cursor = this.#cursors.get(frame.channel);
      if (cursor && isServed(cursor)) cursor.skip(frame.upTo);
    } else if (frame.type === "unsubscribed" && frame.code === "forbidden") {
      this.#options.fault(`${frame.channel} may not be followed any more.`);
    }
  }

  #greeted(welcome: ServerFrameOf<"welcome">): void {
    this.#isGreeted = true;
    this.#begin(this.#options.own, this.#own, welcome);
    for (const [log, cursor] of this.#cursors) {
      if (cursor !== this.#own && cursor.state === "away") this.#ask(log, cursor);
    }
  }

  #subscribed(answer: ServerFrameOf<"subscribed">): void {
    const { channel, ref } = answer;
    const cursor = this.#cursors.get(channel);
    if (!cursor || cursor.state === "left") return;
    // Without a `ref` it comes unasked, because something is missing (R6).
    if (ref === undefined || ref === this.#asked.get(channel)) this.#begin(channel, cursor, answer);
  }

  #begin(log: string, cursor: LogCursor, answer: { position: Position; recovered: boolean }): void {
    if (cursor.begin(answer.position, answer.recovered) === "lost") this.#options.lost(log);
    this.#options.began(log, answer.position);
  }

  #takeEvent(event: ServerFrameOf<"event">): void {
    // What is not of a room lies in the user's log, whatever its channel says.
    const log = this.#cursors.has(event.channel) ? event.channel : this.#options.own;
    const cursor = this.#cursors.get(log);
    if (!cursor || !isServed(cursor)) return;
    const fit = event.offset === undefined ? "next" : cursor.take(event.offset);
    if (fit === "next") {
      this.#options.receive(log, event);
    } else if (fit === "had") {
      this.repeats += 1;
    } else {
      this.holes += 1;
      cursor.state = "away";
      this.#ask(log, cursor);
    }
  }

  /** Asks to be served from where the cursor is. */
  #ask(log: string, { since }: LogCursor): void {
    const channel = since === undefined ? log : { channel: log, since };
    this.#options.send({ type: "subscribe", ref: this.#nextRef(log), channels: [channel] });
  }

  #refused({ ref, channel, code, message, retryable }: ServerFrameOf<"error">): void {
    if (channel === undefined || ref !== this.#asked.get(channel)) return;
    if (!retryable) {
      this.#options.fault(`${channel}: ${code}: ${message}`);
      return;
    }
    setTimeout(() => {
      const cursor = this.#cursors.get(channel);
      if (cursor?.state === "away" && ref === this.#asked.get(channel)) this.#ask(channel, cursor);
    }, this.#options.retryDelay());
  }

  #nextRef(log: string): number {
    this.#refs += 1;
    this.#asked.set(log, this.#refs);
    return this.#refs;
  }
}

/** Whether what comes continues the cursor's position. */
function isServed({ state }: LogCursor): boolean {
  return state === "behind" || state === "live";
}
