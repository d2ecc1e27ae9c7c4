/** One object's tables: each step brings them from one version to the next; the first creates them. */
export type Migrations = readonly ((sql: SqlStorage) => void)[];

/**
 * The tables of one object, which do not exist until something is first written: an object that only holds
 * sockets costs no rows. The version stands in the table `carillon`; tables of an earlier version are brought up
 * to date when the object wakes.
 */
export class Schema {
  readonly #sql: SqlStorage;
  readonly #migrations: Migrations;
  readonly #name: string;
  #version: number;

  /** @param name of the table in which the version stands; another than the object's where tables come and go apart. */
  constructor(sql: SqlStorage, migrations: Migrations, name = "carillon") {
    this.#sql = sql;
    this.#migrations = migrations;
    this.#name = name;
    this.#version = this.#readVersion();
    if (this.#version > 0) this.ensure();
  }

  /** Whether anything was ever written here. */
  get exists(): boolean {
    return this.#version > 0;
  }

  /** Creates the tables, or brings them up to date. To be called in the synchronous block that writes. */
  ensure(): void {
    if (this.#version === this.#migrations.length) return;
    if (this.#version > this.#migrations.length) {
      throw new Error(`The tables are of version ${this.#version}, newer than this code.`);
    }
    if (this.#version === 0) {
      this.#sql.exec(`CREATE TABLE ${this.#name} (version INTEGER NOT NULL)`);
      this.#sql.exec(`INSERT INTO ${this.#name} (version) VALUES (0)`);
    }
    for (const migrate of this.#migrations.slice(this.#version)) migrate(this.#sql);
    this.#version = this.#migrations.length;
    this.#sql.exec(`UPDATE ${this.#name} SET version = ?`, this.#version);
  }

  #readVersion(): number {
    const query = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?";
    const tables = this.#sql.exec(query, this.#name);
    if (tables.toArray().length === 0) return 0;
    return this.#sql.exec<{ version: number }>(`SELECT version FROM ${this.#name}`).one().version;
  }
}
