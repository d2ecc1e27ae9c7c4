import type { Identity } from "../auth/identity.ts";
import type { CloseReason } from "../protocol/close-codes.ts";
import type { Schema } from "./schema.ts";

/** How long (ms) a connection may be admitted and not open yet. */
const OPENING_TIME = 30_000;

export function createRoomSocketTable(sql: SqlStorage): void {
  // One row for each, without an index beside it.
  sql.exec(`CREATE TABLE room_socket (
    room TEXT NOT NULL, client TEXT NOT NULL, connection TEXT NOT NULL, generation INTEGER NOT NULL,
    PRIMARY KEY (room, client)) WITHOUT ROWID`);
}

/** A direct connection to a room, as the user's object remembers it. */
export interface RoomSocket {
  readonly room: string;
  readonly client: string;
  readonly connection: string;
  /** When it was admitted (ms); grows with each connection of the device to the room (rule F7). */
  readonly generation: number;
}

/** Whether a direct connection to a room may be opened. */
export type Admission =
  | { readonly kind: "admitted"; readonly identity: Identity }
  /** The user, as known now, may not follow the room. */
  | { readonly kind: "forbidden" }
  | { readonly kind: "refused"; readonly reason: CloseReason };

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

  get all(): readonly RoomSocket[] {
    if (!this.#schema.exists) return [];
    return this.#sql
      .exec<RoomSocket & Record<string, SqlStorageValue>>("SELECT * FROM room_socket")
      .toArray();
  }

  /**
   * Forgets the connections that are not alive, and are not being opened at `now` (ms) either.
   *
   * @param aliveIn the connections that the user holds to a room, by the room itself.
   */
  async forgetDead(
    sockets: readonly RoomSocket[],
    now: number,
    aliveIn: (room: string) => Promise<readonly string[]>,
  ): Promise<void> {
    const byRoom = Map.groupBy(sockets, (one) => one.room);
    await Promise.all(
      [...byRoom].map(async ([name, inRoom]) => {
        const alive = await aliveIn(name);
        for (const socket of inRoom) {
          const isBeingOpened = now - socket.generation < OPENING_TIME;
          if (!isBeingOpened && !alive.includes(socket.connection)) this.remove(socket);
        }
      }),
    );
  }

  /** Remembers a connection, unless a newer one of the same device is known. */
  add({ room, client, connection, generation }: RoomSocket): void {
    this.#schema.ensure();
    this.#sql.exec(
      `INSERT INTO room_socket (room, client, connection, generation) VALUES (?, ?, ?, ?)
        ON CONFLICT (room, client) DO UPDATE SET connection = excluded.connection, generation = excluded.generation
        WHERE excluded.generation >= generation`,
      room,
      client,
      connection,
      generation,
    );
  }

  /**
   * Whether another connection may be added. Before the answer is no, the rooms are asked which connections are alive.
   *
   * @param aliveIn the connections that the user holds to a room, by the room itself.
   */
  async makeRoom(
    { room, client, generation }: RoomSocket,
    limit: number,
    aliveIn: (room: string) => Promise<readonly string[]>,
  ): Promise<boolean> {
    const others = () => this.all.filter((one) => one.room !== room || one.client !== client);
    if (others().length < limit) return true;
    await this.forgetDead(others(), generation, aliveIn);
    return others().length < limit;
  }

  /** Forgets a connection, unless a newer one of the same device has taken its place. */
  remove({ room, client, connection }: Omit<RoomSocket, "generation">): void {
    if (!this.#schema.exists) return;
    this.#sql.exec(
      "DELETE FROM room_socket WHERE room = ? AND client = ? AND connection = ?",
      room,
      client,
      connection,
    );
  }
}
