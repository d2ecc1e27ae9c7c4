import { describe, expect, it } from "vitest";
import type { Identity } from "../../src/auth/identity.ts";
import { createIdentityTable, IdentityRecord, type Statement } from "../../src/objects/identity-record.ts";
import { Schema } from "../../src/objects/schema.ts";
import { withSql } from "./stored.ts";

const SAID = 1000;

const token = (more: Partial<Identity> = {}): Identity => ({
  userId: "42",
  roles: ["farmer"],
  tenants: ["7"],
  grants: ["room:a"],
  issuedAt: SAID - 1,
  expiresAt: 9000,
  ...more,
});
/** Without what is remembered of the token. */
const known = ({ claimed: _, ...identity }: Identity) => identity;
const bare = (issuedAt: number) => token({ roles: [], tenants: [], grants: [], issuedAt });

/** The record in this storage, as an object has it when it wakes. */
const open = (sql: SqlStorage) => new IdentityRecord(sql, new Schema(sql, [createIdentityTable]));

describe("a backend's word on who a user is", () => {
  it("is nothing, in no table, before it is said", () =>
    withSql((sql) => {
      expect(open(sql).applyTo(token())).toEqual(token());
      expect(sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'identity'").toArray()).toEqual([]);
    }));

  it.each<[string, Statement, Identity, Identity]>([
    ["overrules an older token", { roles: ["admin"] }, token(), token({ roles: ["admin"] })],
    [
      "overrules a token that does not say when it was issued",
      { roles: ["admin"] },
      token({ issuedAt: 0 }),
      token({ issuedAt: 0, roles: ["admin"] }),
    ],
    [
      "gives way to a newer token",
      { roles: ["admin"] },
      token({ issuedAt: SAID + 1 }),
      token({ issuedAt: SAID + 1 }),
    ],
    [
      "gives way to a token of the same moment",
      { roles: ["admin"] },
      token({ issuedAt: SAID }),
      token({ issuedAt: SAID }),
    ],
    [
      "completes a newer token that names only the user",
      { roles: ["admin"], tenants: ["8"], grants: ["room:b"] },
      bare(SAID + 1),
      token({ roles: ["admin"], tenants: ["8"], grants: ["room:b"], issuedAt: SAID + 1 }),
    ],
    ["takes a field away from an older token", { tenants: [] }, token(), token({ tenants: [] })],
    [
      "takes nothing from a newer token by an empty list",
      { tenants: [] },
      token({ issuedAt: SAID + 1 }),
      token({ issuedAt: SAID + 1 }),
    ],
    ["leaves what it does not say to the token", { grants: [] }, token(), token({ grants: [] })],
    ["says nothing at all", {}, token(), token()],
  ])("%s, also after waking", (_case, statement, claimed, expected) =>
    withSql((sql) => {
      const record = open(sql);
      record.set(statement, SAID);
      for (const one of [record, open(sql)]) expect(known(one.applyTo(claimed))).toEqual(expected);
    }),
  );

  it.each<[string, Statement, Identity]>([
    ["of which it says nothing any more", { tenants: ["8"] }, token()],
    ["where it says something else", { roles: ["auditor"] }, token()],
    ["that names only the user", {}, bare(SAID + 2)],
  ])("gives back to whoever goes on what a token says %s", (_case, statement, claimed) =>
    withSql((sql) => {
      const record = open(sql);
      record.set({ roles: ["admin"], grants: ["room:b"] }, SAID);
      const before = record.applyTo(claimed);
      record.set(statement, SAID + 1);
      expect(record.applyTo(before)).toEqual(record.applyTo(claimed));
      expect(record.applyTo(record.applyTo(before))).toEqual(record.applyTo(claimed));
    }),
  );

  it("takes the place of what was said before, in one row", () =>
    withSql((sql) => {
      const record = open(sql);
      record.set({ roles: ["admin"], tenants: ["8"] }, SAID);
      record.set({ roles: ["auditor"] }, SAID + 1);
      for (const one of [record, open(sql)]) {
        expect(known(one.applyTo(token()))).toEqual(token({ roles: ["auditor"] }));
        expect(one.applyTo(token({ issuedAt: SAID }))).toMatchObject({ roles: ["auditor"], tenants: ["7"] });
      }
      expect(sql.exec("SELECT count(*) AS n FROM identity").one()).toEqual({ n: 1 });
    }));
});
