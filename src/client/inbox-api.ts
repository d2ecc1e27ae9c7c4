import type { ClientError, Store, Undo } from "./api.ts";

/** How much lies in the inbox, archived notifications not counted. The badge shows `unread` or `unseen`. */
export interface Counts {
  readonly total: number;
  readonly unread: number;
  readonly unseen: number;
}

/** What can be done to notifications. `read` marks as seen along with it; `deleted` cannot be undone. */
export type Mark = "read" | "unread" | "seen" | "unseen" | "archived" | "unarchived" | "deleted";

/** A notification in the inbox. Times are in ms since 1970, `null` until it is so. */
export interface InboxNotification {
  readonly id: string;
  /** Its place in the user's log. */
  readonly offset: number;
  /** What kind it is, by which icons and preferences are chosen: `payment`, `order` … */
  readonly type: string;
  readonly title: string;
  readonly message: string;
  readonly actionUrl?: string;
  readonly actionText?: string;
  readonly priority: "low" | "normal" | "high" | "critical";
  /** A later one with the same key takes the place of this one while it is unread. */
  readonly collapseKey?: string;
  readonly expiresAt?: number;
  /** The badge moves, and nothing shall pop up or sound. */
  readonly silent?: true;
  readonly createdAt: number;
  readonly seenAt: number | null;
  readonly readAt: number | null;
  readonly archivedAt: number | null;
  /** The data of the event that brought it. */
  readonly data: unknown;
}

/** What is to be shown of the inbox. */
export interface InboxView {
  /** `idle` until somebody wants to see it; the counts are right already. `failed`: `error` says why. */
  readonly status: "idle" | "loading" | "ready" | "failed";
  /** Newest first, those loaded so far. */
  readonly items: readonly InboxNotification[];
  readonly counts: Counts;
  /** Whether there are older ones, which `more` loads. */
  readonly hasMore: boolean;
  readonly error?: ClientError;
}

/** The user's inbox. It stays in step with the user's other devices by itself. */
export interface Inbox extends Store<InboxView> {
  get(): InboxView;
  /**
   * One notification by its id, over HTTP.
   *
   * @throws {ClientError} `not_found`, or `disconnected`.
   */
  get(id: string): Promise<InboxNotification>;
  /** Loads the first page, again where it is there; the first `subscribe` does so too. Where it fails the view says why. */
  load(): Promise<void>;
  /**
   * Loads the next older page.
   *
   * @throws {ClientError} `disconnected` …; it can be called again.
   */
  more(): Promise<void>;
  /**
   * Marks notifications. The view shows it at once, and as before where the service refuses.
   *
   * @param which ids, or `"all"`: what has arrived up to `upTo`.
   * @param upTo an offset of the user's log; if absent, the newest that this client knows.
   * @returns the counts after it.
   * @throws {ClientError} what the service refused it with, or as `publish` does.
   */
  mark(as: Mark, which: readonly string[] | "all", upTo?: number): Promise<Counts>;
  /** Deletes all that this client knows of, the archived too. Fails as `mark` does. */
  clear(): Promise<void>;
  /** Hears each notification that comes, for toasts and sounds; `replayed` where it came while this client was away. */
  onNew(listener: (notification: InboxNotification, about: { readonly replayed: boolean }) => void): Undo;
  /** What the user wants of notifications, kept by the service. Both fail with the service's code or `disconnected`. */
  readonly preferences: {
    get(): Promise<Preferences>;
    /** Puts them in place of what was there. @returns them as they are kept. */
    set(preferences: Preferences): Promise<Preferences>;
  };
}

/** What a user wants of notifications. */
export interface Preferences {
  /** By type: whether they go into the inbox, and whether they pop up and sound. A type that is not named does both. */
  readonly types: Readonly<Record<string, { readonly inbox: boolean; readonly announce: boolean }>>;
  /** Each day from and to (`22:00`), in an IANA time zone, nothing pops up; what is critical does all the same. */
  readonly quietHours: { readonly from: string; readonly to: string; readonly timeZone: string } | null;
}
