import type { Presence } from "./attendance.ts";

/** What a shard remembers of its users' presence lies in their rows, so that coming and going writes no more of them. */
export function createPresenceNewsTables(sql: SqlStorage): void {
  sql.exec("ALTER TABLE member ADD COLUMN since INTEGER");
  sql.exec("ALTER TABLE member ADD COLUMN left_at INTEGER");
  // Whether direct connections to rooms are there, and when that was said.
  sql.exec("ALTER TABLE member ADD COLUMN rooms INTEGER NOT NULL DEFAULT 0");
  sql.exec("ALTER TABLE member ADD COLUMN rooms_generation INTEGER NOT NULL DEFAULT 0");
  // Of who came before this was kept it is known when that was.
  sql.exec("UPDATE member SET since = seen WHERE new = 0");
  sql.exec("UPDATE member SET left_at = seen WHERE new = 0 AND online = 0");
  // One row: up to when changes have been told, and when members were last probed (ms). Older changes are old news.
  sql.exec("CREATE TABLE presence (told INTEGER NOT NULL, probed INTEGER NOT NULL)");
  // That somebody went, of whom the row says by now that they came again, and nobody has heard yet that they went.
  sql.exec("CREATE TABLE untold_leave (user TEXT NOT NULL, at INTEGER NOT NULL)");
  sql.exec("INSERT INTO presence (told, probed) VALUES (?, ?)", Date.now() - 1, Date.now());
}

/** What a shard remembers of its users' presence beside each user's own row. */
export class PresenceNewsRows {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** Up to when changes have been told (ms). */
  readTold(): number {
    return this.#sql.exec<{ told: number }>("SELECT told FROM presence").one().told;
  }

  writeTold(time: number): void {
    this.#sql.exec("UPDATE presence SET told = ?", time);
  }

  /** Users who came again, and when each went before, of which the audience may not have heard. */
  readUntoldLeaves(): { readonly user: string; readonly at: number }[] {
    return this.#sql.exec<{ user: string; at: number }>("SELECT user, at FROM untold_leave").toArray();
  }

  addUntoldLeave(user: string, at: number): void {
    this.#sql.exec("INSERT INTO untold_leave (user, at) VALUES (?, ?)", user, at);
  }

  deleteUntoldLeaves(): void {
    this.#sql.exec("DELETE FROM untold_leave");
  }

  /** When members were last probed (ms). */
  readProbed(): number {
    return this.#sql.exec<{ probed: number }>("SELECT probed FROM presence").one().probed;
  }

  writeProbed(time: number): void {
    this.#sql.exec("UPDATE presence SET probed = ?", time);
  }

  /** Users who came or went after `time` (ms). */
  *readChanged(time: number): Generator<{ readonly user: string; readonly presence: Presence }> {
    const rows = this.#sql.exec<{ user: string; since: number; left_at: number | null }>(
      "SELECT user, since, left_at FROM member WHERE since > ?1 OR left_at > ?1",
      time,
    );
    for (const { user, since, left_at } of rows) {
      yield { user, presence: { since, leftAt: left_at ?? undefined } };
    }
  }
}
