import { describe, expect, it } from "vitest";
import { Account, createAccountTable } from "../../src/objects/account.ts";
import { Schema } from "../../src/objects/schema.ts";
import { withSql } from "./stored.ts";

const issued = (issuedAt: number) => ({
  userId: "42",
  roles: [],
  tenants: [],
  grants: [],
  issuedAt,
  expiresAt: 0,
});

/** The account in this storage, as an object has it when it wakes. */
const open = (sql: SqlStorage) => new Account(sql, new Schema(sql, [createAccountTable]));

describe("an account", () => {
  it("lets every token count, and makes no table, until some are revoked", () =>
    withSql((sql) => {
      expect(open(sql).hasRevoked(issued(0))).toBe(false);
      expect(sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'account'").toArray()).toEqual([]);
    }));

  it("refuses what was issued before a time, and not what was issued at it, also after waking", () =>
    withSql((sql) => {
      const account = open(sql);
      account.revokeBefore(1000);
      for (const one of [account, open(sql)]) {
        expect(one.hasRevoked(issued(0))).toBe(true);
        expect(one.hasRevoked(issued(999))).toBe(true);
        expect(one.hasRevoked(issued(1000))).toBe(false);
      }
    }));

  it("takes a later time, never an earlier one, and writes once for each", () =>
    withSql((sql) => {
      const account = open(sql);
      account.revokeBefore(1000);
      const written = () => sql.exec<{ n: number }>("SELECT total_changes() AS n").one().n;
      const before = written();
      account.revokeBefore(500);
      account.revokeBefore(1000);
      open(sql).revokeBefore(999);
      expect(written()).toBe(before);
      open(sql).revokeBefore(2000);
      expect(open(sql).hasRevoked(issued(1999))).toBe(true);
      expect(sql.exec("SELECT revoke_before FROM account").toArray()).toEqual([{ revoke_before: 2000 }]);
    }));
});
