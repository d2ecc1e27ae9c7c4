import type { Position } from "../protocol/position.ts";
import type { KnownEvents } from "./known-events.ts";
import type { Platform } from "./platform.ts";
import type { KeyValueStorage } from "./storage.ts";

// What `carillon/client` gives and takes.

/** Events by name with the type of their data; made from src/config (events.ts, routes.ts, client-events.ts) for the project's own, replaceable by a type argument. */
export type EventMap = object;

/** An event as a listener gets it. */
export interface Received<Name extends string = string, Data = unknown> {
  readonly channel: string;
  readonly event: Name;
  readonly data: Data;
  readonly id: string;
  readonly at: number;
  readonly offset?: number | undefined;
  readonly from?: string | undefined;
}

export type { Position };
export interface Counts {
  readonly total: number;
  readonly unread: number;
  readonly unseen: number;
}
export type Mark = "read" | "unread" | "seen" | "unseen" | "archived" | "unarchived" | "deleted";

/** One state machine, as a union. */
export type ConnectionState =
  | { readonly status: "connecting"; readonly attempt: number }
  | {
      readonly status: "connected";
      readonly over: "websocket" | "polling" | "tab";
      readonly user: string;
      readonly roles: readonly string[];
      readonly since: number;
    }
  | {
      readonly status: "disconnected";
      readonly reason: DisconnectReason;
      readonly retryAt?: number | undefined;
      readonly attempt: number;
    };

/** `closed` = by close() or before connect(); `exhausted` = maxAttempts used up; else a close reason of the server, or `network`, `timeout`, `token` (getToken failed), `offline`. */
export type DisconnectReason = string;

export type Undo = () => void;

export interface Client<Events extends EventMap = KnownEvents> {
  readonly state: ConnectionState; // same object until it changes (useSyncExternalStore)
  readonly clientId: string;
  connect(): void;
  /** Retries at once if it is waiting. */
  retry(): void;
  close(): void; // sign-out keeps nothing: signOut()
  signOut(): void; // closes and forgets positions, inbox and outgoing queue
  setUser(user: string | undefined): void; // another person: positions forgotten, connection switched; undefined = signOut
  /** Published events by name, from any channel (personal, audience, followed rooms); "*" for all. */
  on<Name extends keyof Events & string>(
    event: Name,
    listener: (data: Events[Name], event: Received<Name, Events[Name]>) => void,
  ): Undo;
  on(event: "*", listener: (data: unknown, event: Received) => void): Undo;
  /** What happens to the connection itself. */
  listen<Kind extends keyof Happenings>(kind: Kind, listener: (happening: Happenings[Kind]) => void): Undo;
  channel(name: string): Channel<Events>; // the same object for the same name
  readonly inbox: Inbox;
  stats(): ClientStats;
}

export interface Happenings {
  state: ConnectionState;
  /** A log could not be replayed whole (`recovered: false`, or an unfillable hole): fetch state again. The inbox does so by itself. */
  gap: { readonly channel: string };
  /** maxAttempts are used up. */
  exhausted: { readonly attempts: number };
  /** Anything that failed and that no promise tells of: an error frame without ref, a listener that threw, a token that could not be fetched. */
  error: ClientError;
  /** The replay of a log has reached the top. */
  live: { readonly channel: string; readonly replayed: number };
}

/** Errors of the client: `code` is a code of the service's (`forbidden`, `rate_limited` …) or `disconnected`, `timeout`, `queue_full`, `token`, `listener`, `closed`. */
export interface ClientError extends Error {
  readonly code: string;
  readonly retryable: boolean;
}

export interface Channel<Events extends EventMap = KnownEvents> {
  readonly name: string;
  /**
   * Follows the room (counted: as many unsubscribes end it); kept across reconnects. It resolves when the service has said so,
   * and rejects with a ClientError where it may not be followed.
   */
  subscribe(options?: { readonly since?: Position | "beginning" }): Promise<void>;
  unsubscribe(): void;
  readonly subscription: "none" | "subscribing" | "subscribed" | "refused";
  on<Name extends keyof Events & string>(
    event: Name,
    listener: (data: Events[Name], event: Received<Name, Events[Name]>) => void,
  ): Undo;
  on(event: "*", listener: (data: unknown, event: Received) => void): Undo;
  /** A client event; queued while disconnected; resolves when the service has taken it. */
  publish(event: string, data?: unknown, options?: { readonly id?: string }): Promise<void>;
  readonly presence: Presence;
  /** Who is typing in the room now (user ids, without oneself): made from `typing` events, ends by itself. */
  readonly typing: Store<readonly string[]>;
  /** Say that one is typing: sends at most every few seconds, and the end after `ms` without a call or with stop(). */
  startTyping(): void;
  stopTyping(): void;
  /** History of the room, page by page (HTTP). */
  history(options?: { readonly before?: Position; readonly limit?: number }): Promise<HistoryPage>;
}

/** A page of a room's history, oldest first; `position` is the `before` of the next one. */
export interface HistoryPage {
  readonly events: readonly Received[];
  readonly more: boolean;
  readonly position: Position;
}

/** A value and its changes; `get` gives the same object until it changes. */
export interface Store<Value> {
  get(): Value;
  subscribe(listener: () => void): Undo;
}

export interface PresenceView {
  readonly members: ReadonlyMap<string, unknown>;
  readonly count: number /** false: too many to be named, or not yet known */;
  readonly isNamed: boolean;
}
export interface Presence extends Store<PresenceView> {
  set(state: unknown): Promise<void>;
}

export interface InboxNotification {
  readonly id: string;
  readonly offset: number;
  readonly type: string;
  readonly title: string;
  readonly message: string;
  readonly actionUrl?: string;
  readonly actionText?: string;
  readonly priority: "low" | "normal" | "high" | "critical";
  readonly collapseKey?: string;
  readonly expiresAt?: number;
  readonly silent?: true;
  readonly createdAt: number;
  readonly seenAt: number | null;
  readonly readAt: number | null;
  readonly archivedAt: number | null;
  readonly data: unknown;
}
export interface InboxView {
  readonly status: "idle" | "loading" | "ready" | "failed";
  readonly items: readonly InboxNotification[];
  readonly counts: Counts;
  readonly hasMore: boolean;
  readonly error?: ClientError;
}
/** Newest first; stays in step with the log by itself; loads the first page at the first subscriber or `load()`. */
export interface Inbox extends Store<InboxView> {
  load(): Promise<void>;
  more(): Promise<void>;
  /** Optimistic; rolled back where the service refuses. `all` up to what this client has seen unless upTo is given. */
  mark(as: Mark, which: readonly string[] | "all", upTo?: number): Promise<Counts>;
  clear(): Promise<void>; // deletes all up to what is known
  get(): InboxView;
  get(id: string): Promise<InboxNotification>;
  /** A notification that has just come (not replayed from before this page's time... `replayed` says so), for toasts and sounds. */
  onNew(listener: (notification: InboxNotification, about: { readonly replayed: boolean }) => void): Undo;
  readonly preferences: { get(): Promise<Preferences>; set(preferences: Preferences): Promise<Preferences> };
}
export interface Preferences {
  readonly types: Readonly<Record<string, { readonly inbox: boolean; readonly announce: boolean }>>;
  readonly quietHours: { readonly from: string; readonly to: string; readonly timeZone: string } | null;
}

export interface ClientStats {
  readonly uptime: number /* share 0..1 of the time since connect() */;
  readonly reconnects: number;
  readonly reconnectsFailed: number;
  readonly roundTrip: number | null /* ms, last ping */;
  readonly latency: {
    readonly last: number | null;
    readonly p50: number | null;
    readonly p95: number | null;
  } /* at → received, ms, by this device's clock */;
  readonly received: number;
  readonly repeated: number;
  readonly gaps: number;
}

export interface ClientOptions {
  /** Where the service is: `https://…`, or a path's base; by default the page's own origin. */
  readonly url?: string;
  /** Gives the token; called again before it expires and when the service asks; never twice at once. */
  readonly getToken?: () => string | Promise<string>;
  /** Instead of getToken: an address that answers `{ url, token, userId, expiresAt }` (scenario D: `{ wsUrl, token, userId }`), with cookies. */
  readonly ticketUrl?: string;
  readonly user?: string;
  readonly reconnect?: {
    readonly minDelay?: number /* 1000 ms */;
    readonly maxDelay?: number /* 30000 */;
    readonly maxAttempts?: number /* Infinity */;
  };
  readonly queue?: { readonly maxMessages?: number /* 100 */; readonly maxAge?: number };
  /** Positions and the client id: sessionStorage by default, `false` for none, or one's own. */
  readonly storage?: KeyValueStorage | false;
  /** Tabs share one connection; false: each has its own. */
  readonly shareTabs?: boolean;
  /** Poll when no WebSocket can be opened; false: never. */
  readonly polling?: boolean;
  /** For tests and odd platforms. */
  readonly platform?: Partial<Platform>;
}
