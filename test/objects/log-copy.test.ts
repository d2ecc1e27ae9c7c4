import { describe, expect, it } from "vitest";
import type { Entry } from "../../src/objects/entry.ts";
import type { Page } from "../../src/objects/follow.ts";
import type { Log } from "../../src/objects/log.ts";
import { openLog, withSql } from "./stored.ts";

const DAY = 86_400_000;
const NOW = 100 * DAY;

type Copied = Entry & { readonly id: string; readonly at: number };

/** A page of another log with entries at these offsets, each written at so many days. */
function page(after: number, upTo: number, entries: Record<number, number>, epoch = "e"): Page<Copied> {
  return {
    ...{ epoch, after, upTo },
    entries: Object.entries(entries).map(([offset, day]) => ({
      ...{ offset: Number(offset), id: `id${offset}`, at: day * DAY, channel: "announcements" },
      ...{ frame: `{"n":${offset}}`, aim: undefined, expires: undefined },
    })),
  };
}

const open = (sql: SqlStorage, days = 1000) => openLog(sql, { days }, () => NOW);
const offsets = (log: Log, after: number) => log.read(after).entries.map(({ offset }) => offset);

describe("a copy of a log", () => {
  it("holds the same entries under the same offsets, also after waking", () =>
    withSql((sql) => {
      const log = open(sql);
      log.copy(page(0, 2, { 1: 90, 2: 91 }));
      log.copy(page(2, 3, { 3: 92 }));
      for (const one of [log, open(sql)]) {
        expect(one.top).toEqual({ epoch: "e", offset: 3 });
        expect(one.floor).toBe(0);
        expect(offsets(one, 0)).toEqual([1, 2, 3]);
        expect(one.read(1).entries[0]).toMatchObject({ channel: "announcements", frame: '{"n":2}' });
        expect(one.find("id2")).toMatchObject([{ offset: 2, at: 91 * DAY }]);
        expect(one.resume({ epoch: "e", offset: 1 })).toMatchObject({ kind: "recovered" });
      }
    }));

  it("begins where the other begins", () =>
    withSql((sql) => {
      const log = open(sql);
      log.copyFrom("e", 7);
      for (const one of [log, open(sql)]) {
        expect(one.top).toEqual({ epoch: "e", offset: 7 });
        expect(one.floor).toBe(7);
        expect(one.resume({ epoch: "e", offset: 6 })).toMatchObject({ kind: "lost" });
        expect(one.resume({ epoch: "e", offset: 7 })).toMatchObject({ kind: "recovered" });
        expect(one.read(7)).toMatchObject({ upTo: 7, entries: [] });
      }
      log.copy(page(7, 9, { 8: 90, 9: 91 }));
      for (const one of [log, open(sql)]) expect(offsets(one, 7)).toEqual([8, 9]);
    }));

  it("begins with the first page where it was told nothing before", () =>
    withSql((sql) => {
      const log = open(sql);
      log.copy(page(7, 8, { 8: 90 }));
      expect(log.floor).toBe(7);
      expect(offsets(log, 7)).toEqual([8]);
    }));

  it("begins anew with another epoch, and nothing is left of what it was (F10)", () =>
    withSql((sql) => {
      const log = open(sql);
      log.copy(page(0, 3, { 1: 90, 2: 91, 3: 92 }));
      log.read(0);
      log.copyFrom("f", 1);
      log.copy(page(1, 3, { 2: 95, 3: 96 }, "f"));
      for (const one of [log, open(sql)]) {
        expect(one.top).toEqual({ epoch: "f", offset: 3 });
        expect(offsets(one, 1)).toEqual([2, 3]);
        expect(one.resume({ epoch: "e", offset: 2 })).toMatchObject({ kind: "lost" });
        expect(one.resume({ epoch: "0", offset: 2 })).toMatchObject({ kind: "lost" });
      }
    }));

  it("has holes where entries were gone, and moves over them", () =>
    withSql((sql) => {
      const log = open(sql);
      log.copy(page(0, 6, { 2: 90, 5: 91 }));
      for (const one of [log, open(sql)]) {
        expect(one.top.offset).toBe(6);
        expect(one.read(0)).toMatchObject({ upTo: 6, entries: [{ offset: 2 }, { offset: 5 }] });
      }
    }));

  it("tells that something of the holes was lost, as old as it may have been", () =>
    withSql((sql) => {
      const log = open(sql);
      log.copy(page(0, 6, { 2: 90, 5: 98 }));
      for (const one of [log, open(sql)]) {
        expect(one.hasLostAfter(0, 89 * DAY)).toBe(true);
        expect(one.hasLostAfter(1, 89 * DAY)).toBe(false);
        expect(one.hasLostAfter(2, 93 * DAY)).toBe(true);
        expect(one.hasLostAfter(4, 93 * DAY)).toBe(false);
        expect(one.hasLostAfter(5, 98 * DAY)).toBe(true);
        expect(one.hasLostAfter(6, 98 * DAY)).toBe(false);
      }
    }));

  it("takes a hole at its own beginning for as old as can be", () =>
    withSql((sql) => {
      const log = open(sql);
      log.copyFrom("e", 7);
      log.copy(page(7, 9, { 9: 99 }));
      for (const one of [log, open(sql)]) expect(one.hasLostAfter(7, 1)).toBe(true);
    }));

  it("takes a hole at a page's beginning for as old as what was copied before it", () =>
    withSql((sql) => {
      const log = open(sql);
      log.copy(page(0, 1, { 1: 90 }));
      log.copy(page(1, 3, { 3: 99 }));
      expect(log.hasLostAfter(1, 90 * DAY)).toBe(true);
      expect(log.hasLostAfter(1, 89 * DAY)).toBe(false);
    }));

  it("is pruned as the other is", () =>
    withSql((sql) => {
      const log = open(sql, 7);
      log.copy(page(0, 5, { 2: 90, 3: 94, 5: 99 }));
      expect(log.pruneDue()).toBeLessThanOrEqual(NOW);
      log.prune();
      for (const one of [log, open(sql, 7)]) {
        expect(one.floor).toBe(2);
        expect(offsets(one, 2)).toEqual([3, 5]);
      }
      expect(log.pruneDue()).toBeGreaterThan(NOW);
    }));
});
