import type { Identity } from "../auth/identity.ts";
import type { Schema } from "./schema.ts";

export function createAccountTable(sql: SqlStorage): void {
  // One row, written when tokens are first revoked.
  sql.exec("CREATE TABLE account (revoke_before INTEGER NOT NULL)");
}

/** What is kept of a user beside the log: from when on tokens count. */
export class Account {
  readonly #sql: SqlStorage;
  readonly #schema: Schema;
  #revokeBefore: number | undefined;

  constructor(sql: SqlStorage, schema: Schema) {
    this.#sql = sql;
    this.#schema = schema;
  }

  /** Whether the identity's credential was issued before tokens were revoked. */
  hasRevoked({ issuedAt }: Identity): boolean {
    return issuedAt < this.#read();
  }

  /** Refuses tokens issued before `time` (ms) from now on. It is never taken back. */
  revokeBefore(time: number): void {
    if (time <= this.#read()) return;
    this.#schema.ensure();
    this.#sql.exec("DELETE FROM account");
    this.#sql.exec("INSERT INTO account (revoke_before) VALUES (?)", time);
    this.#revokeBefore = time;
  }

  #read(): number {
    if (!this.#schema.exists) return 0;
    this.#revokeBefore ??=
      this.#sql.exec<{ revoke_before: number }>("SELECT revoke_before FROM account").toArray()[0]
        ?.revoke_before ?? 0;
    return this.#revokeBefore;
  }
}
