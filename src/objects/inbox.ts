import type { Mark } from "../protocol/frames.ts";
import type { Aim } from "./aim.ts";
import { InboxRows, type Item, type MarkedItem } from "./inbox-rows.ts";
import {
  type Counts,
  earlier,
  emptyState,
  type InboxState,
  isSame,
  isSameTally,
  type Keeping,
  keptIn,
  type Marked,
  marked,
  markedAll,
  minus,
  noCounts,
  nothing,
  plus,
  type Tally,
  type Times,
  tallyOf,
  timesOf,
  unmarked,
  weightOf,
  withSweep,
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

/** A notification that has come. */
export interface Added {
  readonly item: ShownItem;
  /** The id of the one that it replaces, if it replaces one. */
  readonly replaces: string | undefined;
}

/** Which notifications to mark. */
export type Selection =
  | { readonly ids: readonly string[] }
  /** Everything that arrived up to an offset of the user's log; without it, everything. */
  | { readonly all: true; readonly upTo?: number | undefined };

/** What a mark changed: one entry of the log. */
export type Change =
  | { readonly kind: "marked"; readonly as: Keeping; readonly at: number; readonly which: Changed }
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
/** Marks of everything that are kept as such; with one more, the oldest is written into the rows. */
const MAX_SWEEPS = 16;

/**
 * A user's notifications until they are dealt with, and the counts of the badge. All of it is synchronous: each change is
 * made in the block that writes its entry into the user's log.
 *
 * The counts lie in the newest row, which a new notification writes anyway. Marking everything is one row, whatever it
 * marks, and looks at nothing but what it leaves out.
 */
export class Inbox {
  readonly #rows: InboxRows;
  readonly #schema: Schema;
  readonly #limits: InboxLimits;
  readonly #now: () => number;
  #known: ReturnType<InboxRows["readState"]>;
  #isRead = false;

  constructor(sql: SqlStorage, schema: Schema, limits: InboxLimits, now: () => number) {
    this.#rows = new InboxRows(sql);
    this.#schema = schema;
    this.#limits = limits;
    this.#now = now;
  }

  get counts(): Counts {
    return this.#load()?.state.tally.inbox ?? noCounts;
  }

  /** Takes a notification in. */
  add({ offset, id, at, channel, aim, content }: Arrival): Added {
    this.#schema.ensure();
    const { newest, isGone, state } = this.#load() ?? { newest: 0, isGone: false, state: emptyState };
    const { collapseKey, expiresAt, type } = content;
    const replaced = collapseKey === undefined ? undefined : this.#findUnread(collapseKey);
    if (replaced) this.#rows.delete(replaced.offset);
    // The state lies in the new row from now on.
    if (isGone) this.#rows.delete(newest);
    const tally = replaced ? minus(state.tally, this.#weightOf(replaced)) : state.tally;
    const seq = state.seq + 1;
    const next: InboxState = {
      ...state,
      seq,
      tally: plus(tally, weightOf(unmarked)),
      oldest: earlier(state.oldest, at),
      expires: earlier(state.expires, expiresAt),
    };
    const item: Item = {
      ...{ offset, id, at, channel, aim, content, type, collapseKey, seq, ...unmarked },
      expires: expiresAt,
    };
    this.#rows.insert(item, next);
    this.#known = { newest: offset, isGone: false, state: next };
    this.#isRead = true;
    return { item, replaces: replaced?.id };
  }

  /** Marks notifications. @returns what changed, or nothing where all of it was so already. */
  mark(as: Mark, selection: Selection): Change | undefined {
    const known = this.#load();
    if (!known) return undefined;
    if ("ids" in selection) return this.#markEach(as, [...new Set(selection.ids)]);
    const upTo = Math.min(selection.upTo ?? known.newest, known.newest);
    return upTo > known.state.deletedUpTo ? this.#markAll(as, upTo) : undefined;
  }

  find(id: string): ShownItem | undefined {
    const known = this.#load();
    const item = known && this.#rows.findById(id, known.state.deletedUpTo);
    if (!item || this.#hasExpired(item)) return undefined;
    return { ...item, ...timesOf(item, known.state.sweeps) };
  }

  /** Notifications before an offset, newest first, that fit. @returns also where the next page begins, if there is one. */
  page(
    before: number,
    limit: number,
    filter: Filter,
    isMeant: (item: Item) => boolean,
  ): { readonly items: readonly ShownItem[]; readonly next: number | undefined } {
    const items: ShownItem[] = [];
    if (!this.#load()) return { items, next: undefined };
    const { deletedUpTo, sweeps } = this.#state;
    // As a rule all of the newest fit; where they do not, more is looked at at once.
    for (let at = before, batch = limit + 1; ; batch = BATCH) {
      const glimpses = this.#rows.readBefore(at, deletedUpTo, filter.type, batch);
      for (const one of glimpses) {
        at = one.offset;
        const times = timesOf(one, sweeps);
        if (this.#hasExpired(one) || !fits(times, filter)) continue;
        const item = one.read();
        if (!isMeant(item)) continue;
        if (items.length === limit) return { items, next: items.at(-1)?.offset };
        items.push({ ...item, ...times });
      }
      if (glimpses.length < batch) return { items, next: undefined };
    }
  }

  /** When something is next to be taken away (ms), possibly too early, or nothing. */
  due(): number | undefined {
    const known = this.#load();
    if (!known) return undefined;
    const { newest, state } = known;
    const { tally, deletedUpTo, oldest, expires } = state;
    const { notifications, days } = this.#limits;
    // Somewhat more than the limit may lie there, so that pruning comes in batches and not with each notification.
    if (keptIn(tally) > notifications + Math.floor(notifications / 100)) return this.#now();
    if (deletedUpTo > 0 && this.#rows.hasUpTo(deletedUpTo, newest)) return this.#now();
    return earlier(oldest === null ? null : oldest + days * DAY, expires) ?? undefined;
  }

  /** Takes away one batch of what is too old, has expired, or is too much. @returns what changed for the user, if anything. */
  prune(): Change | undefined {
    const known = this.#load();
    if (!known) return undefined;
    const { notifications, days } = this.#limits;
    const { newest, state } = known;
    const { deletedUpTo, tally } = state;
    const now = this.#now();
    this.#rows.deleteUpTo(deletedUpTo, newest, BATCH);
    const due = this.#rows.readDue(deletedUpTo, now - days * DAY, now, BATCH);
    const surplus = Math.min(keptIn(tally) - due.length - notifications, BATCH);
    const gone = surplus > 0 ? [...due, ...this.#leastNeeded(surplus, due)] : due;
    const left = this.#remove(gone);
    const isNewestGone = gone.some(isAt(newest));
    const times = this.#rows.readTimes(deletedUpTo, isNewestGone ? newest : 0);
    const isNews = gone.length > 0 || times.expires !== state.expires || times.oldest !== state.oldest;
    if (isNews) this.#write({ ...left, ...times }, isNewestGone ? "gone" : undefined);
    return gone.length > 0 ? { kind: "deleted", which: { ids: gone.map(({ id }) => id) } } : undefined;
  }

  /** Those that go first when there are too many: the oldest that were read or archived, then the oldest. */
  #leastNeeded(count: number, besides: readonly Marked[]): MarkedItem[] {
    const { deletedUpTo, sweeps } = this.#state;
    const taken = new Set(besides.map(({ offset }) => offset));
    const done: MarkedItem[] = [];
    const open: MarkedItem[] = [];
    for (const one of this.#rows.readMarks(deletedUpTo)) {
      if (taken.has(one.offset)) continue;
      const { readAt, archivedAt } = timesOf(one, sweeps);
      (readAt === null && archivedAt === null ? open : done).push(one);
    }
    return [...done, ...open].slice(0, count);
  }

  #markEach(as: Mark, ids: readonly string[]): Change | undefined {
    const { newest } = this.#known ?? { newest: 0 };
    const at = this.#now();
    const found = this.#findMarks(ids);
    if (as === "deleted") {
      if (found.length === 0) return undefined;
      this.#write(this.#remove(found), found.some(isAt(newest)) ? "gone" : undefined);
      return { kind: "deleted", which: { ids: found.map(({ id }) => id) } };
    }
    let state = this.#state;
    let ofNewest: Marked | undefined;
    const changed: string[] = [];
    for (const one of found) {
      const before = timesOf(one, state.sweeps);
      const after = marked(before, as, at);
      if (isSame(before, after)) continue;
      const tally = plus(minus(state.tally, weightOf(before)), weightOf(after));
      state = { ...state, tally, seq: state.seq + 1 };
      const written = { offset: one.offset, seq: state.seq, ...after };
      if (one.offset === newest) ofNewest = written;
      else this.#rows.writeTimes(written);
      changed.push(one.id);
    }
    if (changed.length === 0) return undefined;
    this.#write(state, ofNewest);
    return { kind: "marked", as, at, which: { ids: changed } };
  }

  #markAll(as: Mark, upTo: number): Change | undefined {
    const { newest, state } = this.#known ?? { newest: 0, state: emptyState };
    const above = upTo < newest ? tallyOf(this.#rows.readMarks(upTo), state.sweeps) : nothing;
    const below = minus(state.tally, above);
    const after = as === "deleted" ? nothing : markedAll(below, as);
    if (isSameTally(below, after)) return undefined;
    const at = this.#now();
    const seq = state.seq + 1;
    const next = { ...state, tally: plus(above, after), seq };
    const which = { all: true as const, upTo };
    if (as === "deleted") {
      const sweeps = state.sweeps.filter((sweep) => sweep.upTo > upTo);
      const left = { ...next, sweeps, deletedUpTo: upTo };
      if (upTo < newest) this.#write(left);
      else this.#write({ ...left, oldest: null, expires: null }, "gone");
      return { kind: "deleted", which };
    }
    const sweeps = withSweep(state.sweeps, { as, upTo, at, seq });
    const [oldest, ...rest] = sweeps;
    const isTooMany = sweeps.length > MAX_SWEEPS && oldest !== undefined;
    if (isTooMany) this.#rows.writeSweep(oldest, state.deletedUpTo);
    this.#write({ ...next, sweeps: isTooMany ? rest : sweeps });
    return { kind: "marked", as, at, which };
  }

  /** Takes notifications away, but for the newest row. @returns the state without them, which is to be written. */
  #remove(gone: readonly MarkedItem[]): InboxState {
    const { newest, state } = this.#known ?? { newest: 0, state: emptyState };
    const tally = gone.reduce((left, one) => minus(left, this.#weightOf(one)), state.tally);
    for (const { offset } of gone) if (offset !== newest) this.#rows.delete(offset);
    return { ...state, tally, seq: state.seq + 1 };
  }

  /** The notifications with these ids, in that order. */
  #findMarks(ids: readonly string[]): MarkedItem[] {
    const { deletedUpTo } = this.#state;
    const found = new Map<string, MarkedItem>();
    const missing = new Set(ids);
    for (let before = Number.MAX_SAFE_INTEGER; missing.size > 0; ) {
      const limit = missing.size;
      const rows = this.#rows.readMarksOf([...missing], before, deletedUpTo, limit);
      for (const row of rows) {
        // Of several with one id, published long after one another, the newest is meant.
        if (missing.delete(row.id)) found.set(row.id, row);
        before = row.offset;
      }
      if (rows.length < limit) break;
    }
    return ids.flatMap((id) => found.get(id) ?? []);
  }

  /** The newest unread notification with a collapse key. */
  #findUnread(key: string): MarkedItem | undefined {
    const { deletedUpTo, sweeps } = this.#state;
    for (let before = Number.MAX_SAFE_INTEGER; ; ) {
      const one = this.#rows.findByKey(key, before, deletedUpTo);
      if (!one || timesOf(one, sweeps).readAt === null) return one;
      before = one.offset;
    }
  }

  #weightOf(one: Marked): Tally {
    return weightOf(timesOf(one, this.#state.sweeps));
  }

  #hasExpired({ expires }: Pick<Item, "expires">): boolean {
    return expires !== undefined && expires <= this.#now();
  }

  /** @param ofNewest what becomes of the newest notification, whose row the state lies in. */
  #write(state: InboxState, ofNewest?: Marked | "gone"): void {
    const { newest, isGone } = this.#known ?? { newest: 0, isGone: false };
    if (ofNewest === "gone") this.#rows.empty(newest, state);
    else if (ofNewest) this.#rows.writeTimes(ofNewest, state);
    else this.#rows.writeState(newest, state);
    this.#known = { newest, isGone: isGone || ofNewest === "gone", state };
  }

  get #state(): InboxState {
    return this.#known?.state ?? emptyState;
  }

  #load() {
    if (this.#isRead || !this.#schema.exists) return this.#known;
    this.#isRead = true;
    this.#known = this.#rows.readState();
    return this.#known;
  }
}

function isAt(place: number): (one: Marked) => boolean {
  return ({ offset }) => offset === place;
}

function fits({ readAt, archivedAt }: Times, { unread, archived = false }: Filter): boolean {
  return (unread === undefined || (readAt === null) === unread) && (archivedAt !== null) === archived;
}
