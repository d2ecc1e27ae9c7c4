export function createShardTables(sql: SqlStorage): void {
  // One row: whether this shard copies the first one, and when it last tidied up (ms).
  sql.exec("CREATE TABLE shard (following INTEGER NOT NULL, tidied INTEGER NOT NULL)");
  // In the first shard: every number of shards that there was ever said to be.
  sql.exec("CREATE TABLE shard_count (count INTEGER PRIMARY KEY)");
  sql.exec("INSERT INTO shard (following, tidied) VALUES (0, 0)");
}

/** What a shard remembers of itself and of the others. */
export class ShardRows {
  readonly #sql: SqlStorage;
  #isFollowing: boolean | undefined;
  #counts: Set<number> | undefined;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  get isFollowing(): boolean {
    this.#isFollowing ??=
      this.#sql.exec<{ following: number }>("SELECT following FROM shard").one().following === 1;
    return this.#isFollowing;
  }

  writeFollowing(): void {
    this.#sql.exec("UPDATE shard SET following = 1");
    this.#isFollowing = true;
  }

  readTidiedAt(): number {
    return this.#sql.exec<{ tidied: number }>("SELECT tidied FROM shard").one().tidied;
  }

  writeTidiedAt(time: number): void {
    this.#sql.exec("UPDATE shard SET tidied = ?", time);
  }

  /** Notes a number of shards. @returns all that were noted. */
  noteCount(count: number): number[] {
    this.#counts ??= new Set(
      this.#sql
        .exec<{ count: number }>("SELECT count FROM shard_count")
        .toArray()
        .map((row) => row.count),
    );
    if (!this.#counts.has(count)) {
      this.#sql.exec("INSERT INTO shard_count (count) VALUES (?)", count);
      this.#counts.add(count);
    }
    return [...this.#counts];
  }
}
