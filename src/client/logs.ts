import type { ServerFrame, ServerFrameOf } from "../protocol/frames.ts";
import type { Position } from "../protocol/position.ts";
import type { ClientError } from "./api.ts";
import { CarillonClientError } from "./client-error.ts";
import type { Outgoing } from "./frame.ts";
import { advance, begin, distance, type LogCursor, leave, sinceOf } from "./log-cursor.ts";
import type { Room } from "./room.ts";

/** A log, and how far the client has come in it. */
export interface Log extends LogCursor {
  /** Of a room, or the channel of the user's own log. */
  name: string;
  /** Whether a room lies in the user's own log after all, and is followed always. */
  isOwn: boolean;
  /** Where its own sockets are, once the service has said that a room has moved there. */
  url?: string | undefined;
  /** The service serves it. */
  entered?(): void;
  /** It may not be followed. */
  refused?(error: ClientError): void;
}

export interface LogsOptions {
  send(frame: Outgoing): void;
  /** A `ref` for a request, never used before. */
  nextRef(): string;
  /** An event at its place in its log, which has moved already; `isReplayed` where it was missed and is made up for. */
  receive(event: ServerFrameOf<"event">, log: string, isReplayed: boolean): void;
  /** The user's log is followed from its top on: nothing is known of what came before. */
  begun(position: Position): void;
  /** Something is missing that this client should have had (R3, R6). */
  lost(channel: string): void;
  /** Where it is counted how many entries came again, which rule F5 drops. */
  readonly figures: { repeated: number };
  /** Calls back after a while that is drawn, to repeat a request that was refused for now. */
  later(run: () => unknown): void;
}

export type Logs = ReturnType<typeof createLogs>;

/**
 * The logs that the client follows over one connection after another, and how far it has come in each.
 *
 * @param since where to begin in the user's log; without it, at the top.
 */
export function createLogs(options: LogsOptions, since?: Position) {
  const { send, nextRef } = options;
  /** The user's own, named by the greeting. */
  const own: Log = { name: "", isOwn: false, state: "away", position: since };
  const rooms = new Map<string, Room>();
  /** Rooms that were left, or that only other tabs follow: what still comes of them is not for this client. */
  const others = new Set<string>();
  let isGreeted = false;
  /** What the user follows always, as the last greeting said it. */
  let channels: readonly string[] = [];
  const all = () => [own, ...rooms.values()];

  /** The connection is gone. The positions stay. */
  function disconnected(): void {
    isGreeted = false;
    others.clear();
    for (const log of all()) {
      leave(log);
      log.url = undefined;
    }
  }

  /** What is not of a room lies in the user's log, whatever its channel says. */
  function logOf(channel: string): Log {
    const room = rooms.get(channel);
    return room && !room.isOwn ? room : own;
  }

  /** Where something lies that has come; nothing where it is not for this client. */
  function served(channel: string): Log | undefined {
    const log = logOf(channel);
    return others.has(channel) || log.state === "away" ? undefined : log;
  }

  function takeEvent(event: ServerFrameOf<"event">): void {
    const log = served(event.channel);
    if (!log) return;
    const { offset } = event;
    const ahead = offset === undefined ? 1 : distance(log, offset);
    if (ahead > 1) ask([log]);
    else if (ahead < 1) options.figures.repeated += 1;
    else {
      // The position moves before anybody hears.
      if (offset !== undefined) advance(log, offset);
      options.receive(event, log.name, log.state === "behind");
    }
  }

  /** A topic under a channel that is followed always is so as well. */
  function isOwn(name: string): boolean {
    return channels.some((own) => `${name}:`.startsWith(`${own}:`));
  }

  /**
   * Asks for logs from where the client is in them, so that the answer counts: what comes before it is not for this
   * position. They lie at one address.
   */
  function ask(wanted: readonly Log[]): void {
    if (wanted.length === 0) return;
    const ref = nextRef();
    for (const log of wanted) leave(log, ref);
    const named = wanted.map((log) => {
      const since = sinceOf(log);
      return since ? { channel: log.name, since } : log.name;
    });
    send({ type: "subscribe", ref, channels: named, url: wanted[0]?.url });
  }

  function subscribed({ channel, ref, position, recovered }: ServerFrameOf<"subscribed">): void {
    const log = channel === own.name ? own : rooms.get(channel);
    const { epoch } = own.position ?? {};
    const isOfOwn = epoch === position.epoch;
    if (!log) {
      if (!(isOfOwn && epoch !== "0") && !isOwn(channel)) others.add(channel);
    } else if (ref !== undefined && ref !== log.ref) {
      // Another tab's request, or that for who is there. What is sent now begins there: perhaps beyond this client.
      const { epoch, offset } = log.position ?? position;
      // Who began when the log was empty counts on in the epoch 0: it is one life all the same (R4).
      const isSameLife = epoch === position.epoch || epoch === "0" || position.epoch === "0";
      const isBeyond = !isSameLife || offset < position.offset;
      if (log.state !== "away" && !log.isOwn && isBeyond) ask([log]);
    } else {
      if (log !== own) {
        log.isOwn = isOfOwn && (log.isOwn || epoch !== "0");
        log.entered?.();
      }
      if (!log.isOwn) goOn(log, position, recovered);
    }
  }

  function goOn(log: Log, position: Position, recovered: boolean): void {
    const isFresh = log === own && !log.position;
    if (begin(log, position, recovered)) options.lost(log.name);
    if (isFresh) options.begun(position);
  }

  return {
    own,
    rooms,
    disconnected,
    channels: () => channels,
    isGreeted: () => isGreeted,
    others,
    isOwn,
    ask,
    /** Somebody else is here now: what is followed is followed from the top. */
    forget(): void {
      disconnected();
      channels = [];
      for (const log of all()) log.position = undefined;
    },
    /** @param isShared the connection is another tab's: it began at that tab's position. */
    greet(welcome: ServerFrameOf<"welcome">, isShared: boolean): void {
      disconnected();
      isGreeted = true;
      channels = welcome.channels;
      // The service encodes no more than it must.
      own.name =
        channels.find((one) => /^user:[^:]+$/.test(one)) ?? `user:${encodeURIComponent(welcome.user)}`;
      if (isShared) ask([own]);
      else goOn(own, welcome.position, welcome.recovered);
    },
    take(frame: ServerFrame): void {
      if (frame.type === "subscribed") subscribed(frame);
      else if (frame.type === "event") takeEvent(frame);
      else if (frame.type === "skip" || frame.type === "live") {
        const log = served(frame.channel);
        if (log && frame.type === "skip") advance(log, frame.upTo);
        else if (log) log.state = "live";
      }
    },
    /** @returns whether the error answers a request of these logs, or without a `ref` ends what was served of a room. */
    refused({ ref, channel, code, message, retryable }: ServerFrameOf<"error">): boolean {
      const those = all().filter(
        (log) =>
          (channel ?? log.name) === log.name && (ref === undefined ? retryable && channel : log.ref === ref),
      );
      for (const log of those) leave(log, ref);
      if (retryable && those.length > 0) {
        const isAsked = (log: Log) => log.ref === ref && all().includes(log);
        options.later(() => isGreeted && ask(those.filter(isAsked)));
      } else {
        for (const log of those) log.refused?.(new CarillonClientError(code, message));
      }
      return those.length > 0;
    },
  };
}
