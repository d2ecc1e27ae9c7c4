import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { userObject } from "../../src/objects/env.ts";
import { Inbox } from "../../src/objects/inbox.ts";
import { createInboxTable } from "../../src/objects/inbox-rows.ts";
import { Schema } from "../../src/objects/schema.ts";
import { ask, mark, notify, notifyMany, operate, readInbox } from "./inbox/asking.ts";
import { type Cost, costOf } from "./inbox/costs.ts";
import { arrival, START } from "./inbox/opened.ts";
import { fresh, Listener, sleepAll } from "./listener.ts";
import { counting } from "./shard.ts";
import { withSql } from "./stored.ts";

const objectOf = (user: string) => userObject(env, user);
const limits = { notifications: 10_000, days: 90 };
const idsOf = (count: number) => Array.from({ length: count }, (_, n) => `n${n}`);

/** A user who is there, with so many notifications; the object is awake and knows what it has to know. */
async function userWith(count: number): Promise<string> {
  const user = fresh("user");
  await Listener.greeted({ user });
  await notifyMany(user, idsOf(count));
  await readInbox({ user });
  await untilPruned(objectOf(user));
  return user;
}

/** Lets an object prune its log now, which it would otherwise do by itself while something is counted. */
async function untilPruned(stub: DurableObjectStub): Promise<void> {
  const alarm = () => runInDurableObject(stub, (_instance, { storage }) => storage.getAlarm());
  while (((await alarm()) ?? Number.POSITIVE_INFINITY) < Date.now() + 60_000) {
    await runDurableObjectAlarm(stub);
  }
}

describe("rows written by what is done with an inbox of a thousand", () => {
  let user = "";
  beforeAll(async () => {
    user = await userWith(1000);
  });
  const written = async (task: () => Promise<unknown>): Promise<Omit<Cost, "read">> => {
    const { written, alarms } = await costOf(objectOf(user), task);
    return { written, alarms };
  };

  it("are 3 for a publish with a notification: event, entry, notification", async () => {
    expect(await written(() => notify(user, "one"))).toEqual({ written: 3, alarms: 0 });
    expect(await written(() => notifyMany(user, ["two", "three"]))).toEqual({ written: 6, alarms: 0 });
  });

  it("are 2 for a publish of which nothing but the notification is kept", async () => {
    expect(await written(() => notify(user, "four", {}, { store: false }))).toEqual({
      written: 2,
      alarms: 0,
    });
  });

  it("are 1 more for one that takes another's place", async () => {
    await notify(user, "key-1", { collapseKey: "key" });
    expect(await written(() => notify(user, "key-2", { collapseKey: "key" }))).toEqual({
      written: 4,
      alarms: 0,
    });
  });

  it("are none, and 1 for the alarm, more for one that removes itself", async () => {
    const expiresAt = Date.now() + 3_600_000;
    expect(await written(() => notify(user, "brief", { expiresAt }))).toEqual({ written: 3, alarms: 1 });
    expect(await written(() => notify(user, "brief-too", { expiresAt }))).toEqual({ written: 3, alarms: 0 });
  });

  it("are 3 for a mark of one: notification, counts, entry; 2 for the newest, which holds the counts", async () => {
    const newest = "the-newest";
    await notify(user, newest);
    for (const as of ["read", "unread", "seen", "unseen", "archived", "unarchived"]) {
      const [one, last] = ["n500", newest].map((id) => () => mark({ user }, { as, ids: [id] }));
      if (!one || !last) throw new Error("There are two.");
      const isNews = as !== "seen";
      expect(await written(one)).toEqual({ written: isNews ? 3 : 0, alarms: 0 });
      expect(await written(last)).toEqual({ written: isNews ? 2 : 0, alarms: 0 });
    }
  });

  it("are 3 for a deletion, or a recall: notification, counts, entry", async () => {
    expect(await written(() => ask({ user }, "DELETE", "/inbox/n1"))).toEqual({ written: 3, alarms: 0 });
    expect(await written(() => operate("DELETE", `/users/${user}/inbox/n2`))).toEqual({
      written: 3,
      alarms: 0,
    });
  });

  it("are 102 for a mark of a hundred by their ids", async () => {
    const ids = idsOf(1000).slice(100, 200);
    expect(await written(() => mark({ user }, { as: "archived", ids }))).toEqual({ written: 102, alarms: 0 });
  });

  it("are 2 for a mark of all: counts, entry", async () => {
    for (const as of ["seen", "unseen", "read", "unread", "archived", "unarchived"]) {
      expect(await written(() => mark({ user }, { as, all: true }))).toEqual({ written: 2, alarms: 0 });
      expect(await written(() => mark({ user }, { as, all: true }))).toEqual({ written: 0, alarms: 0 });
    }
  });

  it("are none for whatever is only read, or changes nothing", async () => {
    for (const path of ["/inbox", "/inbox?archived=true", "/inbox/counts", "/inbox/n7", "/preferences"]) {
      expect(await written(() => ask({ user }, "GET", path))).toEqual({ written: 0, alarms: 0 });
    }
    expect(await written(() => mark({ user }, { as: "unarchived", ids: ["n7", "none"] }))).toEqual({
      written: 0,
      alarms: 0,
    });
    expect(await written(() => notify(user, "one"))).toEqual({ written: 0, alarms: 0 });
  });

  it("are 1 in the inbox for a deletion of all, and later 1 for each that was there", () =>
    withSql((raw) => {
      const { sql, rowsWritten } = counting(raw);
      const inbox = new Inbox(sql, new Schema(sql, [createInboxTable]), limits, () => START);
      for (let offset = 1; offset <= 400; offset++) inbox.add(arrival(offset));
      rowsWritten();
      inbox.mark("deleted", { all: true });
      expect(rowsWritten()).toBe(1);
      inbox.prune();
      expect(rowsWritten()).toBe(399);
    }));
});

describe("rows read by an inbox", () => {
  /** An inbox of so many, of which the newest half has just been marked; and what it reads. */
  async function reads(size: number, task: (inbox: Inbox) => void, isAsleep = false): Promise<number> {
    return withSql((raw) => {
      const cursors: SqlStorageCursor<Record<string, SqlStorageValue>>[] = [];
      const exec = (query: string, ...bindings: unknown[]) => {
        const cursor = raw.exec(query, ...bindings);
        cursors.push(cursor);
        return cursor;
      };
      const sql = new Proxy(raw, {
        get: (target, name) => (name === "exec" ? exec : Reflect.get(target, name)),
      });
      const open = () => new Inbox(sql, new Schema(raw, [createInboxTable]), limits, () => START);
      let inbox = open();
      for (let offset = 1; offset <= size; offset++) inbox.add(arrival(offset));
      inbox.mark("seen", { all: true, upTo: size / 2 });
      if (isAsleep) inbox = open();
      cursors.length = 0;
      task(inbox);
      return cursors.reduce((sum, { rowsRead }) => sum + rowsRead, 0);
    });
  }
  const top = Number.MAX_SAFE_INTEGER;

  it.each<[number, string, (inbox: Inbox) => void]>([
    [0, "counts", ({ counts }) => void counts],
    // A row that is written by its offset is read by it.
    [1, "a notification that comes", (inbox) => inbox.add(arrival(5000))],
    [0, "when something is due", (inbox) => inbox.due()],
    [51, "the first page of 50", (inbox) => inbox.page(top, 50, {}, () => true)],
    [51, "a page of 50 further down", (inbox) => inbox.page(400, 50, {}, () => true)],
    [1, "a mark of all", (inbox) => inbox.mark("read", { all: true })],
    [11, "a mark of all but the ten newest", (inbox) => inbox.mark("read", { all: true, upTo: 990 })],
    [1, "a deletion of all", (inbox) => inbox.mark("deleted", { all: true })],
  ])("are %i for %s, of a thousand", async (count, _what, task) => {
    expect(await reads(1000, task)).toBe(count);
  });

  it("are 1 for the counts when it has just woken", async () => {
    expect(await reads(1000, ({ counts }) => void counts, true)).toBe(1);
  });

  it("are as many as lie above one that is looked for by its id", async () => {
    const markOne = (id: string) => reads(1000, (inbox) => inbox.mark("read", { ids: [id] }));
    const [second, twelfth, oldest] = [await markOne("n999"), await markOne("n989"), await markOne("n1")];
    expect(twelfth - second).toBe(10);
    expect(oldest - second).toBe(998);
  });

  it("are as many for a thousand ids as for one that is not there", async () => {
    const ids = Array.from({ length: 1000 }, (_, n) => `none-${n}`);
    const [one, thousand] = [
      await reads(1000, (inbox) => inbox.mark("read", { ids: ["none"] })),
      await reads(1000, (inbox) => inbox.mark("read", { ids })),
    ];
    // The list of ids is counted too.
    expect(thousand).toBeLessThanOrEqual(one + 3 * ids.length);
  });
});

describe("an inbox that wakes", () => {
  it("writes 3 rows for a publish with a notification, as one that is awake does", async () => {
    const user = await userWith(3);
    await sleepAll(objectOf(user));
    const { written, alarms } = await costOf(objectOf(user), () => notify(user, "new"));
    expect({ written, alarms }).toEqual({ written: 3, alarms: 0 });
  });
});
