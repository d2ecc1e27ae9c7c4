import type { Platform } from "./platform.ts";
import type { KeyValueStorage } from "./storage.ts";

/** How a client is made. Every option can be left out. */
export interface ClientOptions {
  /** Where the service is: `https://carillon.example`, with a path if it has one. By default the page's own origin. */
  readonly url?: string;
  /**
   * Gives the user's token. It is called when there is none, shortly before the last one ends, when the service refuses it and
   * after the device has slept, and never twice at once. Without it and `ticketUrl` the service goes by the page's cookies.
   */
  readonly getToken?: () => string | Promise<string>;
  /**
   * In place of `getToken`: an address of the application's own that answers, by its own session cookie,
   * `{ token, url, userId, expiresAt }`, or `{ wsUrl, token, userId }`. What `url` or `wsUrl` says counts more than the
   * option `url`.
   */
  readonly ticketUrl?: string;
  /** Who is signed in, where the application knows it: positions that are kept of somebody else are not used then. */
  readonly user?: string;
  /** When a lost connection is tried again: after a time that is drawn above `minDelay`, each time from a wider range. */
  readonly reconnect?: {
    /** ms; 1,000 by default. */
    readonly minDelay?: number;
    /** ms; 30,000 by default. */
    readonly maxDelay?: number;
    /** Attempts in a row that may fail before it gives up and says `exhausted`. By default it never does. */
    readonly maxAttempts?: number;
  };
  /** What may wait to be sent while there is no connection. */
  readonly queue?: {
    /** Messages; 100 by default. One more is refused with `queue_full`. */
    readonly maxMessages?: number;
    /** ms after which a message that was not taken is given up with `timeout`. By default it waits for ever. */
    readonly maxAge?: number;
  };
  /** Where positions and the client id are kept across a reload: `sessionStorage` by default, `false` for nowhere. */
  readonly storage?: KeyValueStorage | false;
  /** Whether the tabs of one person share one connection, where the browser has Web Locks. By default they do. */
  readonly shareTabs?: boolean;
  /** Whether to poll while no WebSocket can be opened. By default it does. */
  readonly polling?: boolean;
  /** Parts of the surroundings to be used in place of the real ones, for tests and platforms that lack some. */
  readonly platform?: Partial<Platform>;
}
