import { z } from "zod";
import { type Identity, identitySchema } from "../auth/identity.ts";
import type { Schema } from "./schema.ts";

/** What a backend has said of as whom a user is known. A field that it has not said is the token's. */
export const statementSchema = z.strictObject({
  roles: identitySchema.shape.roles.exactOptional(),
  tenants: identitySchema.shape.tenants.exactOptional(),
  grants: identitySchema.shape.grants.exactOptional(),
});

export type Statement = z.output<typeof statementSchema>;

const fields = ["roles", "tenants", "grants"] as const;

export function createIdentityTable(sql: SqlStorage): void {
  // One row, written when the backend first says something.
  sql.exec("CREATE TABLE identity (statement TEXT NOT NULL, at INTEGER NOT NULL)");
}

/**
 * The backend's word on a user's roles, tenants and grants. It completes tokens that say nothing of a field, and it
 * overrules those that were issued before it was said: the newest word counts.
 */
export class IdentityRecord {
  readonly #sql: SqlStorage;
  readonly #schema: Schema;
  #said: { readonly statement: Statement; readonly at: number } | undefined;
  #isRead = false;

  constructor(sql: SqlStorage, schema: Schema) {
    this.#sql = sql;
    this.#schema = schema;
  }

  /** Takes the place of what was said before. */
  set(statement: Statement, at: number): void {
    this.#schema.ensure();
    this.#sql.exec("DELETE FROM identity");
    this.#sql.exec("INSERT INTO identity (statement, at) VALUES (?, ?)", JSON.stringify(statement), at);
    this.#said = { statement, at };
    this.#isRead = true;
  }

  /** Who a credential's user is, now. */
  applyTo({ claimed, ...known }: Identity): Identity {
    // What was said before may have been taken back: it is the credential's own word that is completed.
    const identity = { ...known, ...claimed };
    const said = this.#read();
    if (!said) return identity;
    const isNewer = said.at > identity.issuedAt;
    const replaced = fields.filter(
      (field) => said.statement[field] && (isNewer || identity[field].length === 0),
    );
    if (replaced.length === 0) return identity;
    const valuesOf = (values: Statement) =>
      Object.fromEntries(replaced.map((field) => [field, values[field]]));
    return { ...identity, ...valuesOf(said.statement), claimed: valuesOf(identity) };
  }

  #read() {
    if (this.#isRead || !this.#schema.exists) return this.#said;
    this.#isRead = true;
    const [row] = this.#sql
      .exec<{ statement: string; at: number }>("SELECT statement, at FROM identity")
      .toArray();
    if (row) this.#said = { statement: statementSchema.parse(JSON.parse(row.statement)), at: row.at };
    return this.#said;
  }
}
