import type { CloseReason } from "../protocol/close-codes.ts";
import { bundle, encode } from "../protocol/codec.ts";
import type { ServerFrameOf } from "../protocol/frames.ts";
import type { Position } from "../protocol/position.ts";
import type { Viewer } from "./aim.ts";
import type { Connection } from "./connections.ts";
import type { Page, PageAnswer } from "./follow.ts";
import { select } from "./select.ts";

/** One log that one connection is behind in. */
export interface Replay {
  /** The log's name in `skip` and `live` frames. */
  readonly channel: string;
  /** Where the connection is behind, or nothing when it is live or does not follow any more. */
  behindAt(): number | undefined;
  /** The next page, or that the log does not reach back so far. */
  read(after: number): PageAnswer | Promise<PageAnswer>;
  /** Moves the cursor to the page's end; answers whether the connection is live with that. */
  advance(page: Page): boolean;
  /** The page has been sent, in a message of so many characters. */
  sent?(page: Page, length: number): void;
  /** Tells the connection that something is missing; it goes on from the top. */
  lose(top: Position): void;
  maySee(channel: string, viewer: Viewer): boolean;
  /** What `live` says beside what every connection is told: what entries that were withheld have changed shows in it. */
  arrival?(): Pick<ServerFrameOf<"live">, "counts">;
}

export interface PumpOptions {
  /** Bytes that may wait in a socket's buffer. */
  readonly bufferBytes: number;
  /** Milliseconds after which a reader who takes nothing is given up. */
  readonly patience: number;
  readonly wait: (ms: number) => Promise<void>;
  readonly now: () => number;
  /** Ends a connection that cannot be served. */
  readonly drop: (connection: Connection, reason: CloseReason) => void;
  /** A connection has been sent all that it was behind by: so many events. */
  readonly replayed?: (events: number) => void;
  /** Pages could not be read; the connection is ended. */
  readonly failed: (connection: Connection, error: unknown) => void;
}

/** How long to wait between pages where the runtime does not say what a socket's buffer holds. */
const PACE = 20;
const READ_ATTEMPTS = 4;
/** Pages that are sent one after the other before the object turns to what else there is. */
const PAGES_IN_A_BREATH = 4;

/**
 * Serves connections that are behind (rule F6): page after page while the socket's buffer has room, until a page
 * reaches the top of the log. In the synchronous block in which that page is sent the connection becomes live, so
 * nothing can fall between the last page and the first live event.
 */
export class Pump {
  readonly #options: PumpOptions;
  #turns = 0;
  #breath: Promise<void> = Promise.resolve();
  readonly #serving = new WeakMap<Connection, Set<string>>();

  constructor(options: PumpOptions) {
    this.#options = options;
  }

  /** Starts to serve, unless that is being done. The first page of a log at hand is sent before this returns. */
  serve(connection: Connection, replay: Replay): void {
    const serving = this.#serving.get(connection) ?? new Set();
    this.#serving.set(connection, serving);
    if (serving.has(replay.channel)) return;
    serving.add(replay.channel);
    this.#run(connection, replay)
      .catch((error: unknown) => this.#options.failed(connection, error))
      .finally(() => {
        serving.delete(replay.channel);
        // A new request to replay may have come between the last look and this.
        if (connection.isOpen && replay.behindAt() !== undefined) this.serve(connection, replay);
      });
  }

  async #run(connection: Connection, replay: Replay): Promise<void> {
    let replayed = 0;
    for (;;) {
      const at = connection.isOpen ? replay.behindAt() : undefined;
      if (at === undefined) return;
      if (this.#isFull(connection) && !(await this.#drained(connection))) {
        if (connection.isOpen) this.#options.drop(connection, "slow_consumer");
        return;
      }
      const answer = this.#read(replay, at);
      const read = answer instanceof Promise ? await answer : answer;
      // While the page was fetched the connection may have left, or asked to be served from elsewhere.
      if (!connection.isOpen || replay.behindAt() !== at) continue;
      if (read.kind === "lost") {
        replay.lose(read.top);
        return;
      }
      const { page } = read;
      const { frames, events } = select(page, replay.channel, connection.viewer, replay.maySee);
      replayed += events;
      const isLive = replay.advance(page);
      if (isLive)
        frames.push(encode({ type: "live", channel: replay.channel, replayed, ...replay.arrival?.() }));
      const message = bundle(frames);
      if (frames.length > 0 && !connection.send(message)) {
        return this.#options.drop(connection, "overloaded");
      }
      replay.sent?.(page, message.length);
      if (isLive) return this.#options.replayed?.(replayed);
      await this.#turn(connection.buffered === undefined ? PACE : 0);
    }
  }

  /**
   * Waits for the next page's turn. Pages of all connections are sent a few at a time, with a breath in between in which
   * the object handles what else there is: a hundred replays at once do not keep a live event waiting.
   */
  async #turn(pace: number): Promise<void> {
    const { wait } = this.#options;
    const paced = pace > 0 ? wait(pace) : undefined;
    this.#turns += 1;
    if (this.#turns % PAGES_IN_A_BREATH === 1) this.#breath = this.#breath.then(() => wait(1));
    await this.#breath;
    await paced;
  }

  #read(replay: Replay, at: number): PageAnswer | Promise<PageAnswer> {
    const answer = replay.read(at);
    return answer instanceof Promise ? this.#patiently(answer, () => replay.read(at)) : answer;
  }

  async #patiently(first: Promise<PageAnswer>, again: () => PageAnswer | Promise<PageAnswer>) {
    let answer: PageAnswer | Promise<PageAnswer> = first;
    for (let attempt = 1; ; attempt++) {
      try {
        return await answer;
      } catch (error) {
        if (attempt === READ_ATTEMPTS) throw error;
        await this.#options.wait(50 * 2 ** attempt);
        answer = again();
      }
    }
  }

  #isFull(connection: Connection): boolean {
    return (connection.buffered ?? 0) > this.#options.bufferBytes;
  }

  /** Waits until half of the buffer is free; false when the reader took nothing for too long. */
  async #drained(connection: Connection): Promise<boolean> {
    const { now, patience, wait, bufferBytes } = this.#options;
    let least = connection.buffered ?? 0;
    let since = now();
    while (connection.isOpen) {
      await wait(50);
      const buffered = connection.buffered ?? 0;
      if (buffered <= bufferBytes / 2) return true;
      if (buffered < least) {
        least = buffered;
        since = now();
      } else if (now() - since >= patience) {
        return false;
      }
    }
    return false;
  }
}
