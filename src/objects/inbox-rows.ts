import type { Aim } from "./aim.ts";
import { keptAimSchema } from "./aim.ts";
import { type InboxState, inboxStateSchema, type Keeping, type Marked, type Sweep } from "./inbox-state.ts";
import { type KeptNotification, keptNotificationSchema } from "./notification.ts";

/** A notification as it lies in the inbox. */
export interface Item extends Marked {
  readonly id: string;
  readonly type: string;
  /** The channel of the event that brought it. */
  readonly channel: string;
  /** When it was published (ms). */
  readonly at: number;
  /** When it removes itself (ms), if it does. */
  readonly expires: number | undefined;
  readonly collapseKey: string | undefined;
  readonly aim: Aim | undefined;
  readonly content: KeptNotification;
}

/** What decides how a notification counts, and by what clients know it. */
export type MarkedItem = Marked & Pick<Item, "id">;

/** A notification that has been looked at, but not read: reading is what takes time. */
export interface Glimpse extends MarkedItem, Pick<Item, "expires"> {
  readonly read: () => Item;
}

export function createInboxTable(sql: SqlStorage): void {
  // One row for each, without an index beside the offset; ids are looked for among the rows, the newest first
  // (docs/decisions.md). The newest row holds the state of the whole; it stays, without an id, when its notification is
  // gone. What is read of all rows stands before what is long.
  sql.exec(`CREATE TABLE inbox (
    offset INTEGER PRIMARY KEY, id TEXT NOT NULL, seq INTEGER NOT NULL, seen INTEGER, read INTEGER, archived INTEGER,
    at INTEGER NOT NULL, expires INTEGER, collapse TEXT, type TEXT NOT NULL, channel TEXT NOT NULL, aim TEXT,
    state TEXT NOT NULL, content TEXT NOT NULL)`);
}

type MarkRow = {
  offset: number;
  id: string;
  seq: number;
  seen: number | null;
  read: number | null;
  archived: number | null;
};

type Row = MarkRow & {
  at: number;
  expires: number | null;
  collapse: string | null;
  type: string;
  channel: string;
  aim: string | null;
  content: string;
};

const MARKS = "offset, id, seq, seen, read, archived";
const ALL = `${MARKS}, at, expires, collapse, type, channel, aim, content`;

/** The table of an inbox, one statement for each thing that is done with it. */
export class InboxRows {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** Where the newest notification lay or lies, whether it is gone, and the state. */
  readState(): { readonly newest: number; readonly isGone: boolean; readonly state: InboxState } | undefined {
    const query = "SELECT offset, id, state FROM inbox ORDER BY offset DESC LIMIT 1";
    const [row] = this.#sql.exec<{ offset: number; id: string; state: string }>(query).toArray();
    if (!row) return undefined;
    return {
      newest: row.offset,
      isGone: row.id === "",
      state: inboxStateSchema.parse(JSON.parse(row.state)),
    };
  }

  writeState(newest: number, state: InboxState): void {
    this.#sql.exec("UPDATE inbox SET state = ? WHERE offset = ?", JSON.stringify(state), newest);
  }

  insert(item: Item, state: InboxState): void {
    const { offset, id, type, channel, at, expires, collapseKey, aim, content } = item;
    this.#sql.exec(
      `INSERT INTO inbox (offset, id, seq, seen, read, archived, at, expires, collapse, type, channel, aim, state, content)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      offset,
      id,
      item.seq,
      item.seenAt,
      item.readAt,
      item.archivedAt,
      at,
      expires ?? null,
      collapseKey ?? null,
      type,
      channel,
      aim === undefined ? null : JSON.stringify(aim),
      JSON.stringify(state),
      JSON.stringify(content),
    );
  }

  /** @param state to be written along, into the newest row. */
  writeTimes({ offset, seq, seenAt, readAt, archivedAt }: Marked, state?: InboxState): void {
    this.#sql.exec(
      "UPDATE inbox SET seen = ?, read = ?, archived = ?, seq = ?, state = coalesce(?, state) WHERE offset = ?",
      seenAt,
      readAt,
      archivedAt,
      seq,
      state ? JSON.stringify(state) : null,
      offset,
    );
  }

  /** Writes a mark of many into those that were not marked by themselves later. Does to each what `marked` does. */
  writeSweep({ as, upTo, at, seq }: Sweep, after: number): void {
    const { set, where, times } = sweeps[as];
    this.#sql.exec(
      `UPDATE inbox SET ${set} WHERE offset > ? AND offset <= ? AND seq < ? AND id <> '' AND (${where})`,
      ...Array.from({ length: times }, () => at),
      after,
      upTo,
      seq,
    );
  }

  delete(offset: number): void {
    this.#sql.exec("DELETE FROM inbox WHERE offset = ?", offset);
  }

  /** Takes the newest notification away; the row stays, for the state. */
  empty(newest: number, state: InboxState): void {
    this.#sql.exec(
      "UPDATE inbox SET id = '', collapse = NULL, channel = '', aim = NULL, content = '', state = ? WHERE offset = ?",
      JSON.stringify(state),
      newest,
    );
  }

  /** Takes away up to `limit` rows of what was deleted at once. */
  deleteUpTo(offset: number, newest: number, limit: number): void {
    this.#sql.exec(
      "DELETE FROM inbox WHERE offset IN (SELECT offset FROM inbox WHERE offset <= ? AND offset < ? LIMIT ?)",
      offset,
      newest,
      limit,
    );
  }

  /** Whether rows are left of what was deleted at once. */
  hasUpTo(offset: number, newest: number): boolean {
    const query = "SELECT 1 FROM inbox WHERE offset <= ? AND offset < ? LIMIT 1";
    return this.#sql.exec(query, offset, newest).toArray().length > 0;
  }

  findById(id: string, after: number): Item | undefined {
    const query = `SELECT ${ALL} FROM inbox WHERE id = ? AND offset > ? AND id <> '' ORDER BY offset DESC LIMIT 1`;
    const [row] = this.#sql.exec<Row>(query, id, after).toArray();
    return row && itemOf(row);
  }

  /** Up to `limit` notifications in (`after`, `before`) with one of these ids, newest first. */
  readMarksOf(ids: readonly string[], before: number, after: number, limit: number): MarkedItem[] {
    const query = `SELECT ${MARKS} FROM inbox
      WHERE offset < ? AND offset > ? AND id <> '' AND id IN (SELECT value FROM json_each(?))
      ORDER BY offset DESC LIMIT ?`;
    return this.#sql.exec<MarkRow>(query, before, after, JSON.stringify(ids), limit).toArray().map(markedOf);
  }

  /** The newest notification in (`after`, `before`) with a collapse key. */
  findByKey(key: string, before: number, after: number): MarkedItem | undefined {
    const query = `SELECT ${MARKS} FROM inbox
      WHERE offset < ? AND offset > ? AND collapse = ? AND id <> '' ORDER BY offset DESC LIMIT 1`;
    const [row] = this.#sql.exec<MarkRow>(query, before, after, key).toArray();
    return row && markedOf(row);
  }

  /** The notifications after an offset, in their order. */
  *readMarks(after: number): Iterable<MarkedItem> {
    const query = `SELECT ${MARKS} FROM inbox WHERE offset > ? AND id <> '' ORDER BY offset`;
    for (const row of this.#sql.exec<MarkRow>(query, after)) yield markedOf(row);
  }

  /** Up to `limit` notifications in (`after`, `before`), newest first; those of one type, if it is said. */
  readBefore(before: number, after: number, type: string | undefined, limit: number): Glimpse[] {
    const query = `SELECT ${ALL} FROM inbox
      WHERE offset < ? AND offset > ? AND id <> '' AND type = coalesce(?, type) ORDER BY offset DESC LIMIT ?`;
    return this.#sql
      .exec<Row>(query, before, after, type ?? null, limit)
      .toArray()
      .map((row) => ({ ...markedOf(row), expires: row.expires ?? undefined, read: () => itemOf(row) }));
  }

  /** Up to `limit` notifications after an offset that were published, or remove themselves, by then (ms). */
  readDue(after: number, publishedBy: number, expiredBy: number, limit: number): MarkedItem[] {
    const query = `SELECT ${MARKS} FROM inbox
      WHERE offset > ? AND id <> '' AND (at <= ? OR expires <= ?) ORDER BY offset LIMIT ?`;
    return this.#sql.exec<MarkRow>(query, after, publishedBy, expiredBy, limit).toArray().map(markedOf);
  }

  /** When the first notification after an offset removes itself (ms), and when the oldest was published; but for one. */
  readTimes(after: number, besides: number): Pick<InboxState, "expires" | "oldest"> {
    const query =
      "SELECT min(expires) AS expires, min(at) AS oldest FROM inbox WHERE offset > ? AND offset <> ? AND id <> ''";
    return this.#sql.exec<{ expires: number | null; oldest: number | null }>(query, after, besides).one();
  }
}

/** What each mark of many writes, to which rows, and how often it names its time. */
const sweeps: Readonly<Record<Keeping, { set: string; where: string; times: number }>> = {
  read: {
    set: "read = coalesce(read, ?), seen = coalesce(seen, ?)",
    where: "read IS NULL OR seen IS NULL",
    times: 2,
  },
  unread: { set: "read = NULL", where: "read IS NOT NULL", times: 0 },
  seen: { set: "seen = ?", where: "seen IS NULL", times: 1 },
  unseen: { set: "seen = NULL", where: "seen IS NOT NULL", times: 0 },
  archived: { set: "archived = ?", where: "archived IS NULL", times: 1 },
  unarchived: { set: "archived = NULL", where: "archived IS NOT NULL", times: 0 },
};

function markedOf({ offset, id, seq, seen, read, archived }: MarkRow): MarkedItem {
  return { offset, id, seq, seenAt: seen, readAt: read, archivedAt: archived };
}

function itemOf(row: Row): Item {
  const { type, channel, at, expires, collapse, aim, content } = row;
  return {
    ...markedOf(row),
    type,
    channel,
    at,
    expires: expires ?? undefined,
    collapseKey: collapse ?? undefined,
    aim: aim === null ? undefined : keptAimSchema.parse(JSON.parse(aim)),
    content: keptNotificationSchema.parse(JSON.parse(content)),
  };
}
