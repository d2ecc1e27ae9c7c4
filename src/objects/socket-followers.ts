import { encode } from "../protocol/codec.ts";
import type { Ref, ServerFrame, ServerFrameOf } from "../protocol/frames.ts";
import type { Position } from "../protocol/position.ts";
import type { Viewer } from "./aim.ts";
import type { Cursor } from "./attachment.ts";
import type { Connection, Connections } from "./connections.ts";
import type { LoggedEvent, LoggedPublication, PassingEvent } from "./entry.ts";
import { anyone, FanOut, isLive } from "./fan-out.ts";
import type { Log } from "./log.ts";
import { lowestRepeated, outcomeOf } from "./outcome.ts";
import type { Outcome } from "./publication.ts";
import type { Pump } from "./pump.ts";

export interface SocketFollowersOptions {
  readonly log: Log;
  readonly connections: Connections;
  readonly pump: Pump;
  /** The log's name in `skip` and `live` frames: the user's channel, or the room. */
  readonly channel: string;
  /** Whether a viewer may see events of a channel of this log now. Absent where all of them always may. */
  readonly maySee?: ((channel: string, viewer: Viewer) => boolean) | undefined;
  /** What `live` says beside what every connection is told: what entries that were withheld have changed shows in it. */
  readonly arrival?: (() => Pick<ServerFrameOf<"live">, "counts">) | undefined;
  /** Bytes that may wait in a socket's buffer before its reader counts as slow. */
  readonly bufferBytes: number;
  readonly now: () => number;
  /** Asks to be woken, should the object be put away before it is done. */
  readonly wakeAt: (time: number) => void;
  readonly end: (connection: Connection, reason: "overloaded" | "relocated") => void;
}

/** What a publish did to this object. */
export interface Delivered {
  /** For each publication, for each of its events. */
  readonly outcomes: readonly (readonly Outcome[])[];
  /** Events that are not stored and have yet to be handed to followers in other objects. */
  readonly passing: readonly PassingEvent[];
  /** The lowest offset of what had been published before, if anything had. */
  readonly repeatedFrom: number | undefined;
}

/** Where a connection begins in the log, and what it is told of it. */
export interface Beginning {
  readonly cursor: Cursor;
  readonly position: Position;
  readonly recovered: boolean;
}

/** How soon an object that was interrupted in a replay goes on with it. */
const RESUME_DELAY = 30_000;

/** The followers of a log that are sockets of the same object (rules F1 and F6). */
export class SocketFollowers {
  readonly #options: SocketFollowersOptions;
  readonly #fanOut: FanOut;

  constructor(options: SocketFollowersOptions) {
    this.#options = options;
    const { channel, maySee, bufferBytes, end } = options;
    this.#fanOut = new FanOut({
      channel,
      maySee,
      bufferBytes,
      fallBehind: (connection, at) => {
        connection.remember({ own: { state: "behind", at } });
        this.serve(connection);
      },
      broken: (connection) => end(connection, "overloaded"),
    });
  }

  /** Where a connection begins that comes with a position, or without (rules R1 to R3). */
  begin(since: Position | undefined): Beginning {
    const { log } = this.#options;
    const resumption = since && log.resume(since);
    if (since && resumption?.kind === "recovered") {
      return { cursor: { state: "behind", at: resumption.from.offset }, position: since, recovered: true };
    }
    return { cursor: { state: "live" }, position: log.top, recovered: !resumption };
  }

  /** Answers that the connection follows `channel`, which lies in this log: from `since`, or as it does already. */
  subscribe(
    connection: Connection,
    ref: Ref | undefined,
    channel: string,
    since: Position | undefined,
  ): void {
    const answer = (position: Position, recovered: boolean) => {
      const frame: ServerFrame = { type: "subscribed", ref, channel, position, recovered };
      connection.send(encode(frame));
    };
    if (!since) {
      const { own } = connection.attachment;
      const { epoch, offset } = this.#options.log.top;
      answer({ epoch, offset: own.state === "behind" ? own.at : offset }, true);
      return;
    }
    const { cursor, position, recovered } = this.begin(since);
    connection.forgetSent();
    connection.remember({ own: cursor, start: Math.min(connection.attachment.start, position.offset) });
    answer(position, recovered);
    this.serve(connection);
  }

  /** Stores publications and hands them to the sockets, all in one synchronous block. */
  deliver(publications: readonly LoggedPublication[]): Delivered {
    const { log, connections } = this.#options;
    const before = log.top.offset;
    const taken = publications.map((publication) => log.take(publication));
    const listeners = connections.all.filter(isLive);
    const outcomes = publications.map(({ events }, index) =>
      events.map((event, place) => outcomeOf(event, taken[index], place, listeners)),
    );
    this.#sendFrom(before, listeners);
    const passing = taken.flatMap((one) => (one.kind === "taken" ? one.passing : []));
    this.#fanOut.sendPassing(listeners, passing);
    return { outcomes, passing, repeatedFrom: lowestRepeated(taken) };
  }

  /**
   * Stores what an audience brought and hands it to the sockets, all in one synchronous block.
   *
   * @param stored called in that block, to note how far the user has come (rule F8); absent where nothing was brought.
   */
  deliverFromAudience(
    entries: Parameters<Log["takeFromAudience"]>[0],
    passing: readonly PassingEvent[],
    stored: (() => void) | undefined,
  ): void {
    const { log, connections } = this.#options;
    const before = log.top.offset;
    log.takeFromAudience(entries);
    // Also where the user had it all, or wants none of it: what the shard was told is taken must not be forgotten.
    stored?.();
    const listeners = connections.all.filter(isLive);
    this.#sendFrom(before, listeners);
    this.#fanOut.sendPassing(listeners, passing);
  }

  /** Stores an entry that no publication brought and hands it, and these passing events, to the sockets. */
  record(entry: LoggedEvent, passing: readonly PassingEvent[]): void {
    const { log, connections } = this.#options;
    const before = log.top.offset;
    log.record(entry);
    const listeners = connections.all.filter(isLive);
    this.#sendFrom(before, listeners);
    this.#fanOut.sendPassing(listeners, passing);
  }

  /** Hands events that no log keeps to the sockets. */
  pass(passing: readonly PassingEvent[]): void {
    this.#fanOut.sendPassing(this.#options.connections.all.filter(isLive), passing);
  }

  /**
   * Something is missing that should lie in the log: every connection is told so (rule R6) and goes on live from the top,
   * and whoever comes later from before it is told too (rule R3).
   */
  lose(): void {
    const { log, connections, channel } = this.#options;
    log.lose();
    const position = log.top;
    for (const connection of connections.all) {
      connection.remember({ own: { state: "live" } });
      connection.send(encode({ type: "subscribed", channel, position, recovered: false }));
    }
  }

  /** Serves a connection that is behind, until it is live. */
  serve(connection: Connection): void {
    if (connection.attachment.own.state === "live") return;
    const { log, pump, channel, maySee, arrival, end, now, wakeAt } = this.#options;
    pump.serve(connection, {
      channel,
      maySee: maySee ?? anyone,
      ...(arrival && { arrival }),
      behindAt: () => {
        const { own } = connection.attachment;
        return own.state === "behind" ? own.at : undefined;
      },
      read: (after) => log.pageAfter({ ...log.top, offset: after }),
      advance: ({ upTo }) => {
        const hasAll = upTo >= log.top.offset;
        connection.remember({ own: hasAll ? { state: "live" } : { state: "behind", at: upTo } });
        return hasAll;
      },
      sent: ({ upTo }, length) => connection.markSent(upTo, length),
      lose: () => end(connection, "relocated"),
    });
    if (!isLive(connection)) wakeAt(now() + RESUME_DELAY);
  }

  #sendFrom(before: number, listeners: readonly Connection[]): void {
    const { log } = this.#options;
    for (let after = before; after < log.top.offset; ) {
      const page = log.read(after);
      this.#fanOut.sendPage(listeners, page);
      after = page.upTo;
    }
  }
}
