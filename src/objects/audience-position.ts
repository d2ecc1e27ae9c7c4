import type { Position } from "../protocol/position.ts";
import type { Schema } from "./schema.ts";

export function createAudiencePositionTable(sql: SqlStorage): void {
  // One row, written in the transaction that stores something of the audience (rule F8).
  sql.exec("CREATE TABLE audience_position (epoch TEXT NOT NULL, offset INTEGER NOT NULL)");
}

/** Up to where a user's log holds what the audience had for the user. */
export class AudiencePosition {
  readonly #sql: SqlStorage;
  readonly #schema: Schema;
  #position: Position | undefined;
  #isRead = false;

  constructor(sql: SqlStorage, schema: Schema) {
    this.#sql = sql;
    this.#schema = schema;
  }

  read(): Position | undefined {
    if (this.#isRead || !this.#schema.exists) return this.#position;
    this.#isRead = true;
    const query = "SELECT epoch, offset FROM audience_position";
    this.#position = this.#sql.exec<{ epoch: string; offset: number }>(query).toArray()[0];
    return this.#position;
  }

  write({ epoch, offset }: Position): void {
    this.#schema.ensure();
    const update = this.#sql.exec("UPDATE audience_position SET epoch = ?, offset = ?", epoch, offset);
    if (update.rowsWritten === 0) {
      this.#sql.exec("INSERT INTO audience_position (epoch, offset) VALUES (?, ?)", epoch, offset);
    }
    this.#position = { epoch, offset };
    this.#isRead = true;
  }
}
