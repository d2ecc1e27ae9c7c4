import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { createReceiptTable, Receipts } from "../../src/objects/receipts.ts";
import { Schema } from "../../src/objects/schema.ts";
import { ask, problemOf, publisher } from "../http/service.ts";
import { fresh, Listener, publish, publishTo, sleepAll, tokenFor } from "./listener.ts";
import { rowsOf, rowsWritten, tablesOf } from "./remembered.ts";
import { withSql } from "./stored.ts";

const userObject = (user: string) => env.USERS.getByName(user);
const pathOf = (user: string, id: string) => `/users/${user}/events/${encodeURIComponent(id)}`;

interface Receipt {
  readonly id: string;
  readonly user: string;
  readonly stored: readonly { channel: string; offset: number; at: number }[];
  readonly received: readonly { client: string; at: number }[];
}

async function receiptOf(user: string, id: string): Promise<Receipt> {
  const response = await ask(pathOf(user, id), { headers: publisher });
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
  return response.json<Receipt>();
}

const clientsOf = async (user: string, id: string) =>
  (await receiptOf(user, id)).received.map(({ client }) => client).sort();

/** Acknowledges, and waits until the object has taken it. */
async function ack(listener: Listener, offset: number): Promise<void> {
  const ref = `ack-${offset}-${listener.frames.length}`;
  listener.send({ type: "ack", offset }, { type: "ping", ref });
  await listener.next("pong", (pong) => pong.ref === ref);
}

describe("receipts", () => {
  it("say what is stored, and which clients have acknowledged it when, across hibernation", async () => {
    const user = fresh("user");
    const before = Date.now();
    const phone = await Listener.greeted({ user, client: "phone" });
    const tab = await Listener.greeted({ user, client: "tab" });
    await publishTo(`user:${user}`, "paid", { id: "pay 1/ก" });
    await publishTo(`user:${user}:orders`, "later", { id: "pay_2" });
    expect(await receiptOf(user, "pay 1/ก")).toEqual({
      id: "pay 1/ก",
      user,
      stored: [{ channel: `user:${user}`, offset: 1, at: expect.any(Number) }],
      received: [],
      seenAt: null,
      readAt: null,
    });
    await ack(phone, 1);
    await sleepAll(userObject(user));
    await ack(tab, 2);
    await ack(phone, 2);
    await sleepAll(userObject(user));
    const { stored, received } = await receiptOf(user, "pay 1/ก");
    expect(received.map(({ client }) => client)).toEqual(["phone", "tab"]);
    const times = [before, stored[0]?.at ?? 0, ...received.map(({ at }) => at), Date.now()];
    expect(times).toEqual([...times].sort((one, other) => one - other));
    expect(await clientsOf(user, "pay_2")).toEqual(["phone", "tab"]);
  });

  it("write one row for an ack, and none for one that is repeated or goes back", async () => {
    const user = fresh("user");
    const listener = await Listener.greeted({ user, client: "tab" });
    // The alarm for the session's end, and no row beside it.
    expect(await rowsWritten(userObject(user))).toBe(1);
    expect(await tablesOf(userObject(user))).toEqual([]);
    for (const event of ["one", "two", "three"]) await publishTo(`user:${user}`, event);
    await listener.next("event", ({ event }) => event === "three");
    const published = await rowsWritten(userObject(user));
    await ack(listener, 2);
    expect(await rowsWritten(userObject(user))).toBe(published + 1);
    for (const offset of [2, 1, 0, 2]) await ack(listener, offset);
    expect(await rowsWritten(userObject(user))).toBe(published + 1);
    await sleepAll(userObject(user));
    for (const offset of [2, 1]) await ack(listener, offset);
    await ack(listener, 3);
    const rows = await rowsOf(userObject(user), "SELECT client, up_to FROM receipt ORDER BY up_to");
    expect(rows).toEqual([
      { client: "tab", up_to: 2 },
      { client: "tab", up_to: 3 },
    ]);
  });

  it("write nothing for an ack before the first event", async () => {
    const user = fresh("user");
    const listener = await Listener.greeted({ user });
    await ack(listener, 0);
    await ack(listener, 7);
    expect(await tablesOf(userObject(user))).toEqual([]);
  });

  it("do not take an ack beyond the top for what comes later", async () => {
    const user = fresh("user");
    const listener = await Listener.greeted({ user, client: "tab" });
    await publishTo(`user:${user}`, "one", { id: "one" });
    await ack(listener, 1000);
    await publishTo(`user:${user}`, "two", { id: "two" });
    expect(await clientsOf(user, "one")).toEqual(["tab"]);
    expect(await clientsOf(user, "two")).toEqual([]);
  });

  it("do not say that a client received what came before it was first there", async () => {
    const user = fresh("user");
    await publishTo(`user:${user}`, "one", { id: "one" });
    const listener = await Listener.greeted({ user, client: "tab" });
    await publishTo(`user:${user}`, "two", { id: "two" });
    await listener.next("event");
    await ack(listener, 2);
    expect(await clientsOf(user, "two")).toEqual(["tab"]);
    expect(await clientsOf(user, "one")).toEqual([]);
  });

  it("do not say that a client received what was withheld from it", async () => {
    const user = fresh("user");
    const tab = await Listener.greeted({ user, client: "tab" });
    const phone = await Listener.greeted({ user, client: "phone" });
    await publish({ id: "one", event: "one", to: { users: [user] }, except: { client: "tab" } });
    await phone.next("event");
    await tab.next("skip");
    await ack(tab, 1);
    await ack(phone, 1);
    expect(await clientsOf(user, "one")).toEqual(["phone"]);
  });

  it("cover every event of a publication that has several", async () => {
    const user = fresh("user");
    const listener = await Listener.greeted({ user, client: "tab" });
    const channels = [`user:${user}`, `user:${user}:orders`];
    await publish({ id: "both", event: "both", to: { channels } });
    await ack(listener, 1);
    expect(await receiptOf(user, "both")).toMatchObject({
      stored: [{ offset: 1 }, { offset: 2 }],
      received: [],
      seenAt: null,
      readAt: null,
    });
    await ack(listener, 2);
    expect(await clientsOf(user, "both")).toEqual(["tab"]);
  });

  it("are not kept by a room, whose log is its own", async () => {
    const user = fresh("user");
    const room = `room:${fresh("lobby")}`;
    const direct = await Listener.greeted({ user, room });
    await publishTo(room, "one");
    await ack(direct, 1);
    expect(await tablesOf(env.ROOMS.getByName(room))).not.toContain("receipt");
    expect(await rowsOf(userObject(user), "SELECT * FROM receipt")).toEqual([]);
  });
});

describe("GET /users/:id/events/:eventId", () => {
  it("is for operators", async () => {
    const user = fresh("user");
    await publishTo(`user:${user}`, "one", { id: "one" });
    expect((await problemOf(await ask(pathOf(user, "one")))).code).toBe("unauthorized");
    const headers = { Authorization: `Bearer ${await tokenFor({ user })}` };
    expect((await problemOf(await ask(pathOf(user, "one"), { headers }))).code).toBe("forbidden");
  });

  it.each([
    ["nothing was ever published", false],
    ["another event was published", true],
  ])("answers not_found where %s", async (_case, isAnother) => {
    const user = fresh("user");
    if (isAnother) await publishTo(`user:${user}`, "one", { id: "one" });
    const response = await ask(pathOf(user, "two"), { headers: publisher });
    expect((await problemOf(response)).code).toBe("not_found");
  });

  it("answers not_found for an event that is not stored", async () => {
    const user = fresh("user");
    await publishTo(`user:${user}`, "typing", { id: "typing", store: false });
    const response = await ask(pathOf(user, "typing"), { headers: publisher });
    expect((await problemOf(response)).code).toBe("not_found");
  });
});

describe("the table of receipts", () => {
  const open = (sql: SqlStorage) => new Receipts(sql, new Schema(sql, [createReceiptTable]));

  it("tells each client's first acknowledgement that covers an entry, oldest first", () =>
    withSql((sql) => {
      const receipts = open(sql);
      receipts.take("tab", 0, 3, 100);
      receipts.take("phone", 0, 5, 200);
      receipts.take("tab", 0, 8, 300);
      for (const one of [receipts, open(sql)]) {
        expect(one.of(3)).toEqual([
          { client: "tab", at: 100 },
          { client: "phone", at: 200 },
        ]);
        expect(one.of(4)).toEqual([
          { client: "phone", at: 200 },
          { client: "tab", at: 300 },
        ]);
        expect(one.of(9)).toEqual([]);
      }
    }));

  it("covers nothing before the beginning of the connection over which it was acknowledged", () =>
    withSql((sql) => {
      const receipts = open(sql);
      receipts.take("tab", 5, 5, 100);
      expect(sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'receipt'").toArray()).toEqual([]);
      receipts.take("tab", 5, 7, 200);
      // It comes again at the top, having missed what lies between.
      open(sql).take("tab", 10, 12, 300);
      const covered = (one: Receipts) =>
        [5, 6, 7, 8, 10, 11, 12].filter((offset) => one.of(offset).length > 0);
      for (const one of [receipts, open(sql)]) expect(covered(one)).toEqual([6, 7, 11, 12]);
    }));

  it("forgets what covers nothing that the log still has, and what is older stays so", () =>
    withSql((sql) => {
      const receipts = open(sql);
      receipts.take("tab", 0, 3, 100);
      receipts.take("tab", 0, 8, 200);
      receipts.take("phone", 0, 3, 100);
      receipts.prune(3);
      expect(sql.exec("SELECT client, up_to FROM receipt").toArray()).toEqual([{ client: "tab", up_to: 8 }]);
      const woken = open(sql);
      woken.take("tab", 0, 8, 300);
      expect(woken.of(8)).toEqual([{ client: "tab", at: 200 }]);
    }));
});
