import { keptAimSchema } from "./aim.ts";
import type { Entry } from "./entry.ts";

/** A row of a log: its entry, and what is needed to know a repeated publish. */
export interface LogRow extends Entry {
  readonly id: string;
  readonly hash: string;
  /** When it was written (ms). */
  readonly at: number;
}

/** What is known of one life of a log. */
export interface LifeRow {
  readonly epoch: string;
  /** 1 until the log is deleted and begins anew: only then does the epoch "0" stand for this one. */
  readonly life: number;
  /** The newest offset whose entry is gone, or 0. */
  readonly floor: number;
}

export function createLogTables(sql: SqlStorage): void {
  // One row, written with the first entry and whenever a batch is pruned.
  sql.exec("CREATE TABLE log_life (epoch TEXT NOT NULL, life INTEGER NOT NULL, floor INTEGER NOT NULL)");
  // No index but the offset: an index on the publish id would double the rows that an entry costs (docs/decisions.md).
  // An entry that is gone and whose id is still remembered has an empty frame.
  sql.exec(`CREATE TABLE log (
    offset INTEGER PRIMARY KEY, id TEXT NOT NULL, hash TEXT NOT NULL, at INTEGER NOT NULL, expires INTEGER,
    channel TEXT NOT NULL, aim TEXT, frame TEXT NOT NULL)`);
}

type StoredRow = {
  offset: number;
  id: string;
  hash: string;
  at: number;
  expires: number | null;
  channel: string;
  aim: string | null;
  frame: string;
};

/** The tables of a log, one statement for each thing that is done with them. */
export class LogRows {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  readLife(): LifeRow | undefined {
    return this.#sql.exec<LifeRow & Record<string, SqlStorageValue>>("SELECT * FROM log_life").toArray()[0];
  }

  startLife(epoch: string): LifeRow {
    this.#sql.exec("INSERT INTO log_life (epoch, life, floor) VALUES (?, 1, 0)", epoch);
    return { epoch, life: 1, floor: 0 };
  }

  /** Begins a life of which everything up to an offset is gone; an empty row stands for that, so that the top is known. */
  restart(epoch: string, floor: number): void {
    const life = (this.readLife()?.life ?? 0) + 1;
    this.#sql.exec("DELETE FROM log");
    this.#sql.exec("DELETE FROM log_life");
    this.#sql.exec("INSERT INTO log_life (epoch, life, floor) VALUES (?, ?, ?)", epoch, life, floor);
    if (floor === 0) return;
    const gone = { channel: "", aim: undefined, frame: "", expires: undefined };
    this.insert({ offset: floor, id: "", hash: "", at: 0, ...gone });
  }

  /** The newest offset, or 0. */
  readTop(): number {
    return this.#readOffset("SELECT offset FROM log ORDER BY offset DESC LIMIT 1");
  }

  /** The oldest offset of which anything is left, or 0. */
  readBottom(): number {
    return this.#readOffset("SELECT offset FROM log ORDER BY offset LIMIT 1");
  }

  insert({ offset, id, hash, at, expires, channel, aim, frame }: LogRow): void {
    this.#sql.exec(
      "INSERT INTO log (offset, id, hash, at, expires, channel, aim, frame) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      offset,
      id,
      hash,
      at,
      expires ?? null,
      channel,
      aim === undefined ? null : JSON.stringify(aim),
      frame,
    );
  }

  /** Up to `limit` entries after an offset. */
  readAfter(after: number, limit: number): Entry[] {
    return this.#sql
      .exec<StoredRow>("SELECT * FROM log WHERE offset > ? ORDER BY offset LIMIT ?", after, limit)
      .toArray()
      .map(entryOf);
  }

  /** Up to `limit` entries before an offset and after another, newest first. */
  readBefore(before: number, after: number, limit: number): Entry[] {
    return this.#sql
      .exec<StoredRow>(
        "SELECT * FROM log WHERE offset < ? AND offset > ? ORDER BY offset DESC LIMIT ?",
        before,
        after,
        limit,
      )
      .toArray()
      .map(entryOf);
  }

  /** The entries of a publication, and when they were written. Reads the whole log. */
  find(id: string): readonly (Entry & { readonly at: number })[] {
    return this.#sql
      .exec<StoredRow>("SELECT * FROM log WHERE id = ? AND frame <> '' ORDER BY offset", id)
      .toArray()
      .map((row) => ({ ...entryOf(row), at: row.at }));
  }

  /** What is needed to know the ids of everything after an offset. */
  readIdsAfter(after: number): Iterable<Pick<LogRow, "offset" | "id" | "hash" | "channel">> {
    return this.#sql.exec<Pick<StoredRow, "offset" | "id" | "hash" | "channel">>(
      "SELECT offset, id, hash, channel FROM log WHERE offset > ? ORDER BY offset",
      after,
    );
  }

  /** Offsets and times of up to `limit` entries after an offset. */
  readTimesAfter(after: number, limit: number): readonly { offset: number; at: number }[] {
    return this.#sql
      .exec<Pick<StoredRow, "offset" | "at">>(
        "SELECT offset, at FROM log WHERE offset > ? ORDER BY offset LIMIT ?",
        after,
        limit,
      )
      .toArray();
  }

  /** Whether something that lay after an offset, and is older than `before` (ms), is not offered any more at `now`. */
  hasLostAfter(after: number, before: number, now: number): boolean {
    const lost = "SELECT 1 FROM log WHERE offset > ? AND at <= ? AND (frame = '' OR expires <= ?) LIMIT 1";
    return this.#sql.exec(lost, after, before, now).toArray().length > 0;
  }

  /** The newest offset that was written before a time (ms), or 0. */
  lastBefore(time: number): number {
    const query = "SELECT offset FROM log WHERE at < ? ORDER BY offset DESC LIMIT 1";
    return this.#sql.exec<{ offset: number }>(query, time).toArray()[0]?.offset ?? 0;
  }

  /** Takes away what has expired; the rows stay, for their offsets and ids. */
  emptyExpired(now: number): void {
    this.#sql.exec("UPDATE log SET frame = '', aim = NULL WHERE expires <= ? AND frame <> ''", now);
  }

  /** Takes the entries in (`floor`, `newFloor`] away, but keeps the rows after `idsFrom` for their ids. */
  empty(floor: number, newFloor: number, idsFrom: number): void {
    this.#sql.exec(
      "UPDATE log SET frame = '', aim = NULL WHERE offset > ? AND offset <= ?",
      Math.max(floor, idsFrom),
      newFloor,
    );
    this.#sql.exec("UPDATE log_life SET floor = ?", newFloor);
  }

  deleteUpTo(offset: number): void {
    this.#sql.exec("DELETE FROM log WHERE offset <= ?", offset);
  }

  #readOffset(query: string): number {
    return this.#sql.exec<{ offset: number }>(query).toArray()[0]?.offset ?? 0;
  }
}

function entryOf({ offset, channel, aim, frame, expires }: StoredRow): Entry {
  return {
    offset,
    channel,
    aim: aim === null ? undefined : keptAimSchema.parse(JSON.parse(aim)),
    expires: expires ?? undefined,
    frame,
  };
}
