import { z } from "zod";
import type { ConnectionCounts, Presence } from "./attendance.ts";
import { facetSchema, type Standing, versionSchema } from "./standing.ts";

/** What a shard remembers of one of its users. */
export interface Member extends Standing {
  readonly user: string;
  readonly generation: number;
  readonly isOnline: boolean;
  /** Whether the user has never come, and the shard knows of them only what the backend said. */
  readonly isNew: boolean;
  /** The user has everything up to here that was for them; later entries may have been given too. */
  readonly at: number;
  /** Something after `at` could not be handed over. */
  readonly isOwed: boolean;
  /** When the user last came or left (ms). */
  readonly seenAt: number;
  /** Since when the user is online or was; absent for who has never come. */
  readonly presence?: Presence | undefined;
  /** Whether direct connections to rooms are there, as it was said at a time (ms). */
  readonly rooms?: { readonly generation: number; readonly isThere: boolean } | undefined;
  /** How many connections there are of each kind, as the user's object said at a time (ms). */
  readonly counts?: (ConnectionCounts & { readonly asOf: number }) | undefined;
}

/** Who wants to know of each change of a member, in the block that writes it. */
export interface MemberWatcher {
  changed(member: Member): void;
  removed(user: string): void;
}

export function createMemberTables(sql: SqlStorage): void {
  // One row for each, without an index beside it.
  sql.exec(`CREATE TABLE member (
    user TEXT PRIMARY KEY, generation INTEGER NOT NULL, online INTEGER NOT NULL, new INTEGER NOT NULL,
    at INTEGER NOT NULL, owed INTEGER NOT NULL, seen INTEGER NOT NULL, standing TEXT NOT NULL) WITHOUT ROWID`);
  // One row: up to where everything has been handed to those who were there.
  sql.exec("CREATE TABLE handed (offset INTEGER NOT NULL)");
}

type Row = {
  user: string;
  generation: number;
  online: number;
  new: number;
  at: number;
  owed: number;
  seen: number;
  standing: string;
  since: number | null;
  left_at: number | null;
  rooms: number;
  rooms_generation: number;
  own: number;
  direct: number;
  counted: number;
};

const standingSchema = z.object({ facets: z.array(facetSchema), versions: z.array(versionSchema) });

/** The table of a shard's members, one statement for each thing that is done with it. */
export class MemberRows {
  readonly #sql: SqlStorage;
  readonly #watcher: MemberWatcher | undefined;

  constructor(sql: SqlStorage, watcher?: MemberWatcher) {
    this.#sql = sql;
    this.#watcher = watcher;
  }

  find(user: string): Member | undefined {
    const [row] = this.#sql.exec<Row>("SELECT * FROM member WHERE user = ?", user).toArray();
    return row && memberOf(row);
  }

  readOnline(): Member[] {
    return this.#sql.exec<Row>("SELECT * FROM member WHERE online = 1").toArray().map(memberOf);
  }

  /** Those of whom a connection is there, if only to a room. */
  readThere(): Member[] {
    return this.#sql.exec<Row>("SELECT * FROM member WHERE online = 1 OR rooms = 1").toArray().map(memberOf);
  }

  write(member: Member): void {
    const { user, generation, isOnline, isNew, at, isOwed, seenAt, facets, versions } = member;
    const { presence, rooms, counts } = member;
    this.#sql.exec(
      `INSERT OR REPLACE INTO member
        (user, generation, online, new, at, owed, seen, standing, since, left_at, rooms, rooms_generation,
          own, direct, counted)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      user,
      generation,
      isOnline ? 1 : 0,
      isNew ? 1 : 0,
      at,
      isOwed ? 1 : 0,
      seenAt,
      JSON.stringify({ facets, versions }),
      presence?.since ?? null,
      presence?.leftAt ?? null,
      rooms?.isThere ? 1 : 0,
      rooms?.generation ?? 0,
      counts?.own ?? 0,
      counts?.direct ?? 0,
      counts?.asOf ?? 0,
    );
    this.#watcher?.changed(member);
  }

  delete(user: string): void {
    this.#sql.exec("DELETE FROM member WHERE user = ?", user);
    this.#watcher?.removed(user);
  }

  /** Forgets who has not come since `before` (ms). */
  deleteUnseen(before: number): void {
    this.#sql.exec("DELETE FROM member WHERE online = 0 AND rooms = 0 AND seen < ?", before);
  }

  /** Up to where everything has been handed on, or 0. */
  readHanded(): number {
    return this.#sql.exec<{ offset: number }>("SELECT offset FROM handed").toArray()[0]?.offset ?? 0;
  }

  writeHanded(offset: number): void {
    const { rowsWritten } = this.#sql.exec("UPDATE handed SET offset = ?", offset);
    if (rowsWritten === 0) this.#sql.exec("INSERT INTO handed (offset) VALUES (?)", offset);
  }
}

function memberOf(row: Row): Member {
  const { user, generation, at, seen, since } = row;
  return {
    user,
    generation,
    isOnline: row.online === 1,
    isNew: row.new === 1,
    at,
    isOwed: row.owed === 1,
    seenAt: seen,
    presence: since === null ? undefined : { since, leftAt: row.left_at ?? undefined },
    rooms:
      row.rooms_generation === 0 ? undefined : { generation: row.rooms_generation, isThere: row.rooms === 1 },
    counts: row.counted === 0 ? undefined : { asOf: row.counted, own: row.own, direct: row.direct },
    ...standingSchema.parse(JSON.parse(row.standing)),
  };
}
