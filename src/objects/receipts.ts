import type { Schema } from "./schema.ts";

export function createReceiptTable(sql: SqlStorage): void {
  // One row for each acknowledgement, without an index beside it: the client has received the entries in (since, up_to].
  sql.exec(`CREATE TABLE receipt (
    client TEXT NOT NULL, up_to INTEGER NOT NULL, since INTEGER NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY (client, up_to)) WITHOUT ROWID`);
}

/** That a client has received an entry, and when it said so (ms). */
export interface Receipt {
  readonly client: string;
  readonly at: number;
}

/** What is known of a publication in a user's log. */
export interface EventReceipt {
  readonly stored: readonly { readonly channel: string; readonly offset: number; readonly at: number }[];
  readonly received: readonly Receipt[];
  /** When its notification was seen and read (ms), if it has one and it was. */
  readonly seenAt: number | null;
  readonly readAt: number | null;
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

  /**
   * Takes an acknowledgement. One that says nothing new writes nothing.
   *
   * @param start the offset at which the client's connection began: what came before it was not received over it.
   */
  take(client: string, start: number, upTo: number, at: number): void {
    if (upTo <= start) return;
    const received = this.#read();
    const last = received.get(client) ?? 0;
    if (upTo <= last) return;
    received.set(client, upTo);
    this.#sql.exec(
      "INSERT OR IGNORE INTO receipt (client, up_to, since, at) VALUES (?, ?, ?, ?)",
      client,
      upTo,
      Math.max(last, start),
      at,
    );
  }

  /** Who has received the entry at an offset, and when each first said so. */
  of(offset: number): Receipt[] {
    if (!this.#schema.exists) return [];
    return this.#sql
      .exec<{ client: string; at: number }>(
        "SELECT client, min(at) AS at FROM receipt WHERE since < ? AND up_to >= ? GROUP BY client ORDER BY at",
        offset,
        offset,
      )
      .toArray();
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
