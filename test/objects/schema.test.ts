import { describe, expect, it } from "vitest";
import { type Migrations, Schema } from "../../src/objects/schema.ts";
import { withSql } from "./stored.ts";

const first = (sql: SqlStorage) => void sql.exec("CREATE TABLE thing (name TEXT)");
const second = (sql: SqlStorage) =>
  void sql.exec("ALTER TABLE thing ADD COLUMN size INTEGER NOT NULL DEFAULT 7");

const version = (sql: SqlStorage) => sql.exec("SELECT version FROM carillon").one();

describe("an object's tables", () => {
  it("do not exist before the first write", () =>
    withSql((sql) => {
      const schema = new Schema(sql, [first]);
      expect(schema.exists).toBe(false);
      schema.ensure();
      expect(schema.exists).toBe(true);
      expect(version(sql)).toEqual({ version: 1 });
      expect(new Schema(sql, [first]).exists).toBe(true);
    }));

  it("of an earlier version are brought up to date when the object wakes, with what is in them", () =>
    withSql((sql) => {
      const steps: Migrations = [first, second];
      new Schema(sql, steps.slice(0, 1)).ensure();
      sql.exec("INSERT INTO thing (name) VALUES ('a')");
      new Schema(sql, steps);
      expect(sql.exec("SELECT * FROM thing").toArray()).toEqual([{ name: "a", size: 7 }]);
      expect(version(sql)).toEqual({ version: 2 });
    }));

  it("of a newer version are left alone", () =>
    withSql((sql) => {
      new Schema(sql, [first, second]).ensure();
      expect(() => new Schema(sql, [first])).toThrow("newer than this code");
      expect(version(sql)).toEqual({ version: 2 });
    }));
});
