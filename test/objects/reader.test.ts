import { describe, expect, it } from "vitest";
import { noPreferences, preferencesSchema } from "../../src/objects/preferences.ts";
import { createReaderTable, Reader } from "../../src/objects/reader.ts";
import { Schema } from "../../src/objects/schema.ts";
import { counting } from "./shard.ts";
import { withSql } from "./stored.ts";

const open = (sql: SqlStorage) => new Reader(sql, new Schema(sql, [createReaderTable]));
const preferences = preferencesSchema.parse({
  types: { ads: { inbox: false }, constructor: { announce: false } },
  quietHours: { from: "22:00", to: "07:00", timeZone: "Asia/Bangkok" },
});

describe("a reader", () => {
  it("of whom nothing is known has no table, and no preferences", () =>
    withSql((sql) => {
      const reader = open(sql);
      expect(reader.locale).toBeUndefined();
      expect(reader.preferences).toEqual(noPreferences);
      expect(sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'reader'").toArray()).toEqual([]);
    }));

  it("is remembered by language and preferences, each whatever becomes of the other, across hibernation", () =>
    withSql((sql) => {
      open(sql).rememberLocale("th");
      expect([open(sql).locale, open(sql).preferences]).toEqual(["th", noPreferences]);
      open(sql).setPreferences(preferences);
      expect([open(sql).locale, open(sql).preferences]).toEqual(["th", preferences]);
      open(sql).rememberLocale("en-GB");
      expect([open(sql).locale, open(sql).preferences]).toEqual(["en-GB", preferences]);
      const reader = open(sql);
      reader.setPreferences(noPreferences);
      reader.rememberLocale("vi");
      expect([reader.locale, reader.preferences]).toEqual(["vi", noPreferences]);
      expect([open(sql).locale, open(sql).preferences]).toEqual(["vi", noPreferences]);
      expect(sql.exec("SELECT * FROM reader").toArray()).toHaveLength(1);
    }));

  it("may want something without a language being known", () =>
    withSql((sql) => {
      open(sql).setPreferences(preferences);
      expect([open(sql).locale, open(sql).preferences]).toEqual([undefined, preferences]);
    }));

  it("whose language is known already costs no row", () =>
    withSql((raw) => {
      open(raw).rememberLocale("th");
      const { sql, rowsWritten } = counting(raw);
      const reader = open(sql);
      reader.rememberLocale("th");
      expect(rowsWritten()).toBe(0);
      reader.rememberLocale("en");
      expect(rowsWritten()).toBeGreaterThan(0);
      reader.rememberLocale("en");
      expect(rowsWritten()).toBe(0);
    }));
});
