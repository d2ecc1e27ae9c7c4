import { describe, expect, it } from "vitest";
import type { Log } from "../../src/objects/log.ts";
import { openLog, publication, withSql } from "./stored.ts";

const DAY = 86_400_000;

function fill(log: Log, count: number, prefix = "e"): void {
  for (let at = 1; at <= count; at++) log.take(publication(`${prefix}${at}`));
}

const offsets = (log: Log, after: number) => log.read(after).entries.map(({ offset }) => offset);

describe("the log", () => {
  it("has the epoch 0 and no tables before its first entry", () =>
    withSql((sql) => {
      const log = openLog(sql);
      expect(log.top).toEqual({ epoch: "0", offset: 0 });
      expect(log.read(0)).toEqual({ epoch: "0", after: 0, upTo: 0, entries: [] });
      expect(sql.exec("SELECT name FROM sqlite_master WHERE name LIKE 'log%'").toArray()).toEqual([]);
    }));

  it("counts offsets from 1 and keeps epoch and offsets across waking (F1)", () =>
    withSql((sql) => {
      const log = openLog(sql);
      fill(log, 3);
      const { epoch, offset } = log.top;
      expect(offset).toBe(3);
      expect(epoch).toMatch(/^[0-9a-z]{10}$/);
      const woken = openLog(sql);
      expect(woken.top).toEqual({ epoch, offset: 3 });
      expect(offsets(woken, 1)).toEqual([2, 3]);
    }));

  it("writes one row for an entry, and nothing for a repeated one", () =>
    withSql((sql) => {
      const log = openLog(sql);
      log.take(publication("first"));
      const rows = () => sql.exec<{ count: number }>("SELECT count(*) AS count FROM log").one().count;
      log.take(publication("second"));
      expect(rows()).toBe(2);
      log.take(publication("second"));
      expect(rows()).toBe(2);
    }));

  it("gives the entries of one publication offsets in a row, and the same again when it is repeated (F4)", () =>
    withSql((sql) => {
      const log = openLog(sql);
      fill(log, 1);
      const two = publication("two", { channels: ["user:42", "user:42:topic"] });
      expect(log.take(two)).toMatchObject({ kind: "taken", places: [{ offset: 2 }, { offset: 3 }] });
      expect(log.take(two)).toMatchObject({ kind: "repeated", places: [{ offset: 2 }, { offset: 3 }] });
      expect(openLog(sql).take(two)).toMatchObject({
        kind: "repeated",
        places: [{ offset: 2 }, { offset: 3 }],
      });
    }));

  it.each([
    ["other content", publication("two", { hash: "other" })],
    ["other channels", publication("two", { channels: ["user:42:topic"] })],
    ["more channels", publication("two", { channels: ["user:42", "user:42:topic"] })],
  ])("tells an id that was used for %s, before and after waking", (_case, other) =>
    withSql((sql) => {
      const log = openLog(sql);
      log.take(publication("two"));
      expect(log.take(other)).toEqual({ kind: "conflict" });
      expect(openLog(sql).take(other)).toEqual({ kind: "conflict" });
      expect(log.top.offset).toBe(1);
    }),
  );

  it("remembers at least as many ids as it is told to", () =>
    withSql((sql) => {
      const log = openLog(sql, { rememberedIds: 100 });
      fill(log, 150);
      expect(log.take(publication("e51"))).toMatchObject({ kind: "repeated" });
      expect(openLog(sql, { rememberedIds: 100 }).take(publication("e51"))).toMatchObject({
        kind: "repeated",
      });
    }));

  it("knows an id of an event that is not stored while awake", () =>
    withSql((sql) => {
      const log = openLog(sql);
      const passing = {
        id: "t",
        hash: "h",
        events: [{ channel: "user:42", event: "typing", data: "1", store: false }],
      };
      expect(log.take(passing)).toMatchObject({ kind: "taken", passing: [{ channel: "user:42" }] });
      expect(log.take(passing)).toMatchObject({ kind: "repeated" });
      expect(log.top).toEqual({ epoch: "0", offset: 0 });
    }));

  it("pages by number and by size, from memory and from storage alike", () =>
    withSql((sql) => {
      const log = openLog(sql, { pageEvents: 10 });
      fill(log, 25);
      for (const one of [log, openLog(sql, { pageEvents: 10 })]) {
        expect(one.read(0)).toMatchObject({ after: 0, upTo: 10 });
        expect(offsets(one, 10)).toEqual([11, 12, 13, 14, 15, 16, 17, 18, 19, 20]);
        expect(one.read(20)).toMatchObject({ upTo: 25 });
        expect(one.read(25)).toMatchObject({ upTo: 25, entries: [] });
      }
      const small = openLog(sql, { pageBytes: 300 });
      expect(small.read(0).upTo).toBeLessThan(4);
      expect(openLog(sql, { pageBytes: 1 }).read(0)).toMatchObject({ upTo: 1 });
    }));

  it("leaves out what has outlived its ttl, and moves over it", () =>
    withSql((sql) => {
      let time = 1000;
      const log = openLog(sql, {}, () => time);
      log.take(publication("brief", { ttl: 10 }));
      log.take(publication("lasting"));
      expect(offsets(log, 0)).toEqual([1, 2]);
      time += 10_000;
      for (const one of [log, openLog(sql, {}, () => time)]) {
        expect(one.read(0)).toMatchObject({ after: 0, upTo: 2, entries: [{ offset: 2 }] });
      }
    }));

  it.each([
    ["its own epoch and offset", (epoch: string) => ({ epoch, offset: 3 }), 3],
    ["its top", (epoch: string) => ({ epoch, offset: 5 }), 5],
    ["its beginning", (epoch: string) => ({ epoch, offset: 0 }), 0],
    ["the time before its first entry", () => ({ epoch: "0", offset: 0 }), 0],
    ["the epoch 0 counted on", () => ({ epoch: "0", offset: 2 }), 2],
  ])("goes on from %s", (_case, since, offset) =>
    withSql((sql) => {
      const log = openLog(sql);
      fill(log, 5);
      const { epoch } = log.top;
      expect(log.resume(since(epoch))).toEqual({
        kind: "recovered",
        from: { epoch, offset },
        top: { epoch, offset: 5 },
      });
    }),
  );

  it.each([
    ["another epoch", (_epoch: string) => ({ epoch: "other", offset: 3 })],
    ["the future", (epoch: string) => ({ epoch, offset: 6 })],
    ["the future of epoch 0", () => ({ epoch: "0", offset: 6 })],
  ])("has lost %s", (_case, since) =>
    withSql((sql) => {
      const log = openLog(sql);
      fill(log, 5);
      expect(log.resume(since(log.top.epoch))).toEqual({ kind: "lost", top: log.top });
    }),
  );

  it("does not take the epoch 0 for a later life (F10)", () =>
    withSql((sql) => {
      fill(openLog(sql), 5);
      sql.exec("UPDATE log_life SET epoch = 'secondlife', life = 2");
      const log = openLog(sql);
      expect(log.resume({ epoch: "0", offset: 2 })).toMatchObject({ kind: "lost" });
      expect(log.resume({ epoch: "secondlife", offset: 2 })).toMatchObject({ kind: "recovered" });
    }));
});

describe("pruning", () => {
  const rows = (sql: SqlStorage) =>
    sql
      .exec<{ first: number; last: number; kept: number }>(
        "SELECT min(offset) AS first, max(offset) AS last, sum(frame <> '') AS kept FROM log",
      )
      .one();

  it("keeps the newest entries, the counter and the ids (F10)", () =>
    withSql((sql) => {
      const limits = { events: 10, rememberedIds: 100 };
      const log = openLog(sql, limits);
      fill(log, 30);
      expect(log.pruneDue()).toBeGreaterThan(1_000_000);
      fill(log, 40, "more");
      expect(log.pruneDue()).toBe(1_000_000);
      log.prune();
      expect(rows(sql)).toEqual({ first: 1, last: 70, kept: 10 });
      const { epoch } = log.top;
      for (const one of [log, openLog(sql, limits)]) {
        expect(one.top.offset).toBe(70);
        expect(one.resume({ epoch, offset: 59 })).toMatchObject({ kind: "lost" });
        expect(one.resume({ epoch, offset: 60 })).toMatchObject({ kind: "recovered" });
        expect(offsets(one, 60)).toEqual([61, 62, 63, 64, 65, 66, 67, 68, 69, 70]);
        expect(one.take(publication("e1"))).toMatchObject({ kind: "repeated", places: [{ offset: 1 }] });
      }
    }));

  it("offers no more than the limit before it is pruned, and serves on whom it promised more", () =>
    withSql((sql) => {
      const log = openLog(sql, { events: 10 });
      fill(log, 30);
      const { epoch } = log.top;
      expect(log.resume({ epoch, offset: 19 })).toMatchObject({ kind: "lost" });
      expect(log.reachesBackTo({ epoch, offset: 19 })).toBe(true);
      expect(log.resume({ epoch, offset: 20 })).toMatchObject({ kind: "recovered" });
    }));

  it("deletes rows whose ids are not remembered any more", () =>
    withSql((sql) => {
      const limits = { events: 10, rememberedIds: 100 };
      const log = openLog(sql, limits);
      fill(log, 300);
      log.prune();
      expect(rows(sql)).toEqual({ first: 200, last: 300, kept: 10 });
      fill(log, 20, "more");
      expect(log.pruneDue()).toBeGreaterThan(1_000_000);
      fill(log, 40, "most");
      expect(log.pruneDue()).toBe(1_000_000);
      log.prune();
      expect(rows(sql)).toEqual({ first: 260, last: 360, kept: 10 });
      expect(openLog(sql, limits).take(publication("e261"))).toMatchObject({ kind: "repeated" });
    }));

  it("never uses an offset again, even when everything is too old", () =>
    withSql((sql) => {
      let time = 0;
      const now = () => time;
      const log = openLog(sql, {}, now);
      fill(log, 5);
      const due = log.pruneDue();
      expect(due).toBeGreaterThan(7 * DAY);
      time = due ?? 0;
      log.prune();
      expect(rows(sql)).toEqual({ first: 1, last: 5, kept: 0 });
      expect(log.pruneDue()).toBeUndefined();
      const woken = openLog(sql, {}, now);
      for (const one of [log, woken]) {
        expect(one.resume({ epoch: one.top.epoch, offset: 4 })).toMatchObject({ kind: "lost" });
        expect(one.read(5)).toMatchObject({ upTo: 5, entries: [] });
      }
      expect(woken.take(publication("e5"))).toMatchObject({ kind: "repeated" });
      expect(woken.take(publication("next"))).toMatchObject({ places: [{ offset: 6 }] });
      expect(offsets(openLog(sql, {}, now), 5)).toEqual([6]);
    }));

  it("prunes in batches", () =>
    withSql((sql) => {
      const log = openLog(sql, { events: 1, rememberedIds: 100 });
      fill(log, 1200);
      log.prune();
      expect(rows(sql)).toEqual({ first: 501, last: 1200, kept: 700 });
      log.prune();
      log.prune();
      expect(rows(sql)).toEqual({ first: 1100, last: 1200, kept: 1 });
      expect(log.top.offset).toBe(1200);
      expect(log.pruneDue()).toBeGreaterThan(1_000_000);
    }));
});
