import { describe, expect, it } from "vitest";
import type { Standing } from "../../src/objects/standing.ts";
import { DAY, eventFor, facet, idsOf, Shard, START, Surroundings } from "./shard.ts";
import { withSql } from "./stored.ts";

const holder: Standing = { facets: [facet(["a"])], versions: [] };

/** A shard whose log holds, for each letter, one event for the holders of that role. */
function setUp(sql: SqlStorage, roles: string, more: ConstructorParameters<typeof Shard>[2] = {}) {
  const surroundings = new Surroundings();
  const shard = new Shard(sql, surroundings, more);
  for (const [index, role] of [...roles].entries()) shard.store(`${role}${index + 1}`, eventFor(role));
  return { surroundings, shard, pages: shard.pages };
}

describe("a member's page", () => {
  it("is empty and reaches the top where nothing is for the member", () =>
    withSql((sql) => {
      const { pages, shard } = setUp(sql, "bbb");
      const { epoch } = shard.log.top;
      expect(pages.pageFor("42", holder, 0)).toEqual({ epoch, after: 0, upTo: 3, entries: [] });
      expect(pages.pageFor("42", holder, 3)).toEqual({ epoch, after: 3, upTo: 3, entries: [] });
    }));

  it("is empty before the audience's first event", () =>
    withSql((sql) => {
      const { pages } = setUp(sql, "");
      expect(pages.pageFor("42", holder, 0)).toEqual({ epoch: "0", after: 0, upTo: 0, entries: [] });
    }));

  it("brings what is for the member, at the offsets of the audience's log", () =>
    withSql((sql) => {
      const { pages } = setUp(sql, "abab");
      const page = pages.pageFor("42", holder, 0);
      expect(page).toMatchObject({ after: 0, upTo: 4, entries: [{ offset: 1 }, { offset: 3 }] });
      expect(idsOf(page.entries)).toEqual(["a1", "a3"]);
      expect(idsOf(pages.pageFor("42", holder, 1).entries)).toEqual(["a3"]);
    }));

  it("ends with the first page of the log that has something for the member", () =>
    withSql((sql) => {
      const { pages } = setUp(sql, "bbbbabbabb", { pageEvents: 2 });
      expect(pages.pageFor("42", holder, 0)).toMatchObject({ after: 0, upTo: 6, entries: [{ id: "a5" }] });
      expect(pages.pageFor("42", holder, 6)).toMatchObject({ after: 6, upTo: 8, entries: [{ id: "a8" }] });
      expect(pages.pageFor("42", holder, 8)).toMatchObject({ after: 8, upTo: 10, entries: [] });
    }));

  it("is empty before the top where there is much to look through, and goes on from there", () =>
    withSql((sql) => {
      const { pages } = setUp(sql, "bbbbbbbbbba", { pageEvents: 2 });
      expect(pages.pageFor("42", holder, 0)).toMatchObject({ after: 0, upTo: 8, entries: [] });
      expect(pages.pageFor("42", holder, 8)).toMatchObject({ after: 8, upTo: 11, entries: [{ id: "a11" }] });
    }));

  it("brings at each offset what was for who the member was then", () =>
    withSql((sql) => {
      const { pages } = setUp(sql, "abab");
      const standing: Standing = { facets: [facet(["b"])], versions: [{ upTo: 2, facets: [facet(["a"])] }] };
      expect(idsOf(pages.pageFor("42", standing, 0).entries)).toEqual(["a1", "b4"]);
    }));

  it("brings nothing that has expired since another member was served", () =>
    withSql((sql) => {
      const { pages, shard, surroundings } = setUp(sql, "a");
      shard.store("brief", eventFor("a", { ttl: 10 }));
      expect(idsOf(pages.pageFor("42", holder, 0).entries)).toEqual(["a1", "brief"]);
      surroundings.now += 10_000;
      expect(pages.pageFor("43", holder, 0)).toMatchObject({ upTo: 2, entries: [{ id: "a1" }] });
    }));
});

describe("the span of the last days", () => {
  /** Events of so many days ago, the oldest first. */
  function publish(shard: Shard, surroundings: Surroundings, ...daysAgo: number[]): void {
    for (const days of daysAgo) {
      surroundings.now = START - days * DAY;
      shard.store(`${days} days`, eventFor("a"));
    }
    surroundings.now = START;
  }

  it("begins behind the newest event that is older", () =>
    withSql((sql) => {
      const { pages, shard, surroundings } = setUp(sql, "");
      expect(pages.startOfSpan(7)).toBe(0);
      publish(shard, surroundings, 9, 6, 3, 1);
      surroundings.now += 60_001;
      expect([10, 7, 3, 0].map((days) => pages.startOfSpan(days))).toEqual([0, 1, 3, 4]);
    }));

  it("is looked up again when it is a minute old", () =>
    withSql((sql) => {
      const { pages, shard, surroundings } = setUp(sql, "");
      publish(shard, surroundings, 3, 2);
      expect(pages.startOfSpan(2)).toBe(1);
      surroundings.now += 60_000;
      expect(pages.startOfSpan(2)).toBe(1);
      surroundings.now += 1;
      expect(pages.startOfSpan(2)).toBe(2);
    }));

  it("does not reach below what the log still has", () =>
    withSql((sql) => {
      const { pages, shard, surroundings } = setUp(sql, "", { events: 10 });
      publish(shard, surroundings, ...Array.from({ length: 70 }, (_, index) => 6 - index / 60));
      expect(pages.startOfSpan(7)).toBe(0);
      shard.log.prune();
      expect(pages.startOfSpan(7)).toBe(60);
    }));
});
