import type { Position } from "../protocol/position.ts";
import type { Inbox } from "./inbox-api.ts";
import type { KnownEvents } from "./known-events.ts";

export type * from "./client-options.ts";
export type * from "./inbox-api.ts";
export type { Position };

/**
 * Events by their names, with the type of the data of each. `KnownEvents` is made from the service's own configuration;
 * an application with events of other names gives its own: `createClient<{ "order:paid": { total: number } }>(…)`.
 */
export type EventMap = object;

/** An event as a listener gets it. */
export interface Received<Name extends string = string, Data = unknown> {
  /**
   * The log that it lies in: the room's name, or `user:{id}` for whatever lies in the user's own log, that of audiences
   * included. Offsets count within a log, so who folds events into a state of their own does it log by log.
   */
  readonly log: string;
  /** The channel that it was published to: a room, an audience such as `announcements`, or one of the user's own. */
  readonly channel: string;
  readonly event: Name;
  readonly data: Data;
  /** The publisher's id for it, or one that the service made up; the same wherever the event arrives. */
  readonly id: string;
  /** When the service took it, in ms since 1970 by the service's clock. */
  readonly at: number;
  /** Its place in its log, from 1. Absent for an event that is not stored, which only those hear who are there. */
  readonly offset?: number | undefined;
  /** The user who published it, where a client did. The service says it, so it is true. */
  readonly from?: string | undefined;
}

/** Hears events of one name. What it throws is told as `error` and harms no other listener. */
export type EventListener<Name extends string = string, Data = unknown> = (
  data: Data,
  event: Received<Name, Data>,
) => void;

/** Ends what the call that returned it began. Called again it does nothing. */
export type Undo = () => void;

/** How the connection stands. One of these at a time; `status` tells which. */
export type ConnectionState =
  | {
      readonly status: "connecting";
      /** Which attempt this is since the connection was last there, from 1. */
      readonly attempt: number;
    }
  | {
      readonly status: "connected";
      /** By a WebSocket, by polling where none can be opened, or by the WebSocket of another tab. */
      readonly over: "websocket" | "polling" | "tab";
      /** Who is connected, as the service knows them. */
      readonly user: string;
      readonly roles: readonly string[];
      /** ms since 1970, by this device's clock. */
      readonly since: number;
    }
  | {
      readonly status: "disconnected";
      readonly reason: DisconnectReason;
      /** When it is tried again, in ms since 1970. Absent where nothing will happen until `connect` or `retry` is called. */
      readonly retryAt?: number | undefined;
      /** How many attempts have failed since the connection was last there. */
      readonly attempt: number;
    };

/**
 * Why there is no connection: a close reason of the service's (`kicked`, `shutdown`, `disabled` …, see
 * docs/troubleshooting.md), or the client's own: `closed` by `close()` or before `connect()`, `exhausted` when
 * `maxAttempts` are used up, `token` when none could be fetched, `timeout` when nobody answered, `network`, or `offline`
 * where the device itself says so.
 */
export type DisconnectReason = string;

/** What an application holds: one for each service that it is connected to, for as long as the page lives. */
export interface Client<Events extends EventMap = KnownEvents> {
  /** The same object until it changes. */
  readonly state: ConnectionState;
  /** What the service calls this device: the same across reconnects and reloads, and another one in each tab. */
  readonly clientId: string;
  readonly inbox: Inbox;
  /** Connects, and stays connected until `close`. Does nothing where that is so already. */
  connect(): void;
  /** Tries at once where it waits for the next attempt, and begins anew where it has given up. */
  retry(): void;
  /** Ends the connection. Positions and the outgoing queue are kept, so `connect` goes on where it was. */
  close(): void;
  /** Ends the connection and forgets whatever belonged to the user: the token, positions, inbox, outgoing queue. */
  signOut(): void;
  /**
   * Says who is signed in. Another person than before: everything that belonged to the first is forgotten, and where there
   * was a connection there is one again, with a token fetched anew. `undefined`: nobody, as `signOut`.
   */
  setUser(user: string | undefined): void;
  /**
   * Hears events of one name from every channel: personal ones, audiences and rooms that are followed. `"*"` hears all.
   *
   * @example client.on("payment:confirmed", ({ amount }, { at }) => show(amount, new Date(at)));
   */
  on<Name extends keyof Events & string>(event: Name, listener: EventListener<Name, Events[Name]>): Undo;
  on(event: "*", listener: EventListener): Undo;
  /**
   * Hears what happens to the connection itself.
   *
   * @example client.listen("gap", ({ channel }) => refetch(channel));
   */
  listen<Kind extends keyof Happenings>(kind: Kind, listener: (happening: Happenings[Kind]) => void): Undo;
  /** A channel by its name: the same object for the same name. */
  channel(name: string): Channel<Events>;
  /** Figures for an application's own analytics, as they are now. */
  stats(): ClientStats;
}

/** What `listen` can hear, and what its listeners get. */
export interface Happenings {
  /** The state has changed; this is the new one. */
  state: ConnectionState;
  /**
   * Of this log something is missing that cannot be had any more: whatever was built from it is to be fetched again. The
   * inbox does so by itself.
   */
  gap: { readonly channel: string };
  /** `maxAttempts` are used up; nothing happens until `retry` or `connect`. */
  exhausted: { readonly attempts: number };
  /**
   * Something failed that no promise tells of: a listener threw, a token could not be fetched, the service refused what
   * nobody waits for. Without a listener it goes to `console.error`.
   */
  error: ClientError;
  /** What was missed of this log has been made up for: so many events came. */
  live: { readonly channel: string; readonly replayed: number };
}

/** What every promise of the client rejects with, and what `error` tells. */
export interface ClientError extends Error {
  /**
   * A code of the service's (`forbidden`, `rate_limited` …, see docs/http.md), or the client's own: `disconnected` when the
   * service could not be reached, `timeout` when a message was not taken in time, `queue_full`, `token` when none could be
   * fetched, `listener` when one threw, `closed` when it was given up by `unsubscribe` or `signOut`.
   */
  readonly code: string;
  /** Whether the same may succeed later. */
  readonly retryable: boolean;
}

/** One channel. What lies in the user's own log is heard without `subscribe`; a room has to be followed. */
export interface Channel<Events extends EventMap = KnownEvents> {
  readonly name: string;
  /** `refused`: the service says that it may not be followed; it is asked again over the next connection. */
  readonly subscription: "none" | "subscribing" | "subscribed" | "refused";
  /** Who is in the room, where its rule lets that be told. */
  readonly presence: Presence;
  /** The ids of those who are typing now, without oneself. It ends by itself. */
  readonly typing: Store<readonly string[]>;
  /**
   * Follows the room until as many `unsubscribe` have come as there were calls; reconnects included.
   *
   * @param options.since where to begin: a position, or `"beginning"` for all that the room keeps. Without it, where this
   *   tab was before the page was loaded again, else with what comes from now on.
   * @returns when the service has said so.
   * @throws {ClientError} `forbidden`, `unknown_channel` …, where it may not be followed; `closed`, where it was left before.
   */
  subscribe(options?: { readonly since?: Position | "beginning" }): Promise<void>;
  /** Takes one `subscribe` back. */
  unsubscribe(): void;
  /** Hears events of this channel alone; `"*"` hears all of them. */
  on<Name extends keyof Events & string>(event: Name, listener: EventListener<Name, Events[Name]>): Undo;
  on(event: "*", listener: EventListener): Undo;
  /**
   * Publishes to the room what its rule lets clients publish. While there is no connection it waits in the outgoing queue.
   *
   * @param data any JSON, or of an event that is known what belongs to it; `null` if absent.
   * @param options.id by which the service takes it once, however often it is sent; made up if absent.
   * @returns when the service has taken it.
   * @throws {ClientError} what the service refused it with, `event_too_large` for more than a frame holds (10 kB),
   *   `queue_full`, `timeout` after `queue.maxAge`, `closed` where the user signed out before, or `disconnected` where the
   *   part of the client that sends is not here yet and cannot be fetched.
   */
  publish<Name extends string>(
    event: Name,
    data?: Name extends keyof Events ? Events[Name] : unknown,
    options?: { readonly id?: string },
  ): Promise<void>;
  /** Says that one is typing; to be called with each key, it is sent every few seconds. 4 s after the last call it ends. */
  startTyping(): void;
  /** Says at once that one has stopped. */
  stopTyping(): void;
  /**
   * A page of what the room keeps, over HTTP, the newest first page without `before`.
   *
   * @param options.before the `position` of the page that comes after it.
   * @param options.limit events; at most a page of the service's, which it is if absent.
   * @throws {ClientError} `forbidden` …, or `disconnected`.
   */
  history(options?: { readonly before?: Position; readonly limit?: number }): Promise<HistoryPage>;
}

/** A page of a room's history, oldest first. */
export interface HistoryPage {
  readonly events: readonly Received[];
  /** Whether the room keeps older ones. */
  readonly more: boolean;
  /** What to give as `before` for the page that lies before this one. */
  readonly position: Position;
}

/** A value and its changes, as `useSyncExternalStore` wants them. */
export interface Store<Value> {
  /** The value now: the same object until it changes. */
  get(): Value;
  /** Calls back after each change. */
  subscribe(listener: () => void): Undo;
}

/** Who is in a room. */
export interface PresenceView {
  /** What each member last said of themselves, by user id; `undefined` for who has said nothing. */
  readonly members: ReadonlyMap<string, unknown>;
  /** How many users there are, named or not. */
  readonly count: number;
  /** `false`: nothing is known yet, or there are more than the room's rule names; `members` is empty then. */
  readonly isNamed: boolean;
}

export interface Presence extends Store<PresenceView> {
  /**
   * Says something of oneself to the others in the room; it is said again after each reconnect. `null` takes it back.
   *
   * @param state any JSON of at most 1 kB.
   * @throws {ClientError} `forbidden` where one is not there, `invalid_data` where it is too large.
   */
  set(state: unknown): Promise<void>;
}

/** Figures of this client since it was made. */
export interface ClientStats {
  /** The share of the time since the first `connect` that it was connected, 0 to 1. */
  readonly uptime: number;
  /** How often the connection came back. */
  readonly reconnects: number;
  /** How many attempts to come back failed. */
  readonly reconnectsFailed: number;
  /** How long the last heartbeat took to be answered, in ms; `null` before the first. */
  readonly roundTrip: number | null;
  /**
   * From when the service took an event until it was here, in ms: of the last one, and of the newest 200 the median and the
   * 95th percentile. Replayed ones do not count. The two clocks may differ, and so does the figure.
   */
  readonly latency: {
    readonly last: number | null;
    readonly p50: number | null;
    readonly p95: number | null;
  };
  /** Events that were handed to listeners. */
  readonly received: number;
  /** Events that came again and were dropped. */
  readonly repeated: number;
  /** How often `gap` was told. */
  readonly gaps: number;
}
