/** How many listen to a room. */
export interface RoomUse {
  /** The room's own sockets. */
  readonly direct: number;
  /** Users who follow it over connections of their own. */
  readonly relayed: number;
}

/** What a room says of its use, at a time (ms, by the room's clock) that grows from one to the next. */
export interface RoomStatement extends RoomUse {
  readonly asOf: number;
}

/** A room that somebody listens to. */
export interface RoomInUse extends RoomUse {
  readonly room: string;
  /** Since when (ms). */
  readonly since: number;
}

export function createCensusTables(sql: SqlStorage): void {
  // How many connections a member has to its own object and to rooms, and when that was said (ms).
  sql.exec("ALTER TABLE member ADD COLUMN own INTEGER NOT NULL DEFAULT 0");
  sql.exec("ALTER TABLE member ADD COLUMN direct INTEGER NOT NULL DEFAULT 0");
  sql.exec("ALTER TABLE member ADD COLUMN counted INTEGER NOT NULL DEFAULT 0");
  // The rooms that are listened to, of those that belong to this shard. One row for each, without an index beside it.
  sql.exec(`CREATE TABLE room_in_use (
    room TEXT PRIMARY KEY, direct INTEGER NOT NULL, relayed INTEGER NOT NULL,
    since INTEGER NOT NULL, as_of INTEGER NOT NULL) WITHOUT ROWID`);
}

type Row = { room: string; direct: number; relayed: number; since: number };

/** The rooms in use, as a shard of the audience remembers what they have said. */
export class RoomRegisterRows {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** @returns whether anybody listened to it before. */
  has(room: string): boolean {
    return this.#sql.exec("SELECT 1 FROM room_in_use WHERE room = ?", room).toArray().length > 0;
  }

  /** Notes what a room says of its use, unless it has said something since. */
  note(room: string, { direct, relayed, asOf }: RoomStatement): void {
    if (direct + relayed === 0) {
      this.#sql.exec("DELETE FROM room_in_use WHERE room = ? AND as_of < ?", room, asOf);
      return;
    }
    this.#sql.exec(
      `INSERT INTO room_in_use (room, direct, relayed, since, as_of) VALUES (?1, ?2, ?3, ?4, ?4)
        ON CONFLICT (room) DO UPDATE SET direct = ?2, relayed = ?3, as_of = ?4 WHERE as_of < ?4`,
      room,
      direct,
      relayed,
      asOf,
    );
  }

  /** All of them. */
  read(): RoomInUse[] {
    return this.#sql.exec<Row>("SELECT room, direct, relayed, since FROM room_in_use").toArray();
  }

  /** Those that have said nothing since `time` (ms). */
  readSilent(time: number): string[] {
    return this.#sql
      .exec<{ room: string }>("SELECT room FROM room_in_use WHERE as_of <= ?", time)
      .toArray()
      .map(({ room }) => room);
  }
}
