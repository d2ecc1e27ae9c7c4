import { bundle } from "../protocol/codec.ts";
import { isMeantFor, type Viewer } from "./aim.ts";
import type { Connection } from "./connections.ts";
import type { PassingEvent } from "./entry.ts";
import type { Page } from "./follow.ts";
import { select } from "./select.ts";

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
 * Sends what a log has just taken to the object's own sockets that are live. Each event is encoded once; one text
 * serves all, unless something in it is not for everybody.
 */
export class FanOut {
  readonly #options: FanOutOptions;

  constructor(options: FanOutOptions) {
    this.#options = options;
  }

  /** Sends a page that begins where these connections are. */
  sendPage(listeners: readonly Connection[], page: Page): void {
    const { channel, maySee, bufferBytes, fallBehind, broken } = this.#options;
    const isForAll = maySee === undefined && page.entries.every(({ aim }) => aim === undefined);
    const common = isForAll ? bundle(page.entries.map(({ frame }) => frame)) : undefined;
    for (const connection of listeners) {
      if (!isLive(connection)) continue;
      if ((connection.buffered ?? 0) > bufferBytes) {
        fallBehind(connection, page.after);
        continue;
      }
      const text = common ?? bundle(select(page, channel, connection.viewer, maySee ?? anyone).frames);
      if (connection.send(text)) connection.markSent(page.upTo, text.length);
      else broken(connection);
    }
  }

  /** Sends events that no log keeps. */
  sendPassing(listeners: readonly Connection[], passing: readonly PassingEvent[]): void {
    if (passing.length === 0) return;
    const maySee = this.#options.maySee ?? anyone;
    for (const connection of listeners) {
      if (!isLive(connection)) continue;
      const { viewer } = connection;
      const meant = passing.filter(({ aim, channel }) => isMeantFor(aim, viewer) && maySee(channel, viewer));
      if (meant.length > 0) connection.send(bundle(meant.map(({ frame }) => frame)));
    }
  }
}

/** Whether a connection receives its object's own log as it comes. */
export function isLive({ isOpen, attachment }: Connection): boolean {
  return isOpen && attachment.own.state === "live";
}

/** Where all who listen may see everything. */
export const anyone = (_channel: string, _viewer: Viewer) => true;
