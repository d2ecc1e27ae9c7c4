import { describe, report } from "../operation/report.ts";
import type { Schema } from "./schema.ts";

export function createOwedCallTable(sql: SqlStorage): void {
  sql.exec(`CREATE TABLE owed_call (
    id INTEGER PRIMARY KEY, call TEXT NOT NULL, attempts INTEGER NOT NULL, due INTEGER NOT NULL)`);
}

export interface OwedCallsOptions<Call> {
  readonly sql: SqlStorage;
  readonly schema: Schema;
  /** Reads a call that was written down. */
  readonly parse: (text: string) => Call;
  /** Makes the call. It may be made more than once. */
  readonly perform: (call: Call) => Promise<void>;
  /** Milliseconds before the first retry; doubles up to an hour. */
  readonly retryDelay: number;
  readonly now: () => number;
  readonly wakeAt: (time: number) => void;
}

type Row = { id: number; call: string; attempts: number; due: number };

const MAX_RETRY_DELAY = 3_600_000;

/** Calls to other objects that must be made in the end (rule F7): one that fails is written down and made again by alarm. */
export class OwedCalls<Call> {
  readonly #options: OwedCallsOptions<Call>;

  constructor(options: OwedCallsOptions<Call>) {
    this.#options = options;
  }

  /** Makes the call, or writes it down. */
  async make(call: Call): Promise<void> {
    const { perform, schema, sql, wakeAt } = this.#options;
    try {
      await perform(call);
    } catch (error) {
      report("warn", "a call failed and is owed", describe(error));
      schema.ensure();
      const due = this.#dueAfter(1);
      sql.exec("INSERT INTO owed_call (call, attempts, due) VALUES (?, 1, ?)", JSON.stringify(call), due);
      wakeAt(due);
    }
  }

  /** Makes again what is due. */
  async retry(): Promise<void> {
    const { schema, sql, now } = this.#options;
    if (!schema.exists) return;
    const rows = sql.exec<Row>("SELECT * FROM owed_call WHERE due <= ?", now()).toArray();
    await Promise.all(rows.map((row) => this.#retryOne(row)));
  }

  /** When the next retry is due (ms), or nothing. */
  due(): number | undefined {
    if (!this.#options.schema.exists) return undefined;
    const [row] = this.#options.sql
      .exec<{ due: number }>("SELECT due FROM owed_call ORDER BY due LIMIT 1")
      .toArray();
    return row?.due;
  }

  async #retryOne({ id, call, attempts }: Row): Promise<void> {
    const { parse, perform, sql } = this.#options;
    try {
      await perform(parse(call));
      sql.exec("DELETE FROM owed_call WHERE id = ?", id);
    } catch (error) {
      report("warn", "an owed call failed again", { attempts: attempts + 1, ...describe(error) });
      const due = this.#dueAfter(attempts + 1);
      sql.exec("UPDATE owed_call SET attempts = ?, due = ? WHERE id = ?", attempts + 1, due, id);
    }
  }

  #dueAfter(attempts: number): number {
    return this.#options.now() + Math.min(this.#options.retryDelay * 2 ** (attempts - 1), MAX_RETRY_DELAY);
  }
}
