import { tally } from "../operation/metrics-tally.ts";
import { encode } from "../protocol/codec.ts";
import type { Ref, ServerFrame, ServerFrameOf } from "../protocol/frames.ts";
import type { Position } from "../protocol/position.ts";
import type { Viewer } from "./aim.ts";
import type { Cursor } from "./attachment.ts";
import type { Connection, Connections } from "./connections.ts";
import type { LoggedEvent, LoggedPublication, PassingEvent } from "./entry.ts";
import { anyone, FanOut, isLive } from "./fan-out.ts";
import { Gathering } from "./gathering.ts";
import type { Log } from "./log.ts";
import { lowestRepeated, outcomeOf } from "./outcome.ts";
import type { Outcome } from "./publication.ts";
import type { Pump } from "./pump.ts";
import { type PresenceView, withPresence } from "./room-presence-version.ts";
import type { Batch } from "./select.ts";

export interface SocketFollowersOptions {
  readonly log: Log;
  readonly connections: Pick<Connections, "all" | "live">;
  readonly pump: Pump;
  /** The log's name in `skip` and `live` frames: the user's channel, or the room. */
  readonly channel: string;
  /** Whether a viewer may see events of a channel of this log now. Absent where all of them always may. */
  readonly maySee?: ((channel: string, viewer: Viewer) => boolean) | undefined;
  /** What `live` says beside what every connection is told: what entries that were withheld have changed shows in it. */
  readonly arrival?: (() => Pick<ServerFrameOf<"live">, "counts">) | undefined;
  /** Bytes that may wait in a socket's buffer before its reader counts as slow. */
  readonly bufferBytes: number;
  /** How long (ms) an event waits for others to be sent with them: for each socket, and at most. */
  readonly gather: { readonly perSocket: number; readonly longest: number };
  readonly wait: (ms: number) => Promise<void>;
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
  /** Resolves when the sockets have been sent it all; nothing where they have been. */
  readonly sent: Promise<void> | undefined;
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
  readonly #gathering: Gathering;
  /** What is to be sent with the next flush, and the offset before it. */
  #waiting: Batch["entries"][number][] = [];
  #waitingAfter = 0;

  constructor(options: SocketFollowersOptions) {
    this.#options = options;
    const { channel, maySee, bufferBytes, end, connections, gather, wait } = options;
    this.#gathering = new Gathering({
      flush: () => this.#flush(),
      sockets: () => connections.live.length,
      ...gather,
      wait,
    });
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

  /**
   * Answers that the connection follows `channel`, which lies in this log: from `since`, or as it does already.
   *
   * @param presence who is there, where the channel tells it.
   */
  subscribe(
    connection: Connection,
    ref: Ref | undefined,
    channel: string,
    since: Position | undefined,
    presence?: PresenceView,
  ): void {
    const answer = (position: Position, recovered: boolean) => {
      const frame: ServerFrame = { type: "subscribed", ref, channel, position, recovered };
      connection.send(withPresence(encode(frame), presence));
    };
    if (!since) {
      const { own } = connection.attachment;
      const { epoch, offset } = this.#options.log.top;
      answer({ epoch, offset: own.state === "behind" ? own.at : (connection.sentUpTo ?? offset) }, true);
      return;
    }
    const { cursor, position, recovered } = this.begin(since);
    if (!recovered) tally.count("carillon_replays_total", { outcome: "lost" });
    connection.forgetSent();
    connection.markSent(position.offset, 0);
    connection.remember({ own: cursor, start: Math.min(connection.attachment.start, position.offset) });
    answer(position, recovered);
    this.serve(connection);
  }

  /** Stores publications and hands them to the sockets, all in one synchronous block. */
  deliver(publications: readonly LoggedPublication[]): Delivered {
    const { log, connections } = this.#options;
    const before = log.top.offset;
    const taken = publications.map((publication) => log.take(publication));
    const outcomes = publications.map(({ events }, index) =>
      events.map((event, place) => outcomeOf(event, taken[index], place, connections.live)),
    );
    const passing = taken.flatMap((one) => (one.kind === "taken" ? one.passing : []));
    const sent = this.#send(before, passing) ?? this.#gathering.pending;
    return { outcomes, passing, repeatedFrom: lowestRepeated(taken), sent };
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
    const { log } = this.#options;
    const before = log.top.offset;
    log.takeFromAudience(entries);
    // Also where the user had it all, or wants none of it: what the shard was told is taken must not be forgotten.
    stored?.();
    this.#send(before, passing);
  }

  /** Stores an entry that no publication brought and hands it, and these passing events, to the sockets. */
  record(entry: LoggedEvent, passing: readonly PassingEvent[]): void {
    const { log } = this.#options;
    const before = log.top.offset;
    log.record(entry);
    this.#send(before, passing);
  }

  /** Hands events that no log keeps to the sockets. */
  pass(passing: readonly PassingEvent[]): void {
    this.#send(this.#options.log.top.offset, passing);
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
      connection.markSent(position.offset, 0);
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

  /** Sends what the log has taken since an offset, and after it these passing events: now, or with the next flush. */
  #send(before: number, passing: readonly PassingEvent[]): Promise<void> | undefined {
    const { log } = this.#options;
    if (this.#waiting.length === 0) this.#waitingAfter = before;
    for (let after = before; after < log.top.offset; ) {
      const page = log.read(after);
      this.#waiting.push(...page.entries);
      after = page.upTo;
    }
    this.#waiting.push(...passing);
    return this.#waiting.length > 0 ? this.#gathering.send() : undefined;
  }

  #flush(): void {
    const { log, connections } = this.#options;
    const listeners = connections.live;
    const { offset: top } = log.top;
    const messages = inMessages(this.#waiting, log.pageBytes);
    this.#waiting = [];
    let after = this.#waitingAfter;
    messages.forEach((entries, index) => {
      const isLast = index === messages.length - 1;
      const upTo = isLast ? top : entries.reduce((most, { offset = most }) => offset, after);
      this.#fanOut.send(listeners, { after, upTo, entries });
      after = upTo;
    });
  }
}

/** Divides what is to be sent into messages of so many characters, unless a single event is longer. */
function inMessages(entries: Batch["entries"], maxLength: number): Batch["entries"][] {
  const messages: Batch["entries"][number][][] = [[]];
  let length = 0;
  for (const entry of entries) {
    if (length > 0 && length + entry.frame.length > maxLength) {
      messages.push([]);
      length = 0;
    }
    messages.at(-1)?.push(entry);
    length += entry.frame.length;
  }
  return messages;
}
