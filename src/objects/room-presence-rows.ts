import type { PresenceVersion } from "./room-presence-version.ts";
import type { Schema } from "./schema.ts";

export function createRoomPresenceTables(sql: SqlStorage): void {
  // One row for each member, without an index beside it, and one row that says which change of which life was told last.
  sql.exec("CREATE TABLE member (user TEXT PRIMARY KEY, state TEXT) WITHOUT ROWID");
  sql.exec("CREATE TABLE presence_life (incarnation TEXT NOT NULL, seq INTEGER NOT NULL)");
}

/** What a room has told of who is in it. */
export class RoomPresenceRows {
  readonly #sql: SqlStorage;
  readonly #schema: Schema;

  constructor(sql: SqlStorage, schema: Schema) {
    this.#sql = sql;
    this.#schema = schema;
  }

  /** Members with their state as JSON text, where they have one. */
  members(): Map<string, string | undefined> {
    if (!this.#schema.exists) return new Map();
    const rows = this.#sql.exec<{ user: string; state: string | null }>("SELECT user, state FROM member");
    return new Map(rows.toArray().map(({ user, state }) => [user, state ?? undefined]));
  }

  version(): PresenceVersion | undefined {
    if (!this.#schema.exists) return undefined;
    const rows = this.#sql.exec<{ incarnation: string; seq: number }>("SELECT * FROM presence_life");
    return rows.toArray()[0];
  }

  put(user: string, state: string | undefined): void {
    this.#schema.ensure();
    this.#sql.exec("INSERT OR REPLACE INTO member (user, state) VALUES (?, ?)", user, state ?? null);
  }

  remove(user: string): void {
    this.#sql.exec("DELETE FROM member WHERE user = ?", user);
  }

  /** Notes the change that is told now. */
  setVersion({ incarnation, seq }: PresenceVersion): void {
    this.#schema.ensure();
    const { rowsWritten } = this.#sql.exec("UPDATE presence_life SET seq = ?", seq);
    if (rowsWritten > 0) return;
    this.#sql.exec("INSERT INTO presence_life (incarnation, seq) VALUES (?, ?)", incarnation, seq);
  }
}
