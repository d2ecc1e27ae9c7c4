import { describe, expect, it } from "vitest";
import type { AudienceEvent } from "../../src/objects/audience-entry.ts";
import type { LoggedPublication } from "../../src/objects/entry.ts";
import { audienceMark, PublishIds } from "../../src/objects/publish-ids.ts";
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

/** An event that the audience brings under an id. */
const brought = (id: string, channel = A, event = id): AudienceEvent => ({
  id,
  at: 1,
  event: { channel, event, data: "null", store: true },
});

/** A publication of an event on a channel, with what announces its notification. */
const notified = (id: string, channel = A): LoggedPublication => ({
  ...publication(id, { channels: [channel] }),
  announcement: brought(id, A, "notification:new").event,
});

describe("publish ids that the audience brought (F4)", () => {
  it("stand in rows by which of their publication's events they are", () => {
    expect(audienceMark({ channel: A, event: "news" })).toBe(`audience ${A}`);
    expect(audienceMark({ channel: A, event: "notification:new" })).toBe("audience notification:new");
  });

  it("are known from rows as when they came, each by its channel, the notification by itself", () => {
    const awake = new PublishIds(100);
    const events = [brought("id", B), brought("id", A, "notification:new")];
    for (const [index, { id, event }] of events.entries()) {
      awake.rememberFromAudience(id, event, { channel: event.channel, offset: index + 1 });
    }
    const woken = new PublishIds(100);
    woken.read(
      events.map(({ id, event }, index) => ({
        ...{ offset: index + 1, id, channel: event.channel },
        hash: audienceMark(event),
      })),
      0,
    );
    for (const ids of [awake, woken]) {
      expect(ids.placeFromAudience("id", { channel: B, event: "id" })).toEqual({ channel: B, offset: 1 });
      expect(ids.hasFromAnywhere("id", { channel: A, event: "notification:new" })).toBe(true);
      expect(ids.hasFromAnywhere("id", { channel: A, event: "id" })).toBe(false);
      expect(ids.hasFromAnywhere("other", { channel: B, event: "id" })).toBe(false);
      expect(ids.recall(publication("id", { channels: [B] }))).toEqual({
        kind: "repeated",
        places: [{ channel: B, offset: 1 }],
      });
      expect(ids.recall(publication("id", { channels: [A, B] }))).toEqual({ kind: "new" });
      expect(ids.recall({ id: "id", hash: "h", events: [] })).toEqual({ kind: "new" });
    }
  });

  it.each([
    ["an event on the channel", publication("id"), { channel: A, event: "id" }, true],
    ["an event on another channel", publication("id"), { channel: B, event: "id" }, false],
    ["what has a notification", notified("id", B), { channel: A, event: "notification:new" }, true],
    ["an event under another id", publication("id2"), { channel: A, event: "id" }, false],
  ])("are had where %s was published by name", (_case, direct, event, isHad) => {
    const ids = new PublishIds(100);
    ids.read(rowsOf(publication("first"), direct), 0);
    expect(ids.hasFromAnywhere("id", event)).toBe(isHad);
  });

  it("forget the oldest beyond the limit", () => {
    const ids = new PublishIds(2);
    for (const id of ["a", "b", "c"]) {
      ids.rememberFromAudience(id, brought(id).event, { channel: A, offset: 1 });
    }
    expect(ids.placeFromAudience("a", { channel: A, event: "a" })).toBeUndefined();
    expect(ids.placeFromAudience("b", { channel: A, event: "b" })).toEqual({ channel: A, offset: 1 });
  });
});

describe("a publication of which the audience brought a part (F4)", () => {
  const whole = publication("id", { channels: [B, A, C] });

  it("is stored but for that part, and known as a whole when it is repeated, also after waking", () =>
    withSql((sql) => {
      const log = openLog(sql);
      log.take(publication("first"));
      expect(log.takeFromAudience([brought("id")])).toBe(true);
      const places = [
        { channel: B, offset: 3 },
        { channel: A, offset: 2 },
        { channel: C, offset: 4 },
      ];
      expect(log.take(whole)).toEqual({ kind: "taken", places, passing: [] });
      for (const one of [log, openLog(sql)]) {
        expect(one.take(whole)).toEqual({ kind: "repeated", places });
        expect(one.take(publication("id", { channels: [B, A, C], hash: "other" }))).toEqual({
          kind: "conflict",
        });
        expect(one.take(publication("id", { channels: [B, A] }))).toEqual({ kind: "conflict" });
        expect(one.takeFromAudience([brought("id"), brought("id", B)])).toBe(false);
      }
      expect(openLog(sql).top.offset).toBe(4);
    }));

  it("has one notification, whichever way it came, also after waking", () =>
    withSql((sql) => {
      const log = openLog(sql);
      const news = (id: string) => brought(id, A, "notification:new");
      expect(log.takeFromAudience([brought("id", B), news("id")])).toBe(true);
      expect(log.take(notified("id"))).toMatchObject({ kind: "taken", places: [{ offset: 3 }] });
      log.take(notified("direct"));
      expect(log.top.offset).toBe(5);
      for (const one of [log, openLog(sql)]) {
        expect(one.take(notified("id"))).toMatchObject({ kind: "repeated", places: [{ offset: 3 }] });
        expect(one.takeFromAudience([news("direct"), news("id")])).toBe(false);
      }
      expect(log.takeFromAudience([brought("direct", B)])).toBe(true);
      expect(openLog(sql).top.offset).toBe(6);
    }));
});
