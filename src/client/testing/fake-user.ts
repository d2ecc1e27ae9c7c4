import type { Counts, InboxNotification, Mark, Preferences } from "../api.ts";
import { isAmong, marked, type Which } from "../inbox-view.ts";
import { FakeLog } from "./fake-log.ts";
import type { FakeSocket } from "./fake-socket.ts";

/** A notification as a publisher gives it. */
export interface FakeNotification {
  readonly type: string;
  readonly title: string;
  readonly message: string;
  readonly actionUrl?: string;
  readonly actionText?: string;
  readonly priority?: InboxNotification["priority"];
}

/** One user: the log, the inbox, what they prefer. */
export class FakeUser {
  readonly log: FakeLog;
  readonly channel: string;
  preferences: Preferences = { types: {}, quietHours: null };
  #items: readonly InboxNotification[] = [];
  readonly #now: () => number;

  constructor(id: string, now: () => number) {
    this.channel = `user:${encodeURIComponent(id)}`;
    this.log = new FakeLog(this.channel);
    this.#now = now;
  }

  get sockets(): ReadonlySet<FakeSocket> {
    return this.log.followers;
  }

  get counts(): Counts {
    const here = this.#items.filter(({ archivedAt }) => archivedAt === null);
    return {
      total: here.length,
      unread: here.filter(({ readAt }) => readAt === null).length,
      unseen: here.filter(({ seenAt }) => seenAt === null).length,
    };
  }

  /** Newest first, without those that are archived. */
  page(before: number, limit: number): readonly InboxNotification[] {
    return this.#items
      .filter(({ archivedAt, offset }) => archivedAt === null && offset < before)
      .sort((a, b) => b.offset - a.offset)
      .slice(0, limit);
  }

  find(id: string): InboxNotification | undefined {
    return this.#items.find((item) => item.id === id);
  }

  notify(id: string, data: unknown, notification: FakeNotification): void {
    const item: InboxNotification = {
      id,
      offset: this.log.top.offset + 1,
      priority: "normal",
      ...notification,
      createdAt: this.#now(),
      seenAt: null,
      readAt: null,
      archivedAt: null,
      data,
    };
    this.#items = [...this.#items, item];
    this.#tell("notification:new", { ...item, counts: this.counts });
  }

  /** @param which those of these ids, or all that arrived up to an offset. */
  mark(as: Mark, which: Which): Counts {
    const before = JSON.stringify(this.#items);
    const at = this.#now();
    const change = (item: InboxNotification) => {
      if (!isAmong(item, which)) return [item];
      return as === "deleted" ? [] : [marked(item, as, at)];
    };
    this.#items = this.#items.flatMap(change);
    if (JSON.stringify(this.#items) === before) return this.counts;
    const those = "ids" in which ? which : { all: true, ...which };
    if (as === "deleted") this.#tell("notification:deleted", { ...those, counts: this.counts });
    else this.#tell("notification:updated", { ...those, as, at, counts: this.counts });
    return this.counts;
  }

  #tell(event: string, data: object): void {
    const offset = this.log.top.offset + 1;
    this.log.store({ channel: this.channel, event, data, id: `inbox-${offset}`, at: this.#now() });
  }
}

const marks: readonly Mark[] = ["read", "unread", "seen", "unseen", "archived", "unarchived", "deleted"];

/** @throws {Error} where a client sent what is no mark. */
export function markIn(value: unknown): Mark {
  const mark = marks.find((one) => one === value);
  if (!mark) throw new Error(`There is no such mark: ${String(value)}`);
  return mark;
}
