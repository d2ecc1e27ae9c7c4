import type { ErrorCode } from "../protocol/errors.ts";
import type { Schema } from "./schema.ts";

export function createDeadLetterTables(sql: SqlStorage): void {
  // What was to be delivered is kept as it came, once for all letters that came in one message.
  sql.exec("CREATE TABLE parcel (id INTEGER PRIMARY KEY, message TEXT NOT NULL UNIQUE, body BLOB NOT NULL)");
  // A letter's number is never used again, so that nobody retries another one than was seen.
  sql.exec(`CREATE TABLE letter (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, parcel INTEGER NOT NULL, place INTEGER NOT NULL,
    kind TEXT, name TEXT, publications TEXT NOT NULL, code TEXT NOT NULL, reason TEXT NOT NULL)`);
  sql.exec("CREATE INDEX letter_parcel ON letter (parcel)");
}

/** Why something was given up: a code of the table of errors, and a sentence without secrets. */
export interface DeadReason {
  readonly code: ErrorCode;
  readonly reason: string;
}

/** What could not be delivered to one object, as it comes. */
export interface NewLetter extends DeadReason {
  /** Nothing where the message could not be read. */
  readonly object: { readonly kind: string; readonly name: string } | undefined;
  /** Ids, channels and names of events, as JSON: what somebody is shown. */
  readonly publications: string;
}

/** A dead letter as it is listed. */
export interface DeadLetter extends NewLetter {
  readonly id: number;
  /** When it was given up (ms). */
  readonly at: number;
}

/** A dead letter as it is delivered again: the body of its message, and which of the calls in it. */
export interface DeadBody {
  readonly body: ArrayBuffer;
  readonly place: number;
}

type Row = {
  id: number;
  at: number;
  kind: string | null;
  name: string | null;
  publications: string;
  code: ErrorCode;
  reason: string;
};

/** The rows of the dead letters. */
export class DeadLetterRows {
  readonly #sql: SqlStorage;
  readonly #schema: Schema;
  #letters: number | undefined;

  constructor(sql: SqlStorage, schema: Schema) {
    this.#sql = sql;
    this.#schema = schema;
  }

  /** Keeps the letters of a message, unless that message came before: a queue may bring it twice. */
  insert(message: string, body: Uint8Array, letters: readonly NewLetter[], at: number): void {
    this.#schema.ensure();
    const inserted = this.#sql
      .exec<{ id: number }>(
        "INSERT OR IGNORE INTO parcel (message, body) VALUES (?, ?) RETURNING id",
        message,
        body,
      )
      .toArray();
    const [parcel] = inserted;
    if (!parcel) return;
    const before = this.#count();
    for (const [place, { object, publications, code, reason }] of letters.entries()) {
      this.#sql.exec(
        `INSERT INTO letter (at, parcel, place, kind, name, publications, code, reason)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
        at,
        parcel.id,
        place,
        object?.kind ?? null,
        object?.name ?? null,
        publications,
        code,
        reason,
      );
    }
    this.#letters = before + letters.length;
  }

  /** The newest letters before a number, newest first. */
  read(before: number, limit: number): DeadLetter[] {
    if (!this.#schema.exists) return [];
    return this.#sql
      .exec<Row>(
        `SELECT id, at, kind, name, publications, code, reason FROM letter
          WHERE id < ? ORDER BY id DESC LIMIT ?`,
        before,
        limit,
      )
      .toArray()
      .map(({ kind, name, ...letter }) => ({
        ...letter,
        object: kind === null || name === null ? undefined : { kind, name },
      }));
  }

  /** What is to be delivered again. */
  find(id: number): DeadBody | undefined {
    if (!this.#schema.exists) return undefined;
    return this.#sql
      .exec<{ body: ArrayBuffer; place: number }>(
        "SELECT body, place FROM letter JOIN parcel ON parcel.id = letter.parcel WHERE letter.id = ?",
        id,
      )
      .toArray()[0];
  }

  /** Notes why it failed again. */
  update(id: number, { code, reason }: DeadReason): void {
    if (!this.#schema.exists) return;
    this.#sql.exec("UPDATE letter SET code = ?, reason = ? WHERE id = ?", code, reason, id);
  }

  delete(id: number): void {
    if (this.#schema.exists) this.#delete("id = ?", id);
  }

  /** When the oldest letter was given up (ms), if there is one. */
  oldestAt(): number | undefined {
    if (!this.#schema.exists) return undefined;
    return this.#sql.exec<{ at: number }>("SELECT at FROM letter ORDER BY id LIMIT 1").toArray()[0]?.at;
  }

  /** Deletes what was given up at this time (ms) or earlier. */
  deleteUntil(time: number): void {
    if ((this.oldestAt() ?? Number.POSITIVE_INFINITY) <= time) this.#delete("at <= ?", time);
  }

  /** Deletes the oldest beyond so many. @returns how many these were. */
  deleteBeyond(limit: number): number {
    if (!this.#schema.exists) return 0;
    const tooMany = this.#count() - limit;
    if (tooMany <= 0) return 0;
    this.#delete("id IN (SELECT id FROM letter ORDER BY id LIMIT ?)", tooMany);
    return tooMany;
  }

  /** Deletes what was for a user, and webhooks about them. */
  deleteOfUser(user: string): void {
    const which = "(kind = 'user' AND name = ?1) OR (kind = 'webhook' AND name = 'user:' || ?1)";
    if (this.#schema.exists) this.#delete(which, user);
  }

  #delete(which: string, value: number | string): void {
    const before = this.#count();
    const deleted = this.#sql.exec<{ parcel: number }>(
      `DELETE FROM letter WHERE ${which} RETURNING parcel`,
      value,
    );
    const parcels = deleted.toArray().map(({ parcel }) => parcel);
    this.#letters = before - parcels.length;
    for (const parcel of new Set(parcels)) {
      this.#sql.exec(
        "DELETE FROM parcel WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM letter WHERE parcel = ?1)",
        parcel,
      );
    }
  }

  /** How many there are, counted once for each waking. */
  count(): number {
    return this.#schema.exists ? this.#count() : 0;
  }

  #count(): number {
    this.#letters ??= this.#sql.exec<{ count: number }>("SELECT count(*) AS count FROM letter").one().count;
    return this.#letters;
  }
}
