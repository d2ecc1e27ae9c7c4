import type { Aim } from "./aim.ts";
import { keptAimSchema } from "./aim.ts";
import { type InboxState, inboxStateSchema, type Marked, type Times } from "./inbox-state.ts";
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

export function createInboxTable(sql: SqlStorage): void {
  // One row for each, without an index beside the offset; ids are looked for among the rows (docs/decisions.md). The
  // newest row holds the state of the whole; one whose notification is gone has an empty content.
  sql.exec(`CREATE TABLE inbox (
    offset INTEGER PRIMARY KEY, id TEXT NOT NULL, type TEXT NOT NULL, channel TEXT NOT NULL, at INTEGER NOT NULL,
    expires INTEGER, collapse TEXT, aim TEXT, content TEXT NOT NULL, seen INTEGER, read INTEGER, archived INTEGER,
    seq INTEGER NOT NULL, state TEXT NOT NULL)`);
}

type Row = {
  offset: number;
  id: string;
  type: string;
  channel: string;
  at: number;
  expires: number | null;
  collapse: string | null;
  aim: string | null;
  content: string;
  seen: number | null;
  read: number | null;
  archived: number | null;
  seq: number;
  state: string;
};

/** The table of an inbox, one statement for each thing that is done with it. */
export class InboxRows {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  readState(): { readonly offset: number; readonly state: InboxState } | undefined {
    const query = "SELECT offset, state FROM inbox ORDER BY offset DESC LIMIT 1";
    const [row] = this.#sql.exec<Pick<Row, "offset" | "state">>(query).toArray();
    return row && { offset: row.offset, state: inboxStateSchema.parse(JSON.parse(row.state)) };
  }

  writeState(newest: number, state: InboxState): void {
    this.#sql.exec("UPDATE inbox SET state = ? WHERE offset = ?", JSON.stringify(state), newest);
  }

  insert(item: Item, state: InboxState): void {
    const { offset, id, type, channel, at, expires, collapseKey, aim, content, seenAt, readAt, archivedAt } =
      item;
    this.#sql.exec(
      `INSERT INTO inbox
        (offset, id, type, channel, at, expires, collapse, aim, content, seen, read, archived, seq, state)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      offset,
      id,
      type,
      channel,
      at,
      expires ?? null,
      collapseKey ?? null,
      aim === undefined ? null : JSON.stringify(aim),
      JSON.stringify(content),
      seenAt,
      readAt,
      archivedAt,
      item.seq,
      JSON.stringify(state),
    );
  }

  writeTimes(offset: number, { seenAt, readAt, archivedAt }: Times, seq: number): void {
    this.#sql.exec(
      "UPDATE inbox SET seen = ?, read = ?, archived = ?, seq = ? WHERE offset = ?",
      seenAt,
      readAt,
      archivedAt,
      seq,
      offset,
    );
  }

  /** Takes a notification away. The newest row stays, for the state that it holds. */
  delete(offset: number, newest: number): void {
    if (offset === newest) this.#sql.exec("UPDATE inbox SET content = '', id = '' WHERE offset = ?", offset);
    else this.#sql.exec("DELETE FROM inbox WHERE offset = ?", offset);
  }

  /** Takes away up to `limit` rows of what was deleted at once. @returns whether there may be more. */
  deleteUpTo(offset: number, newest: number, limit: number): boolean {
    const { rowsWritten } = this.#sql.exec(
      "DELETE FROM inbox WHERE offset IN (SELECT offset FROM inbox WHERE offset <= ? AND offset < ? LIMIT ?)",
      offset,
      newest,
      limit,
    );
    return rowsWritten >= limit;
  }

  findById(id: string): Item | undefined {
    const query = "SELECT * FROM inbox WHERE id = ? AND content <> '' ORDER BY offset DESC LIMIT 1";
    const [row] = this.#sql.exec<Row>(query, id).toArray();
    return row && itemOf(row);
  }

  findByCollapseKey(key: string, after: number): Item[] {
    const query =
      "SELECT * FROM inbox WHERE collapse = ? AND offset > ? AND content <> '' ORDER BY offset DESC";
    return this.#sql.exec<Row>(query, key, after).toArray().map(itemOf);
  }

  /** Up to `limit` notifications before an offset and after another, newest first. */
  readBefore(before: number, after: number, limit: number): Item[] {
    const query =
      "SELECT * FROM inbox WHERE offset < ? AND offset > ? AND content <> '' ORDER BY offset DESC LIMIT ?";
    return this.#sql.exec<Row>(query, before, after, limit).toArray().map(itemOf);
  }

  /** What decides how notifications in (`after`, `upTo`] count, without their contents. */
  *readMarks(after: number, upTo: number): Iterable<Marked> {
    const query =
      "SELECT offset, seen, read, archived, seq FROM inbox WHERE offset > ? AND offset <= ? AND content <> ''";
    for (const row of this.#sql.exec<Pick<Row, "offset" | "seen" | "read" | "archived" | "seq">>(
      query,
      after,
      upTo,
    )) {
      yield markedOf(row);
    }
  }

  /** Up to `limit` notifications after an offset that were published, or remove themselves, by then (ms). */
  readDue(after: number, publishedBefore: number, now: number, limit: number): (Marked & { id: string })[] {
    return this.#sql
      .exec<Pick<Row, "offset" | "id" | "seen" | "read" | "archived" | "seq">>(
        `SELECT offset, id, seen, read, archived, seq FROM inbox
          WHERE offset > ? AND content <> '' AND (at <= ? OR expires <= ?) ORDER BY offset LIMIT ?`,
        after,
        publishedBefore,
        now,
        limit,
      )
      .toArray()
      .map((row) => ({ ...markedOf(row), id: row.id }));
  }

  /** When the first notification removes itself (ms), and when the oldest was published. */
  readTimes(after: number): { readonly expires: number | null; readonly oldest: number | null } {
    const query =
      "SELECT min(expires) AS expires, min(at) AS oldest FROM inbox WHERE offset > ? AND content <> ''";
    return this.#sql.exec<{ expires: number | null; oldest: number | null }>(query, after).one();
  }

  /** How many notifications lie after an offset. */
  count(after: number): number {
    const query = "SELECT count(*) AS n FROM inbox WHERE offset > ? AND content <> ''";
    return this.#sql.exec<{ n: number }>(query, after).one().n;
  }
}

function markedOf({
  offset,
  seen,
  read,
  archived,
  seq,
}: Pick<Row, "offset" | "seen" | "read" | "archived" | "seq">): Marked {
  return { offset, seq, seenAt: seen, readAt: read, archivedAt: archived };
}

function itemOf(row: Row): Item {
  const { id, type, channel, at, expires, collapse, aim, content } = row;
  return {
    ...markedOf(row),
    id,
    type,
    channel,
    at,
    expires: expires ?? undefined,
    collapseKey: collapse ?? undefined,
    aim: aim === null ? undefined : keptAimSchema.parse(JSON.parse(aim)),
    content: keptNotificationSchema.parse(JSON.parse(content)),
  };
}
