import { bundle } from "../protocol/codec.ts";
import { isMeantFor, type Viewer } from "./aim.ts";
import type { Connection } from "./connections.ts";
import { type Batch, select } from "./select.ts";

export interface FanOutOptions {
  /** The log's name in `skip` frames. */
  readonly channel: string;
  /** Whether a viewer may see events of a channel of this log now. Absent where all of them always may. */
  readonly maySee?: ((channel: string, viewer: Viewer) => boolean) | undefined;
  /** Bytes that may wait in a socket's buffer before its reader counts as slow. */
  readonly bufferBytes: number;
  /** A reader is slow: it falls behind at this offset, and is served from there. */
  readonly fallBehind: (connection: Connection, at: number) => void;
  /** A socket is beyond use. */
  readonly broken: (connection: Connection) => void;
}

/**
 * Sends events to those of an object's own sockets that are live. Each event was encoded once; one text serves all,
 * unless something in it is not for everybody, and then one text serves all who may see the same.
 */
export class FanOut {
  readonly #options: FanOutOptions;

  constructor(options: FanOutOptions) {
    this.#options = options;
  }

  /** Sends a batch, in one message for each connection. */
  send(listeners: readonly Connection[], batch: Batch): void {
    const { bufferBytes, fallBehind, broken } = this.#options;
    const { after, upTo } = batch;
    const textFor = this.#textsOf(batch);
    for (const connection of listeners) {
      if (!isLive(connection)) continue;
      const { sentUpTo = after } = connection;
      if (sentUpTo < after || (connection.buffered ?? 0) > bufferBytes) {
        fallBehind(connection, sentUpTo);
        continue;
      }
      const text = sentUpTo === after ? textFor(connection.viewer) : this.#rest(connection, batch, sentUpTo);
      if (text !== undefined && !connection.send(text)) broken(connection);
      else connection.markSent(Math.max(sentUpTo, upTo), text?.length ?? 0);
    }
  }

  /** The batch as text for each viewer, written once for all who may see the same of it. */
  #textsOf(batch: Batch): (viewer: Viewer) => string | undefined {
    const { maySee, channel } = this.#options;
    const { entries } = batch;
    if (maySee) return (viewer) => textOf(select(batch, channel, viewer, maySee).frames);
    const aims = entries.flatMap(({ aim }) => aim ?? []);
    if (aims.length === 0) {
      const text = textOf(entries.map(({ frame }) => frame));
      return () => text;
    }
    const texts = new Map<string, string | undefined>();
    return (viewer) => {
      const seen = aims.map((aim) => (isMeantFor(aim, viewer) ? "1" : "0")).join("");
      if (!texts.has(seen)) texts.set(seen, textOf(select(batch, channel, viewer, anyone).frames));
      return texts.get(seen);
    };
  }

  /** What is left of a batch for a connection that came while it was being gathered, or had caught up with it. */
  #rest({ viewer }: Connection, { upTo, entries }: Batch, sentUpTo: number): string | undefined {
    const { maySee = anyone, channel } = this.#options;
    const left = entries.filter(({ offset = Number.POSITIVE_INFINITY }) => offset > sentUpTo);
    return textOf(select({ after: sentUpTo, upTo, entries: left }, channel, viewer, maySee).frames);
  }
}

function textOf(frames: readonly string[]): string | undefined {
  return frames.length === 0 ? undefined : bundle(frames);
}

/** Whether a connection receives its object's own log as it comes. */
export function isLive({ isOpen, attachment }: Connection): boolean {
  return isOpen && attachment.own.state === "live";
}

/** Where all who listen may see everything. */
export const anyone = (_channel: string, _viewer: Viewer) => true;
