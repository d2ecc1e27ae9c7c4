import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import {
  createDeadLetterTables,
  DeadLetterRows,
  type NewLetter,
} from "../../src/objects/dead-letter-rows.ts";
import { Schema } from "../../src/objects/schema.ts";
import { fresh } from "./listener.ts";
import { withSql } from "./stored.ts";

function letter(name: string): NewLetter {
  return {
    object: { kind: "user", name },
    publications: `[{"id":"${name}","events":[]}]`,
    code: "unavailable",
    reason: "It is away.",
  };
}

const body = new TextEncoder().encode("what was to be delivered");

function opened(sql: SqlStorage): DeadLetterRows {
  return new DeadLetterRows(sql, new Schema(sql, [createDeadLetterTables]));
}

function parcels(sql: SqlStorage): number {
  return sql.exec<{ count: number }>("SELECT count(*) AS count FROM parcel").one().count;
}

const names = (rows: DeadLetterRows) =>
  rows.read(Number.MAX_SAFE_INTEGER, 100).map(({ object }) => object?.name);

describe("the rows of dead letters", () => {
  test("are not there before the first letter", async () => {
    await withSql((sql) => {
      const rows = opened(sql);
      expect([rows.read(10, 10), rows.find(1), rows.oldestAt(), rows.deleteBeyond(0)]).toEqual([
        [],
        undefined,
        undefined,
        0,
      ]);
      rows.delete(1);
      rows.deleteUntil(10);
      rows.update(1, { code: "internal", reason: "" });
      expect(sql.exec("SELECT name FROM sqlite_master WHERE name = 'letter'").toArray()).toEqual([]);
    });
  });

  test("hold the body of a message once, and tell which of its calls a letter is", async () => {
    await withSql((sql) => {
      const rows = opened(sql);
      rows.insert("m1", body, ["a", "b"].map(letter), 5);
      expect(rows.read(100, 10)).toEqual([
        { id: 2, at: 5, ...letter("b") },
        { id: 1, at: 5, ...letter("a") },
      ]);
      expect(parcels(sql)).toBe(1);
      expect(rows.find(2)).toEqual({ body: body.buffer, place: 1 });
    });
  });

  test("keep a letter without an object", async () => {
    await withSql((sql) => {
      const rows = opened(sql);
      rows.insert("m1", body, [{ ...letter("a"), object: undefined }], 5);
      expect(rows.read(100, 10)).toEqual([{ id: 1, at: 5, ...letter("a"), object: undefined }]);
    });
  });

  test("pass over a message that came before", async () => {
    await withSql((sql) => {
      const rows = opened(sql);
      rows.insert("m1", body, [letter("a")], 5);
      rows.insert("m1", body, [letter("a")], 6);
      rows.insert("m2", body, [letter("b")], 7);
      expect(names(rows)).toEqual(["b", "a"]);
    });
  });

  test("are read in pages", async () => {
    await withSql((sql) => {
      const rows = opened(sql);
      rows.insert("m1", body, ["a", "b", "c"].map(letter), 5);
      expect(rows.read(4, 2).map(({ id }) => id)).toEqual([3, 2]);
      expect(rows.read(2, 2).map(({ id }) => id)).toEqual([1]);
    });
  });

  test("forget the body with the last of its letters, and use no number again", async () => {
    await withSql((sql) => {
      const rows = opened(sql);
      rows.insert("m1", body, ["a", "b"].map(letter), 5);
      rows.delete(1);
      expect([names(rows), parcels(sql)]).toEqual([["b"], 1]);
      rows.delete(2);
      expect([names(rows), parcels(sql)]).toEqual([[], 0]);
      rows.insert("m2", body, [letter("c")], 6);
      expect(rows.read(100, 10).map(({ id }) => id)).toEqual([3]);
    });
  });

  test("note why a letter failed again", async () => {
    await withSql((sql) => {
      const rows = opened(sql);
      rows.insert("m1", body, ["a", "b"].map(letter), 5);
      rows.update(1, { code: "overloaded", reason: "Too much." });
      expect(rows.read(100, 10).map(({ code, reason }) => [code, reason])).toEqual([
        ["unavailable", "It is away."],
        ["overloaded", "Too much."],
      ]);
    });
  });

  test("are deleted when they are too old", async () => {
    await withSql((sql) => {
      const rows = opened(sql);
      for (const at of [5, 6, 7]) rows.insert(`m${at}`, body, [letter(`${at}`)], at);
      expect(rows.oldestAt()).toBe(5);
      rows.deleteUntil(4);
      expect(names(rows)).toEqual(["7", "6", "5"]);
      rows.deleteUntil(6);
      expect([names(rows), parcels(sql), rows.oldestAt()]).toEqual([["7"], 1, 7]);
    });
  });

  test("are deleted from the oldest on when they are too many, also after a waking", async () => {
    await withSql((sql) => {
      const rows = opened(sql);
      for (const at of [1, 2, 3, 4]) rows.insert(`m${at}`, body, [letter(`${at}`)], at);
      rows.delete(3);
      expect(rows.deleteBeyond(3)).toBe(0);
      expect(rows.deleteBeyond(2)).toBe(1);
      expect([names(rows), parcels(sql)]).toEqual([["4", "2"], 2]);
      expect(opened(sql).deleteBeyond(1)).toBe(1);
    });
  });
});

describe("the object that keeps dead letters", () => {
  const stub = () => env.DEAD_LETTERS.getByName(fresh("letters"));

  test("is woken to forget them when they are too old", async () => {
    const object = stub();
    await object.keep("m1", body, [letter("a")]);
    const due = await runInDurableObject(object, (_instance, ctx) => ctx.storage.getAlarm());
    const days = ((due ?? 0) - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(30);
    expect(days).toBeLessThan(30.1);
    await runInDurableObject(object, (_instance, { storage: { sql } }) => {
      sql.exec("UPDATE letter SET at = at - 31 * 86400000");
    });
    await object.keep("m2", body, [letter("b")]);
    const { letters } = await object.list(undefined, 10);
    expect(letters.map(({ object }) => object?.name)).toEqual(["b"]);
    await runInDurableObject(object, (_instance, { storage: { sql } }) => {
      sql.exec("UPDATE letter SET at = at - 31 * 86400000");
    });
    expect(await runDurableObjectAlarm(object)).toBe(true);
    expect(await object.list(undefined, 10)).toEqual({ letters: [], more: false });
    expect(await runInDurableObject(object, (_instance, ctx) => ctx.storage.getAlarm())).toBeNull();
  });

  test("lists them newest first, and says whether there are more", async () => {
    const object = stub();
    await object.keep("m1", body, ["a", "b", "c"].map(letter));
    const first = await object.list(undefined, 2);
    expect([first.letters.map(({ id }) => id), first.more]).toEqual([[3, 2], true]);
    const last = await object.list(2, 2);
    expect([last.letters.map(({ id }) => id), last.more]).toEqual([[1], false]);
  });
});
