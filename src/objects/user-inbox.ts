import type { Identity } from "../auth/identity.ts";
import type { Settings } from "../config/settings.ts";
import { isMeantFor, type Viewer } from "./aim.ts";
import { eventFrame, type PassingEvent } from "./entry.ts";
import { type Change, type Changed, Inbox, type ShownItem } from "./inbox.ts";
import { type InboxPage, type InboxQuery, type MarkRequest, writeItem } from "./inbox-page.ts";
import type { Item } from "./inbox-rows.ts";
import type { Counts } from "./inbox-state.ts";
import type { Log } from "./log.ts";
import { NOTIFICATION_EVENT } from "./notification.ts";
import { isSilent } from "./preferences.ts";
import type { PublishedEvent } from "./publication.ts";
import { Reader } from "./reader.ts";
import type { Schema } from "./schema.ts";

export interface UserInboxOptions {
  readonly sql: SqlStorage;
  readonly schema: Schema;
  readonly log: Log;
  /** `user:{id}` */
  readonly channel: string;
  readonly settings: Pick<Settings, "INBOX_NOTIFICATIONS" | "INBOX_DAYS">;
  readonly now: () => number;
  /** Whether a viewer may see what came over a channel. */
  readonly maySee: (channel: string, viewer: Viewer) => boolean;
  /** Stores an entry and hands it, and these passing events, to the sockets. */
  readonly record: (entry: PublishedEvent, passing: readonly PassingEvent[]) => void;
  readonly wakeAt: (time: number | undefined) => void;
  /** Notifications were marked as read (ms); told in the block that stores it. */
  readonly read?: ((which: Changed, at: number) => void) | undefined;
}

/** Where an entry is about to lie. */
interface Place {
  readonly id: string;
  readonly at: number;
  readonly offset?: number;
}

/** A user's inbox as part of the user's log: every change of it is an entry there, with the counts after it. */
export class UserInbox {
  readonly reader: Reader;
  readonly #inbox: Inbox;
  readonly #options: UserInboxOptions;

  constructor(options: UserInboxOptions) {
    const { sql, schema, settings, now } = options;
    const limits = { notifications: settings.INBOX_NOTIFICATIONS, days: settings.INBOX_DAYS };
    this.#options = options;
    this.reader = new Reader(sql, schema);
    this.#inbox = new Inbox(sql, schema, limits, now);
  }

  get counts(): Counts {
    return this.#inbox.counts;
  }

  /**
   * Writes an entry of the user's log. One that announces a notification puts it into the inbox, in the same synchronous
   * block, and tells the counts after that.
   */
  write(event: PublishedEvent, place: Place): string {
    const { notification } = event;
    const { offset, id, at } = place;
    if (!notification || event.event !== NOTIFICATION_EVENT || offset === undefined) {
      return eventFrame(event, place);
    }
    const { channel, aim, data } = event;
    const silent = isSilent(this.reader.preferences, notification, this.#options.now());
    const content = { ...notification, data, silent };
    const { item, replaces } = this.#inbox.add({ offset, id, at, channel, aim, content });
    this.#options.wakeAt(this.#inbox.due());
    const text = writeItem(item, this.reader.locale);
    const rest = JSON.stringify({ replaces, counts: this.counts });
    return eventFrame({ ...event, data: `${text.slice(0, -1)},${rest.slice(1)}` }, place);
  }

  /** What beside the entry tells clients of the counts alone: `unread:count`, which no log keeps. */
  countsEvent(): PassingEvent {
    return this.#passing("unread:count", { count: this.counts.unread });
  }

  /** Marks notifications, and tells every device. @returns the counts after it. */
  mark({ as, ...selection }: MarkRequest): Counts {
    const change = this.#inbox.mark(as, selection);
    if (change) this.#tell(change);
    // Of what was deleted at once the rows are still to be taken away.
    if (change?.kind === "deleted") this.#options.wakeAt(this.#inbox.due());
    return this.counts;
  }

  /** A page of the inbox, for a viewer. */
  page(viewer: Viewer, { before, limit, ...filter }: InboxQuery): InboxPage {
    const { log } = this.#options;
    const top = before ?? Number.MAX_SAFE_INTEGER;
    const { items, next } = this.#inbox.page(top, limit, filter, (item) => this.#isMeant(item, viewer));
    const notifications = items.map((item) => writeItem(item, this.#localeOf(viewer.identity)));
    return { notifications, next, counts: this.counts, position: log.top };
  }

  /** One notification as JSON text, or nothing. */
  read(viewer: Viewer, id: string): string | undefined {
    const item = this.#inbox.find(id);
    if (!item || !this.#isMeant(item, viewer)) return undefined;
    return writeItem(item, this.#localeOf(viewer.identity));
  }

  find(id: string): ShownItem | undefined {
    return this.#inbox.find(id);
  }

  /** Takes away what is due, one batch, and tells of it: what is counted is then what is shown. */
  settle(): void {
    const due = this.#inbox.due();
    if (due === undefined || due > this.#options.now()) return;
    const change = this.#inbox.prune();
    if (change) this.#tell(change);
    this.#options.wakeAt(this.#inbox.due());
  }

  /** When something is next to be taken away (ms), or nothing. */
  due(): number | undefined {
    return this.#inbox.due();
  }

  #tell(change: Change): void {
    const { channel, record } = this.#options;
    const { counts } = this;
    const event = change.kind === "deleted" ? "notification:deleted" : "notification:updated";
    const how = change.kind === "marked" ? { as: change.as, at: change.at } : {};
    const data = JSON.stringify({ ...change.which, ...how, counts });
    const read =
      change.kind === "marked" && change.as === "read" && "ids" in change.which
        ? change.which.ids.map((id) => this.#passing("notification:read", { id, readAt: change.at }))
        : [];
    record({ channel, event, data, store: true }, [...read, this.countsEvent()]);
    if (change.kind === "marked" && change.as === "read") this.#options.read?.(change.which, change.at);
  }

  #passing(event: string, data: object): PassingEvent {
    const { channel, now } = this.#options;
    const told = { channel, event, data: JSON.stringify(data), store: false };
    return { channel, aim: undefined, frame: eventFrame(told, { id: crypto.randomUUID(), at: now() }) };
  }

  #isMeant({ aim, channel }: Item, viewer: Viewer): boolean {
    return isMeantFor(aim, viewer) && this.#options.maySee(channel, viewer);
  }

  #localeOf({ locale }: Identity): string | undefined {
    return locale ?? this.reader.locale;
  }
}
