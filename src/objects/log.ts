import { type Position, start } from "../protocol/position.ts";
import {
  type Entry,
  eventFrame,
  type LoggedEvent,
  type LoggedPublication,
  type PassingEvent,
} from "./entry.ts";
import type { Page, PageAnswer, Resumption } from "./follow.ts";
import { type LifeRow, type LogRow, LogRows } from "./log-rows.ts";
import { audienceMark, NO_PUBLICATION, type Place, PublishIds, type Recalled } from "./publish-ids.ts";
import type { Schema } from "./schema.ts";

/** How much a log keeps, and how much of it is handled at once. */
export interface LogLimits {
  /** The newest entries that are kept. */
  readonly events: number;
  /** Days for which an entry is kept. */
  readonly days: number;
  /** Publish ids of the newest entries by which a repeated publish is known, even where the entries are gone. */
  readonly rememberedIds: number;
  /** Entries of one page. */
  readonly pageEvents: number;
  /** Characters of one page's frames, unless a single entry is longer. */
  readonly pageBytes: number;
}

/** What a log did with a publication. */
export type Taken =
  | { readonly kind: "taken"; readonly places: readonly Place[]; readonly passing: readonly PassingEvent[] }
  | Exclude<Recalled, { kind: "new" }>;

/** One life of the log, as it is known in this waking. */
interface Life extends LifeRow {
  floor: number;
  top: number;
  /** The oldest offset of which anything is left. */
  bottom: number;
  /** When the oldest entry was written, once that has been asked for. */
  oldestAt: number | undefined;
}

const DAY = 86_400_000;
/** Entries that are too old lie a tenth longer, so that one alarm prunes many of them. */
const PRUNE_DELAY = 1.1;
/** Pages that are kept for the next reader. */
const PAGES_AT_HAND = 8;
/** Rows handled by one pruning, so that it never holds the object for long. */
const PRUNE_BATCH = 500;

/**
 * An object's ordered, durable record (rules F1, F4, F10). Everything here is synchronous: an entry gets its offset
 * in the block that stores it, and the platform lets nothing out before that block is durable.
 *
 * The newest rows are never deleted, only emptied, so that the next offset is always known from the rows alone.
 */
export class Log {
  readonly #rows: LogRows;
  readonly #schema: Schema;
  readonly #limits: LogLimits;
  readonly #now: () => number;
  readonly #write: typeof eventFrame;
  #life: Life | undefined;
  #ids: PublishIds | undefined;
  /** The newest entries of this waking, which followers mostly ask for; in offset order, without holes. */
  #recent: Entry[] = [];
  /** Pages that were read from the rows, by the offset that they follow, the last used last. */
  readonly #read = new Map<number, readonly Entry[]>();

  /** @param write writes an entry as text: the `event` frame, unless the log's readers want something else. */
  constructor(
    sql: SqlStorage,
    schema: Schema,
    limits: LogLimits,
    now: () => number,
    write: typeof eventFrame = eventFrame,
  ) {
    this.#write = write;
    this.#rows = new LogRows(sql);
    this.#schema = schema;
    this.#limits = limits;
    this.#now = now;
    if (schema.exists) this.#life = this.#readLife();
  }

  /** Characters of one page's frames, unless a single entry is longer. */
  get pageBytes(): number {
    return this.#limits.pageBytes;
  }

  /** The newest entry's position. */
  get top(): Position {
    return this.#life ? { epoch: this.#life.epoch, offset: this.#life.top } : start;
  }

  /**
   * Stores a publication's events, unless its id was taken before. Entries of one publication have offsets in a row.
   */
  take(publication: LoggedPublication): Taken {
    const { id, events, announcement } = publication;
    const ids = this.#publishIds();
    const recalled = ids.recall(publication);
    if (recalled.kind !== "new") return recalled;
    const at = this.#now();
    const places: Place[] = [];
    const passing: PassingEvent[] = [];
    const isKnown: boolean[] = [];
    for (const event of events) {
      const { channel, aim } = event;
      const known = ids.placeFromAudience(id, event);
      isKnown.push(known !== undefined);
      if (known) {
        places.push(known);
      } else {
        // What is not stored passes; what it brings to inboxes is kept all the same, for who is away.
        const isKept = event.store || event.notification !== undefined;
        places.push({ channel, offset: isKept ? this.#append(publication, event, at) : undefined });
        if (!event.store) passing.push({ channel, aim, frame: this.#write(event, { id, at }) });
      }
    }
    if (announcement) this.#appendOnce(id, at, announcement);
    ids.remember(
      publication,
      places.filter((_place, index) => !isKnown[index]),
    );
    return { kind: "taken", places, passing };
  }

  /** Stores what an audience brought to its member, but for what is here already (rule F4). @returns whether anything was new. */
  takeFromAudience(entries: readonly { id: string; at: number; event: LoggedEvent }[]): boolean {
    const before = this.top.offset;
    for (const { id, at, event } of entries) this.#appendOnce(id, at, event);
    return this.top.offset > before;
  }

  /** Stores something that no publication brought. */
  record(event: LoggedEvent): void {
    this.#append({ id: crypto.randomUUID(), hash: NO_PUBLICATION }, event, this.#now());
  }

  /** Begins anew as a copy of another log of which everything up to `floor` is gone. */
  copyFrom(epoch: string, floor: number): void {
    this.#schema.ensure();
    this.#rows.restart(epoch, floor);
    this.#life = this.#readLife();
    this.#ids = undefined;
    this.#recent = [];
    this.#read.clear();
  }

  /** Takes over the next page of the log of which this is a copy, with the same offsets. What is missing has expired. */
  copy(page: Page<Entry & { readonly id: string; readonly at: number }>): void {
    if (!this.#life) this.copyFrom(page.epoch, page.after);
    const entries = new Map(page.entries.map((entry) => [entry.offset, entry]));
    for (let offset = this.top.offset + 1; offset <= page.upTo; offset++) {
      const entry = entries.get(offset);
      // When it was written is not told: not before the one before it. Taken for too young, its loss would be silent.
      const row = entry
        ? { hash: "", ...entry }
        : goneRow(offset, this.#rows.readTimesAfter(offset - 2, 1)[0]?.at);
      this.#insert(row);
    }
  }

  /**
   * Notes that something is missing which should lie here: the log does not reach back any more to whoever has not come
   * to this point, and they are told so whenever they come (rule R3).
   */
  lose(): void {
    const life = this.#startLife();
    // A row of its own, so that whoever has been told stands further on than whoever has not.
    this.#insert({ ...goneRow(life.top + 1, this.#now()), hash: NO_PUBLICATION });
    this.#dropUpTo(life, life.top);
  }

  /** Whether something after an offset, older than `before` (ms), was here and is not offered any more. */
  hasLostAfter(after: number, before: number): boolean {
    return this.#life !== undefined && this.#rows.hasLostAfter(after, before, this.#now());
  }

  /** The newest offset that was written before a time (ms), or 0. */
  lastBefore(time: number): number {
    return this.#life ? this.#rows.lastBefore(time) : 0;
  }

  /** Takes away what has expired. */
  emptyExpired(): void {
    if (!this.#life) return;
    this.#rows.emptyExpired(this.#now());
    this.#recent = [];
    this.#read.clear();
  }

  /**
   * Where a follower who has everything up to `since` goes on, or that the log does not reach back to it. What lies
   * beyond the limits and waits to be pruned is not offered any more.
   */
  resume(since: Position): Resumption {
    const top = this.top;
    if (!this.#isThisLife(since.epoch) || since.offset > top.offset || since.offset < this.#floor()) {
      return { kind: "lost", top };
    }
    return { kind: "recovered", from: { epoch: top.epoch, offset: since.offset }, top };
  }

  /** Whether a follower who was told to go on from here still can. */
  reachesBackTo(position: Position): boolean {
    const { floor, top } = this.#life ?? { floor: 0, top: 0 };
    return this.#isThisLife(position.epoch) && position.offset >= floor && position.offset <= top;
  }

  /** The page after a position, or that the log does not reach back to it. */
  pageAfter(position: Position): PageAnswer {
    if (!this.reachesBackTo(position)) return { kind: "lost", top: this.top };
    return { kind: "page", page: this.read(position.offset) };
  }

  /** The next page after an offset that the log reaches back to. */
  read(after: number): Page {
    const { epoch, offset: top } = this.top;
    const candidates = this.#entriesAfter(after, top);
    const entries = this.#withinPage(candidates);
    const last = entries.at(-1)?.offset ?? top;
    const isWhole = entries.length === candidates.length && candidates.length < this.#limits.pageEvents;
    return { epoch, after, upTo: isWhole ? top : last, entries: this.#alive(entries) };
  }

  /** The entries in [`from`, `before`), newest first, and whether there are older ones. */
  readBefore(before: number): {
    readonly entries: readonly Entry[];
    readonly from: number;
    readonly more: boolean;
  } {
    if (!this.#life) return { entries: [], from: before, more: false };
    const floor = this.#floor();
    const entries = this.#withinPage(this.#rows.readBefore(before, floor, this.#limits.pageEvents));
    const from = entries.at(-1)?.offset ?? before;
    return { entries: this.#alive(entries), from, more: entries.length > 0 && from > floor + 1 };
  }

  /** The entries of a publication, and when they were written (ms). */
  find(id: string): readonly (Entry & { readonly at: number })[] {
    return this.#life ? this.#rows.find(id) : [];
  }

  /** The newest offset whose entry is gone, or 0. */
  get floor(): number {
    return this.#life?.floor ?? 0;
  }

  /** When something is next to be pruned (ms), or nothing. */
  pruneDue(): number | undefined {
    const life = this.#life;
    if (!life) return undefined;
    const { events, rememberedIds, days } = this.#limits;
    // Somewhat more than the limits may lie there, so that pruning comes in batches and not with each event.
    const surplus = life.top - life.floor - events;
    const surplusIds = Math.min(life.floor, deletedUpTo(life, rememberedIds)) - life.bottom + 1;
    if (surplus > slack(events) || surplusIds > slack(rememberedIds)) return this.#now();
    if (life.floor >= life.top) return undefined;
    life.oldestAt ??= this.#rows.readTimesAfter(life.floor, 1)[0]?.at ?? this.#now();
    return life.oldestAt + days * DAY * PRUNE_DELAY;
  }

  /** Takes away one batch of what is beyond the limits. */
  prune(): void {
    const life = this.#life;
    if (!life) return;
    const { events, days, rememberedIds } = this.#limits;
    const tooOld = this.#now() - days * DAY;
    const floor = this.#rows
      .readTimesAfter(life.floor, PRUNE_BATCH)
      .filter(({ offset, at }) => offset <= life.top - events || at <= tooOld)
      .at(-1)?.offset;
    if (floor !== undefined) this.#dropUpTo(life, floor);
    const deleted = Math.min(life.floor, deletedUpTo(life, rememberedIds));
    if (deleted >= life.bottom) {
      this.#rows.deleteUpTo(deleted);
      life.bottom = deleted + 1;
    }
  }

  /** Takes away the entries up to an offset; rows whose ids are remembered stay, empty. */
  #dropUpTo(life: Life, floor: number): void {
    this.#rows.empty(life.floor, floor, deletedUpTo(life, this.#limits.rememberedIds));
    life.floor = floor;
    life.oldestAt = undefined;
    this.#read.clear();
    this.#recent = this.#recent.filter(({ offset }) => offset > floor);
  }

  /** The newest offset that is not offered any more, whether or not it was pruned yet. */
  #floor(): number {
    return Math.max(this.floor, this.top.offset - this.#limits.events);
  }

  /** A log answers to its epoch, and in its first life also to the epoch 0, which it had while it was empty. */
  #isThisLife(epoch: string): boolean {
    return epoch === this.top.epoch || (epoch === "0" && (this.#life?.life ?? 1) === 1);
  }

  /** Stores an event that may have come another way before, under the same id. */
  #appendOnce(id: string, at: number, event: LoggedEvent): void {
    const ids = this.#publishIds();
    if (ids.hasFromAnywhere(id, event)) return;
    const offset = this.#append({ id, hash: audienceMark(event) }, event, at);
    ids.rememberFromAudience(id, event, { channel: event.channel, offset });
  }

  #append({ id, hash }: Pick<LoggedPublication, "id" | "hash">, event: LoggedEvent, at: number): number {
    const { channel, aim, ttl, keptFor = ttl } = event;
    const offset = this.#startLife().top + 1;
    const frame = this.#write(event, { id, at, offset });
    const expires = keptFor === undefined ? undefined : at + keptFor * 1000;
    return this.#insert({ offset, id, hash, at, expires, channel, aim, frame });
  }

  #insert(row: LogRow): number {
    const { offset, channel, frame, aim, expires } = row;
    this.#rows.insert(row);
    this.#startLife().top = offset;
    this.#recent.push({ offset, channel, frame, aim, expires });
    if (this.#recent.length > 2 * this.#limits.pageEvents) {
      this.#recent = this.#recent.slice(-this.#limits.pageEvents);
    }
    return offset;
  }

  #entriesAfter(after: number, top: number): readonly Entry[] {
    const { pageEvents } = this.#limits;
    const first = this.#recent[0]?.offset;
    if (first === undefined || after < first - 1) {
      return after < top ? this.#readOnce(after, pageEvents) : [];
    }
    return this.#recent.slice(after - first + 1, after - first + 1 + pageEvents);
  }

  /** Reads rows, or takes those that were just read: when many resume at once they walk the same pages. */
  #readOnce(after: number, limit: number): readonly Entry[] {
    const read = this.#read.get(after) ?? this.#rows.readAfter(after, limit);
    this.#read.delete(after);
    this.#read.set(after, read);
    for (const oldest of this.#read.keys()) {
      if (this.#read.size <= PAGES_AT_HAND) break;
      this.#read.delete(oldest);
    }
    // A page that is not full ends at the top, and grows with the next entry.
    if (read.length < limit) this.#read.delete(after);
    return read;
  }

  /** As many of these as one page may hold, and at least one. */
  #withinPage(candidates: readonly Entry[]): readonly Entry[] {
    let size = 0;
    const end = candidates.findIndex(({ frame }, index) => {
      size += frame.length;
      return index > 0 && size > this.#limits.pageBytes;
    });
    return end === -1 ? candidates : candidates.slice(0, end);
  }

  #alive(entries: readonly Entry[]): Entry[] {
    const now = this.#now();
    return entries.filter(({ frame, expires }) => frame !== "" && (expires === undefined || expires > now));
  }

  #startLife(): Life {
    if (this.#life) return this.#life;
    this.#schema.ensure();
    this.#life = this.#readLife() ?? {
      ...this.#rows.startLife(newEpoch()),
      top: 0,
      bottom: 1,
      oldestAt: undefined,
    };
    return this.#life;
  }

  #readLife(): Life | undefined {
    const life = this.#rows.readLife();
    if (!life) return undefined;
    const top = this.#rows.readTop();
    return { ...life, top, bottom: this.#rows.readBottom() || top + 1, oldestAt: undefined };
  }

  #publishIds(): PublishIds {
    if (this.#ids) return this.#ids;
    const { rememberedIds } = this.#limits;
    this.#ids = new PublishIds(rememberedIds);
    if (this.#life) {
      const after = Math.max(rememberedAfter(this.#life, rememberedIds), 0);
      this.#ids.read(this.#rows.readIdsAfter(after - 1), after);
    }
    return this.#ids;
  }
}

/** The row of an entry that is gone. */
function goneRow(offset: number, at = 0): LogRow {
  return { offset, id: "", hash: "", at, channel: "", frame: "", aim: undefined, expires: undefined };
}

/** The offset after which ids are remembered. */
function rememberedAfter({ top }: Life, rememberedIds: number): number {
  return top - rememberedIds;
}

/**
 * Rows up to this offset are not needed for their ids. The row before the first that is remembered is kept: it tells
 * whether that publication begins there.
 */
function deletedUpTo(life: Life, rememberedIds: number): number {
  return rememberedAfter(life, rememberedIds) - 1;
}

function slack(limit: number): number {
  return Math.max(50, limit / 10);
}

/** Ten letters and digits; two lives of one log never share them but by a chance of one in 10^15. */
function newEpoch(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(10));
  return Array.from(bytes, (byte) => (byte % 36).toString(36)).join("");
}
