import type { Mark } from "../protocol/frames.ts";
import type { Aim } from "./aim.ts";
import { InboxRows, type Item } from "./inbox-rows.ts";
import {
  type Counts,
  emptyState,
  type InboxState,
  type Marked,
  marked,
  minus,
  nothing,
  plus,
  type Times,
  timesOf,
  weightOf,
} from "./inbox-state.ts";
import type { KeptNotification } from "./notification.ts";
import type { Schema } from "./schema.ts";

export interface InboxLimits {
  /** The most notifications that are kept. */
  readonly notifications: number;
  /** Days for which one is kept. */
  readonly days: number;
}

/** A notification that comes. */
export interface Arrival {
  /** Its place in the user's log. */
  readonly offset: number;
  readonly id: string;
  readonly at: number;
  readonly channel: string;
  readonly aim: Aim | undefined;
  readonly content: KeptNotification;
}

/** Which notifications to mark. */
export type Selection =
  | { readonly ids: readonly string[] }
  /** Everything that arrived up to an offset of the user's log; without it, everything. */
  | { readonly all: true; readonly upTo?: number | undefined };

/** What a mark changed: one entry of the log. */
export type Change =
  | {
      readonly kind: "marked";
      readonly as: Exclude<Mark, "deleted">;
      readonly at: number;
      readonly which: Changed;
    }
  | { readonly kind: "deleted"; readonly which: Changed };

/** The notifications that were changed. */
export type Changed = { readonly ids: readonly string[] } | { readonly all: true; readonly upTo: number };

/** A notification with the times that hold for it. */
export type ShownItem = Item & Times;

/** Which notifications a page shows. */
export interface Filter {
  readonly unread?: boolean | undefined;
  /** Archived ones only; without it, those that are not. */
  readonly archived?: boolean | undefined;
  readonly type?: string | undefined;
}

const DAY = 86_400_000;
/** Rows handled at once, so that the object is never held for long. */
const BATCH = 500;
/** Marks of everything that are kept as such; more are written into the rows. */
const MAX_SWEEPS = 16;
/** Somewhat more than the limit may lie there, so that pruning comes in batches. */
const SLACK = 100;

/**
 * A user's notifications until they are dealt with, and the counts of the badge. All of it is synchronous: each change is
 * made in the block that writes its entry into the user's log.
 *
 * The counts lie in the newest row, which a new notification writes anyway; marking everything is one row, whatever it
 * marks.
 */
export class Inbox {
  readonly #rows: InboxRows;
  readonly #schema: Schema;
  readonly #limits: InboxLimits;
  readonly #now: () => number;
  #known: { newest: number; state: InboxState } | undefined;
  #isRead = false;

  constructor(sql: SqlStorage, schema: Schema, limits: InboxLimits, now: () => number) {
    this.#rows = new InboxRows(sql);
    this.#schema = schema;
    this.#limits = limits;
    this.#now = now;
  }

  get counts(): Counts {
    const { total, unread, unseen } = this.#state;
    return { total, unread, unseen };
  }

  /** Where the newest notification that ever came lies in the log, or 0. */
  get newest(): number {
    return this.#load()?.newest ?? 0;
  }

  /** Takes a notification in. @returns the id of the one that it replaces, if it replaces one. */
  add({ offset, id, at, channel, aim, content }: Arrival): string | undefined {
    this.#schema.ensure();
    const { collapseKey, expiresAt, type } = content;
    const replaced = collapseKey === undefined ? undefined : this.#unreadOf(collapseKey);
    if (replaced) this.#take(replaced, replaced);
    const state = this.#next(plus(this.counts, weightOf(unmarked)));
    const item: Item = {
      ...{ offset, id, at, channel, aim, content, type, collapseKey, ...unmarked },
      expires: expiresAt,
      seq: state.seq,
    };
    this.#rows.insert(item, state);
    this.#known = { newest: offset, state };
    this.#isRead = true;
    return replaced?.id;
  }

  /** Marks notifications. @returns what changed, or nothing where all of it was so already. */
  mark(as: Mark, selection: Selection): Change | undefined {
    if (!this.#load()) return undefined;
    if ("ids" in selection) return this.#markEach(as, [...new Set(selection.ids)]);
    const upTo = Math.min(selection.upTo ?? this.newest, this.newest);
    return as === "deleted" ? this.#deleteAll(upTo) : this.#markAll(as, upTo);
  }

  find(id: string): ShownItem | undefined {
    const item = this.#schema.exists ? this.#rows.findById(id) : undefined;
    return item && this.#isThere(item) ? this.#shown(item) : undefined;
  }

  /** Notifications before an offset, newest first, that fit. @returns also where the next page begins, if there may be one. */
  page(
    before: number,
    limit: number,
    filter: Filter,
    isMeant: (item: Item) => boolean,
  ): { readonly items: readonly ShownItem[]; readonly next: number | undefined } {
    const items: ShownItem[] = [];
    if (!this.#load()) return { items, next: undefined };
    for (let at = before; ; ) {
      const rows = this.#rows.readBefore(at, this.#state.deletedUpTo, BATCH);
      for (const row of rows) {
        at = row.offset;
        const item = this.#shown(row);
        if (!this.#isThere(item) || !fits(item, filter) || !isMeant(item)) continue;
        if (items.length === limit) return { items, next: items.at(-1)?.offset ?? at };
        items.push(item);
      }
      if (rows.length < BATCH) return { items, next: undefined };
    }
  }

  /** When a notification that has just come is to be taken away, or sooner where there are too many (ms). */
  dueWith(expiresAt: number | undefined, at: number): number {
    const end = at + this.#limits.days * DAY;
    return Math.min(end, expiresAt ?? end);
  }

  /** When something is next to be taken away (ms), or nothing. */
  due(): number | undefined {
    if (!this.#load()) return undefined;
    const { deletedUpTo } = this.#state;
    const { expires, oldest } = this.#rows.readTimes(deletedUpTo);
    const { notifications, days } = this.#limits;
    if (this.#rows.count(0) > notifications + SLACK) return this.#now();
    const dues = [expires ?? [], oldest === null ? [] : oldest + days * DAY].flat();
    return dues.length > 0 ? Math.min(...dues) : undefined;
  }

  /** Takes away one batch of what is too old, has expired, or is too much. @returns what changed for the user, if anything. */
  prune(): Change | undefined {
    const known = this.#load();
    if (!known) return undefined;
    const { notifications, days } = this.#limits;
    const now = this.#now();
    const { deletedUpTo } = this.#state;
    this.#rows.deleteUpTo(deletedUpTo, known.newest, BATCH);
    const due = this.#rows.readDue(deletedUpTo, now - days * DAY, now, BATCH);
    const surplus = this.#rows.count(deletedUpTo) - due.length - notifications;
    const gone = surplus > 0 ? [...due, ...this.#leastNeeded(Math.min(surplus, BATCH), due)] : due;
    if (gone.length === 0) return undefined;
    for (const one of gone) this.#take(one, one);
    this.#write(this.#next(this.counts));
    return { kind: "deleted", which: { ids: gone.map(({ id }) => id) } };
  }

  /** Those that go first when there are too many: the oldest that were read or archived, then the oldest. */
  #leastNeeded(count: number, besides: readonly Marked[]): (Marked & { readonly id: string })[] {
    const taken = new Set(besides.map(({ offset }) => offset));
    const all = this.#rows.readDue(this.#state.deletedUpTo, Number.MAX_SAFE_INTEGER, 0, -1);
    const left = all.filter(({ offset }) => !taken.has(offset));
    const isDone = (one: Marked) => weightOf(timesOf(one, this.#state.sweeps)).unread === 0;
    return [...left.filter(isDone), ...left.filter((one) => !isDone(one))].slice(0, count);
  }

  #markEach(as: Mark, ids: readonly string[]): Change | undefined {
    const changed: string[] = [];
    const at = this.#now();
    for (const id of ids) {
      const item = this.#rows.findById(id);
      if (!item || item.offset <= this.#state.deletedUpTo) continue;
      const before = timesOf(item, this.#state.sweeps);
      if (as === "deleted") {
        this.#take(item, item);
      } else {
        const after = marked(before, as, at);
        if (sameTimes(before, after)) continue;
        const state = this.#next(plus(minus(this.counts, weightOf(before)), weightOf(after)));
        this.#rows.writeTimes(item.offset, after, state.seq);
        this.#keep(state);
      }
      changed.push(id);
    }
    if (changed.length === 0) return undefined;
    this.#write(this.#state);
    const which = { ids: changed };
    return as === "deleted" ? { kind: "deleted", which } : { kind: "marked", as, at, which };
  }

  #markAll(as: Exclude<Mark, "deleted">, upTo: number): Change | undefined {
    const at = this.#now();
    let isChange = false;
    let counts: Counts = nothing;
    for (const one of this.#rows.readMarks(this.#state.deletedUpTo, this.newest)) {
      const before = timesOf(one, this.#state.sweeps);
      const after = one.offset <= upTo ? marked(before, as, at) : before;
      isChange ||= !sameTimes(before, after);
      counts = plus(counts, weightOf(after));
    }
    if (!isChange) return undefined;
    const state = this.#next(counts);
    this.#write({ ...state, sweeps: [...state.sweeps, { as, upTo, at, seq: state.seq }] });
    if (this.#state.sweeps.length > MAX_SWEEPS) this.#writeSweeps();
    return { kind: "marked", as, at, which: { all: true, upTo } };
  }

  #deleteAll(upTo: number): Change | undefined {
    let isChange = false;
    let counts: Counts = nothing;
    for (const one of this.#rows.readMarks(this.#state.deletedUpTo, this.newest)) {
      if (one.offset <= upTo) isChange = true;
      else counts = plus(counts, weightOf(timesOf(one, this.#state.sweeps)));
    }
    if (!isChange) return undefined;
    this.#write({ ...this.#next(counts), deletedUpTo: upTo });
    return { kind: "deleted", which: { all: true, upTo } };
  }

  /** Writes marks of everything into the rows, so that their list does not grow. */
  #writeSweeps(): void {
    const { sweeps, seq, deletedUpTo } = this.#state;
    for (const one of [...this.#rows.readMarks(deletedUpTo, this.newest)]) {
      const times = timesOf(one, sweeps);
      if (!sameTimes(times, one)) this.#rows.writeTimes(one.offset, times, seq);
    }
    this.#write({ ...this.#state, sweeps: [] });
  }

  /** Takes one away and out of the counts; the caller writes the state. */
  #take(one: Marked, { offset }: Marked): void {
    const counts = minus(this.counts, weightOf(timesOf(one, this.#state.sweeps)));
    this.#rows.delete(offset, this.newest);
    this.#keep(this.#next(counts));
  }

  #unreadOf(collapseKey: string): Item | undefined {
    return this.#rows
      .findByCollapseKey(collapseKey, this.#state.deletedUpTo)
      .find((item) => timesOf(item, this.#state.sweeps).readAt === null);
  }

  #isThere({ offset, expires }: Item): boolean {
    return offset > this.#state.deletedUpTo && (expires === undefined || expires > this.#now());
  }

  #shown(item: Item): ShownItem {
    return { ...item, ...timesOf(item, this.#state.sweeps) };
  }

  /** The state after one more change. */
  #next(counts: Counts): InboxState {
    return { ...this.#state, ...counts, seq: this.#state.seq + 1 };
  }

  #write(state: InboxState): void {
    this.#keep(state);
    this.#rows.writeState(this.newest, state);
  }

  #keep(state: InboxState): void {
    this.#known = { newest: this.newest, state };
  }

  get #state(): InboxState {
    return this.#load()?.state ?? emptyState;
  }

  #load(): { readonly newest: number; readonly state: InboxState } | undefined {
    if (this.#isRead || !this.#schema.exists) return this.#known;
    this.#isRead = true;
    const read = this.#rows.readState();
    this.#known = read && { newest: read.offset, state: read.state };
    return this.#known;
  }
}

const unmarked: Times = { seenAt: null, readAt: null, archivedAt: null };

function sameTimes(one: Times, other: Times): boolean {
  return one.seenAt === other.seenAt && one.readAt === other.readAt && one.archivedAt === other.archivedAt;
}

function fits(item: ShownItem, { unread, archived = false, type }: Filter): boolean {
  if (unread !== undefined && (item.readAt === null) !== unread) return false;
  if ((item.archivedAt !== null) !== archived) return false;
  return type === undefined || item.type === type;
}
