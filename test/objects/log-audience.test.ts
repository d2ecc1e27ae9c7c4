import { describe, expect, it } from "vitest";
import type { AudienceEvent } from "../../src/objects/audience-entry.ts";
import type { Log } from "../../src/objects/log.ts";
import { openLog, publication, withSql } from "./stored.ts";

const DAY = 86_400_000;

/** What the audience brings a user under an id. */
const brought = (id: string, more: Partial<AudienceEvent["event"]> = {}): AudienceEvent => ({
  ...{ id, at: 999_000 },
  event: { channel: "announcements", event: id, data: '{"n":1}', store: true, ...more },
});

const frames = (log: Log, after = 0): Record<string, unknown>[] =>
  log.read(after).entries.map(({ frame }): Record<string, unknown> => JSON.parse(frame));

describe("what the audience brings a user's log", () => {
  it("lies there under its own offset, as it was published and when", () =>
    withSql((sql) => {
      const log = openLog(sql);
      log.take(publication("own"));
      expect(log.takeFromAudience([brought("a"), brought("b", { ttl: 60 })])).toBe(true);
      for (const one of [log, openLog(sql)]) {
        expect(frames(one, 1)).toMatchObject([
          { channel: "announcements", event: "a", data: { n: 1 }, id: "a", at: 999_000, offset: 2 },
          { event: "b", offset: 3 },
        ]);
        expect(one.read(1).entries.map(({ expires }) => expires)).toEqual([undefined, 1_059_000]);
      }
    }));

  it("is stored once, whether it comes again, or came by name, also after waking (F4)", () =>
    withSql((sql) => {
      const log = openLog(sql);
      log.take(publication("named", { channels: ["announcements"] }));
      expect(log.takeFromAudience([brought("a"), brought("a"), brought("named")])).toBe(true);
      for (const one of [log, openLog(sql)]) {
        expect(one.takeFromAudience([brought("a"), brought("named")])).toBe(false);
        expect(one.takeFromAudience([])).toBe(false);
      }
      expect(log.top.offset).toBe(2);
    }));

  it("is stored once for each of the channels on which it was published", () =>
    withSql((sql) => {
      const log = openLog(sql);
      log.takeFromAudience([brought("a"), brought("a", { channel: "system:announcements" })]);
      expect(log.top.offset).toBe(2);
    }));

  it("makes a log where there was none, and none where there is nothing to store", () =>
    withSql((sql) => {
      const log = openLog(sql);
      log.takeFromAudience([]);
      expect(sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'log'").toArray()).toEqual([]);
      log.takeFromAudience([brought("a")]);
      expect(log.top).toMatchObject({ offset: 1 });
    }));
});

/** A log with an entry for each day, of which some were brief. */
function daily(sql: SqlStorage, days: readonly { day: number; ttl?: number }[]) {
  const clock = { now: 0 };
  const log = openLog(sql, { days: 1000 }, () => clock.now);
  for (const { day, ttl } of days) {
    clock.now = day * DAY;
    log.take(publication(`day${day}`, ttl === undefined ? {} : { ttl }));
  }
  return { log, clock, wake: () => openLog(sql, { days: 1000 }, () => clock.now) };
}

describe("a log that is asked by time", () => {
  it("knows the newest entry that was written before", () =>
    withSql((sql) => {
      expect(openLog(sql).lastBefore(1)).toBe(0);
      const { log, wake } = daily(sql, [{ day: 1 }, { day: 3 }, { day: 5 }]);
      for (const one of [log, wake()]) {
        expect([1, 2, 3, 4, 5, 6].map((day) => one.lastBefore(day * DAY))).toEqual([0, 1, 1, 2, 2, 3]);
      }
    }));

  it("knows whether something was lost after an offset that is older than a time", () =>
    withSql((sql) => {
      expect(openLog(sql).hasLostAfter(0, 1)).toBe(false);
      const { log, clock, wake } = daily(sql, [{ day: 1 }, { day: 2, ttl: 86_400 }, { day: 4, ttl: 60 }]);
      clock.now = 5 * DAY;
      const cases = [
        [0, 2, true],
        [1, 2, true],
        [0, 1.9, false],
        [2, 2, false],
        [2, 4, true],
        [3, 9, false],
      ] as const;
      for (let round = 0; round < 2; round++) {
        for (const one of [log, wake()]) {
          for (const [after, day, isLost] of cases) {
            expect(one.hasLostAfter(after, day * DAY), `after ${after}, before day ${day}`).toBe(isLost);
          }
        }
        // Whether its row is emptied already makes no difference.
        log.emptyExpired();
      }
    }));
});

describe("what has expired", () => {
  it("is taken away, and its offset and its id stay", () =>
    withSql((sql) => {
      openLog(sql).emptyExpired();
      const { log, clock, wake } = daily(sql, [{ day: 1, ttl: 60 }, { day: 2 }, { day: 3, ttl: 864_000 }]);
      expect(log.read(0).entries).toHaveLength(2);
      clock.now = 4 * DAY;
      log.emptyExpired();
      expect(sql.exec("SELECT offset FROM log WHERE frame = ''").toArray()).toEqual([{ offset: 1 }]);
      for (const one of [log, wake()]) {
        expect(one.top.offset).toBe(3);
        expect(one.floor).toBe(0);
        expect(one.read(0).entries.map(({ offset }) => offset)).toEqual([2, 3]);
        expect(one.find("day1")).toEqual([]);
        expect(one.take(publication("day1", { ttl: 60 }))).toMatchObject({ kind: "repeated" });
      }
    }));

  it("writes nothing where it was taken away before", () =>
    withSql((sql) => {
      const { log, clock } = daily(sql, [{ day: 1, ttl: 60 }]);
      clock.now = 2 * DAY;
      const written = () => sql.exec<{ n: number }>("SELECT total_changes() AS n").one().n;
      const before = written();
      log.emptyExpired();
      expect(written()).toBe(before + 1);
      log.emptyExpired();
      expect(written()).toBe(before + 1);
    }));
});

describe("a log of which something is missing", () => {
  it("does not reach back any more to who came before it, and goes on after it, also after waking (R3)", () =>
    withSql((sql) => {
      const log = openLog(sql);
      for (const id of ["a", "b"]) log.take(publication(id));
      const { epoch } = log.top;
      log.lose();
      log.take(publication("c"));
      for (const one of [log, openLog(sql)]) {
        expect(one.top).toEqual({ epoch, offset: 4 });
        for (const offset of [0, 1, 2]) expect(one.resume({ epoch, offset })).toMatchObject({ kind: "lost" });
        expect(one.resume({ epoch, offset: 3 })).toMatchObject({ kind: "recovered" });
        expect(one.read(3).entries.map(({ offset }) => offset)).toEqual([4]);
        expect(one.take(publication("a"))).toMatchObject({ kind: "repeated", places: [{ offset: 1 }] });
      }
    }));

  it("begins with that where nothing was there", () =>
    withSql((sql) => {
      const log = openLog(sql);
      log.lose();
      for (const one of [log, openLog(sql)]) {
        expect(one.top.offset).toBe(1);
        expect(one.resume({ epoch: "0", offset: 0 })).toMatchObject({ kind: "lost" });
        expect(one.resume({ epoch: one.top.epoch, offset: 1 })).toMatchObject({ kind: "recovered" });
        expect(one.pruneDue()).toBeUndefined();
      }
    }));

  it("takes no id for one that is cut by it", () =>
    withSql((sql) => {
      const log = openLog(sql);
      log.lose();
      log.take(publication("a", { channels: ["user:42:a"] }));
      const more = publication("a", { channels: ["user:42", "user:42:a"] });
      expect(openLog(sql).take(more)).toEqual({ kind: "conflict" });
    }));
});
