import type { Schema } from "./schema.ts";

export function createReceiptTable(sql: SqlStorage): void {
  // One row for each acknowledgement, without an index beside it.
  sql.exec(`CREATE TABLE receipt (
    client TEXT NOT NULL, up_to INTEGER NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (client, up_to)) WITHOUT ROWID`);
}

/** That a client has received an entry, and when it said so (ms). */
export interface Receipt {
  readonly client: string;
  readonly at: number;
}

/** What clients have acknowledged: each says up to which offset it has received the log. */
export class Receipts {
  readonly #sql: SqlStorage;
  readonly #schema: Schema;
  #received: Map<string, number> | undefined;

  constructor(sql: SqlStorage, schema: Schema) {
    this.#sql = sql;
    this.#schema = schema;
  }

  /** Takes an acknowledgement. One that says nothing new writes nothing. */
  take(client: string, upTo: number, at: number): void {
    const received = this.#read();
    if (upTo <= (received.get(client) ?? 0)) return;
    received.set(client, upTo);
    this.#sql.exec("INSERT OR IGNORE INTO receipt (client, up_to, at) VALUES (?, ?, ?)", client, upTo, at);
  }

  /** Who has received the entry at an offset: each client's first acknowledgement that covers it. */
  of(offset: number): Receipt[] {
    if (!this.#schema.exists) return [];
    // With min(), SQLite takes the other columns from the row that holds it: https://sqlite.org/lang_select.html#bareagg
    return this.#sql
      .exec<{ client: string; at: number }>(
        "SELECT client, at, min(up_to) FROM receipt WHERE up_to >= ? GROUP BY client ORDER BY at",
        offset,
      )
      .toArray()
      .map(({ client, at }) => ({ client, at }));
  }

  /** Forgets what covers nothing that the log still has. */
  prune(floor: number): void {
    if (this.#schema.exists && floor > 0) this.#sql.exec("DELETE FROM receipt WHERE up_to <= ?", floor);
  }

  #read(): Map<string, number> {
    if (this.#received) return this.#received;
    this.#schema.ensure();
    const rows = this.#sql.exec<{ client: string; up_to: number }>(
      "SELECT client, max(up_to) AS up_to FROM receipt GROUP BY client",
    );
    this.#received = new Map([...rows].map(({ client, up_to }) => [client, up_to]));
    return this.#received;
  }
}
