import { describe, expect, it } from "vitest";
import { PublishIds } from "../../src/objects/publish-ids.ts";
import { openLog, publication, withSql } from "./stored.ts";

const A = "user:42";
const B = "user:42:orders";
const C = "user:42:visits";

/** The rows of publications in a log, in order. */
function rowsOf(...publications: ReturnType<typeof publication>[]) {
  return publications
    .flatMap(({ id, hash, events }) => events.map(({ channel }) => ({ id, hash, channel })))
    .map((row, index) => ({ ...row, offset: index + 1 }));
}

const three = publication("three", { channels: [A, B, C] });

describe("publish ids that are read from rows (F4)", () => {
  it("know a publication that lies there whole", () => {
    const ids = new PublishIds(100);
    ids.read(rowsOf(publication("one"), three), 0);
    expect(ids.recall(three)).toEqual({
      kind: "repeated",
      places: [
        { channel: A, offset: 2 },
        { channel: B, offset: 3 },
        { channel: C, offset: 4 },
      ],
    });
    expect(ids.recall(publication("two"))).toEqual({ kind: "new" });
  });

  it.each([1, 2])("know a publication at the edge that is cut by %i", (missing) => {
    const ids = new PublishIds(100);
    ids.read(rowsOf(publication("one"), three, publication("last")).slice(1 + missing), 1 + missing);
    expect(ids.recall(three)).toEqual({
      kind: "repeated",
      places: [
        { channel: A, offset: 2 },
        { channel: B, offset: 3 },
        { channel: C, offset: 4 },
      ],
    });
  });

  it.each([
    ["other content", publication("three", { channels: [A, B, C], hash: "other" })],
    ["fewer channels than are left of it", publication("three", { channels: [C] })],
    ["other channels", publication("three", { channels: [A, C, B] })],
  ])("tell a conflict at the edge: %s", (_case, other) => {
    const ids = new PublishIds(100);
    ids.read(rowsOf(publication("one"), three).slice(2), 2);
    expect(ids.recall(other)).toEqual({ kind: "conflict" });
  });

  it("forget the oldest beyond the limit", () => {
    const ids = new PublishIds(2);
    for (const id of ["a", "b", "c"]) ids.remember(publication(id), [{ channel: A, offset: 1 }]);
    expect(ids.recall(publication("a"))).toEqual({ kind: "new" });
    expect(ids.recall(publication("b"))).toMatchObject({ kind: "repeated" });
  });
});

describe("a log that wakes (F4)", () => {
  it("knows the publication that the edge of its remembered ids cuts, rows pruned or not", () =>
    withSql((sql) => {
      const limits = { events: 10, rememberedIds: 100 };
      const log = openLog(sql, limits);
      log.take(publication("first"));
      log.take(three);
      for (let at = 1; at <= 98; at++) log.take(publication(`e${at}`));
      expect(log.top.offset).toBe(102);
      const places = [{ offset: 2 }, { offset: 3 }, { offset: 4 }];
      expect(openLog(sql, limits).take(three)).toMatchObject({ kind: "repeated", places });
      log.prune();
      expect(openLog(sql, limits).take(three)).toMatchObject({ kind: "repeated", places });
      expect(openLog(sql, limits).top.offset).toBe(102);
    }));

  it.each([
    ["the first that it has", 0, 0],
    ["the first that it remembers", 2, 99],
    ["one among others", 2, 5],
  ])("takes no other channels for a repetition, where the publication is %s", (_case, before, after) =>
    withSql((sql) => {
      const limits = { events: 10, rememberedIds: 100 };
      const log = openLog(sql, limits);
      for (let at = 1; at <= before; at++) log.take(publication(`b${at}`));
      log.take(publication("id", { channels: [B] }));
      for (let at = 1; at <= after; at++) log.take(publication(`a${at}`));
      const more = publication("id", { channels: [A, B] });
      for (let round = 0; round < 2; round++) {
        expect(openLog(sql, limits).take(more)).toEqual({ kind: "conflict" });
        expect(openLog(sql, limits).take(publication("id", { channels: [B] }))).toMatchObject({
          kind: "repeated",
        });
        log.prune();
      }
    }),
  );
});
