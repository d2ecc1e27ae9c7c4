import type { Schema } from "./schema.ts";

export function createRoomSocketTable(sql: SqlStorage): void {
  // One row for each, without an index beside it.
  sql.exec(`CREATE TABLE room_socket (
    room TEXT NOT NULL, client TEXT NOT NULL, connection TEXT NOT NULL,
    PRIMARY KEY (room, client)) WITHOUT ROWID`);
}

/**
 * The direct connections to rooms that a user holds, remembered in the user's object, which admits them and must
 * be able to end them. A device has one to each room: a newer one replaces the older one there too.
 */
export class RoomSockets {
  readonly #sql: SqlStorage;
  readonly #schema: Schema;

  constructor(sql: SqlStorage, schema: Schema) {
    this.#sql = sql;
    this.#schema = schema;
  }

  get all(): readonly { room: string; client: string; connection: string }[] {
    if (!this.#schema.exists) return [];
    return this.#sql
      .exec<{ room: string; client: string; connection: string }>("SELECT * FROM room_socket")
      .toArray();
  }

  add(room: string, client: string, connection: string): void {
    this.#schema.ensure();
    this.#sql.exec(
      "INSERT OR REPLACE INTO room_socket (room, client, connection) VALUES (?, ?, ?)",
      room,
      client,
      connection,
    );
  }

  /** Forgets a connection, unless a newer one of the same device has taken its place. */
  remove(room: string, client: string, connection: string): void {
    if (!this.#schema.exists) return;
    this.#sql.exec(
      "DELETE FROM room_socket WHERE room = ? AND client = ? AND connection = ?",
      room,
      client,
      connection,
    );
  }
}
