import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { userObject } from "../../src/objects/env.ts";
import {
  ask,
  entriesOf,
  idsIn,
  mark,
  nextEntry,
  note,
  notify,
  notifyMany,
  operate,
  readInbox,
} from "./inbox/asking.ts";
import { fresh, Listener, publish, publishTo, sleepAll } from "./listener.ts";
import { rowsOf, tablesOf, withSettings } from "./remembered.ts";

const objectOf = (user: string) => userObject(env, user);
const counts = (total: number, unread: number, unseen: number) => ({ total, unread, unseen });
const nothing = counts(0, 0, 0);
const start = { epoch: "0", offset: 0 };

/** Events that no log keeps: their names and data. */
const passingTo = (listener: Listener) =>
  listener
    .all("event")
    .filter(({ offset }) => offset === undefined)
    .map(({ event, data }) => [event, data]);

describe("an inbox", () => {
  it("keeps notifications, with counts on every entry, across hibernation", async () => {
    const user = fresh("user");
    const listener = await Listener.greeted({ user });
    expect(listener.welcome.counts).toEqual(nothing);
    await notify(user, "one");
    expect(await nextEntry(listener, "new")).toMatchObject({
      channel: `user:${user}`,
      id: "one",
      offset: 2,
      data: {
        id: "one",
        ...note,
        data: { n: "one" },
        readAt: null,
        counts: counts(1, 1, 1),
      },
    });
    await sleepAll(objectOf(user));
    await notify(user, "two");
    await nextEntry(listener, "new", "two");
    const page = await readInbox({ user });
    expect(page.notifications.map(({ id }) => id)).toEqual(["two", "one"]);
    expect(page).toMatchObject({ counts: counts(2, 2, 2), position: { offset: 4 }, next: null });
    listener.send({ type: "mark", ref: 1, as: "read", ids: ["one"] });
    expect(await listener.next("ok")).toEqual({ type: "ok", ref: 1, counts: counts(2, 1, 1) });
    expect(await nextEntry(listener, "updated")).toMatchObject({
      offset: 5,
      data: { ids: ["one"], as: "read", at: expect.any(Number), counts: counts(2, 1, 1) },
    });
    await sleepAll(objectOf(user));
    expect(await mark({ user }, { as: "read", all: true })).toMatchObject({
      counts: counts(2, 0, 0),
      position: { offset: 6 },
    });
    expect(await mark({ user }, { as: "read", all: true })).toMatchObject({ position: { offset: 6 } });
    expect((await ask({ user }, "DELETE", "/inbox/one")).body).toMatchObject({ counts: counts(1, 0, 0) });
    expect((await ask({ user }, "DELETE", "/inbox/one")).status).toBe(404);
    expect((await ask({ user }, "GET", "/inbox/two")).body).toMatchObject({
      id: "two",
      readAt: expect.any(Number),
    });
    const again = await Listener.greeted({ user });
    expect(again.welcome.counts).toEqual(counts(1, 0, 0));
  });

  it("that is only looked at, or told to mark what is not there, costs no row", async () => {
    const user = fresh("user");
    const listener = await Listener.greeted({ user });
    expect(await readInbox({ user })).toMatchObject({
      ...{ notifications: [], next: null, counts: nothing },
      position: start,
    });
    listener.send({ type: "mark", ref: 1, as: "read", all: true });
    expect(await listener.next("ok")).toMatchObject({ counts: nothing });
    expect(await mark({ user }, { as: "deleted", ids: ["none"] })).toMatchObject({ position: start });
    expect((await ask({ user }, "DELETE", "/inbox")).status).toBe(200);
    expect((await operate("DELETE", `/users/${user}/inbox/none`)).status).toBe(404);
    expect((await ask({ user }, "GET", "/inbox/none")).status).toBe(404);
    expect(await tablesOf(objectOf(user))).toEqual([]);
  });

  it("tells each mark as one entry, whatever it marks, and the badge beside it", async () => {
    const user = fresh("user");
    const listener = await Listener.greeted({ user });
    await notifyMany(user, ["a", "b", "c"]);
    await nextEntry(listener, "new", "c");
    const changes = [
      { as: "seen", all: true },
      { as: "read", ids: ["a", "b"] },
      { as: "unread", ids: ["a"] },
      { as: "archived", ids: ["b"] },
      { as: "unarchived", all: true },
      { as: "deleted", ids: ["c"] },
      { as: "deleted", all: true },
    ];
    for (const change of changes) await mark({ user }, change);
    await listener.until(() => entriesOf(listener).length === 3 + 7, "the seven entries");
    const told = entriesOf(listener).slice(3);
    const all = (upTo: number) => ({ all: true, upTo });
    const at = expect.any(Number);
    expect(told.map(({ channel, event, data }) => [channel, event, data])).toEqual(
      [
        ["updated", { ...all(6), as: "seen", at, counts: counts(3, 3, 0) }],
        ["updated", { ids: ["a", "b"], as: "read", at, counts: counts(3, 1, 0) }],
        ["updated", { ids: ["a"], as: "unread", at, counts: counts(3, 2, 0) }],
        ["updated", { ids: ["b"], as: "archived", at, counts: counts(2, 2, 0) }],
        ["updated", { ...all(6), as: "unarchived", at, counts: counts(3, 2, 0) }],
        ["deleted", { ids: ["c"], counts: counts(2, 1, 0) }],
        ["deleted", { ...all(6), counts: nothing }],
      ].map(([event, data]) => [`user:${user}`, `notification:${event}`, data]),
    );
    expect(told.map(({ offset }) => offset)).toEqual([7, 8, 9, 10, 11, 12, 13]);
    const readAt = expect.any(Number);
    expect(passingTo(listener)).toEqual([
      ["unread:count", { count: 3 }],
      ["unread:count", { count: 3 }],
      ["notification:read", { id: "a", readAt }],
      ["notification:read", { id: "b", readAt }],
      ["unread:count", { count: 1 }],
      ["unread:count", { count: 2 }],
      ["unread:count", { count: 2 }],
      ["unread:count", { count: 2 }],
      ["unread:count", { count: 1 }],
      ["unread:count", { count: 0 }],
    ]);
  });

  it("is the same for two tabs that mark the same thing at once: one entry", async () => {
    const user = fresh("user");
    const tabs = await Promise.all(["one", "two"].map((client) => Listener.greeted({ user, client })));
    await notify(user, "a");
    for (const tab of tabs) await nextEntry(tab, "new");
    for (const tab of tabs) tab.send({ type: "mark", ref: "same", as: "read", ids: ["a"] });
    for (const tab of tabs) {
      expect(await tab.next("ok")).toEqual({ type: "ok", ref: "same", counts: counts(1, 0, 0) });
    }
    await publishTo(`user:${user}`, "last");
    for (const tab of tabs) {
      await tab.next("event", ({ event }) => event === "last");
      expect(tab.all("event").flatMap(({ event, offset }) => (offset ? [`${event}@${offset}`] : []))).toEqual(
        [...["news@1", "notification:new@2", "notification:updated@3", "last@4"]],
      );
    }
  });

  it("takes a mark in the middle of a replay, whose entry comes in its place", async () => {
    await withSettings({ PAGE_EVENTS: 2 }, async () => {
      const user = fresh("user");
      const ids = Array.from({ length: 20 }, (_, n) => `n${n}`);
      await notifyMany(user, ids);
      const listener = await Listener.open({ user, since: start });
      listener.send({ type: "mark", ref: 1, as: "read", all: true, upTo: 20 });
      expect(await listener.next("ok")).toMatchObject({ counts: counts(20, 10, 10) });
      expect(listener.all("live")).toEqual([]);
      await listener.next("live");
      const stored = listener.all("event").filter(({ offset }) => offset !== undefined);
      expect(stored.map(({ offset }) => offset)).toEqual(Array.from({ length: 41 }, (_, n) => n + 1));
      expect(stored.at(-1)).toMatchObject({
        event: "notification:updated",
        data: { all: true, upTo: 20, counts: counts(20, 10, 10) },
      });
    });
  });

  it("leaves what arrives during a mark of all up to an offset untouched", async () => {
    const user = fresh("user");
    const listener = await Listener.greeted({ user });
    await notifyMany(user, ["a", "b", "c"]);
    const { position } = await readInbox({ user });
    const ids = ["d", "e", "f", "g"];
    await Promise.all([
      ...ids.slice(0, 2).map((id) => notify(user, id)),
      mark({ user }, { as: "archived", all: true, upTo: position.offset }),
      mark({ user }, { as: "read", all: true, upTo: position.offset }),
      ...ids.slice(2).map((id) => notify(user, id)),
    ]);
    const { notifications, counts: counted } = await readInbox({ user });
    expect(notifications.map(({ id }) => id).sort()).toEqual(ids);
    expect(counted).toEqual(counts(4, 4, 4));
    expect(await readInbox({ user }, "?archived=true&unread=false")).toMatchObject({
      notifications: [{ id: "c" }, { id: "b" }, { id: "a" }],
    });
    await listener.until(() => entriesOf(listener).length === 9, "nine entries");
    expect(entriesOf(listener).at(-1)?.data).toMatchObject({ counts: counts(4, 4, 4) });
  });
});

describe("a publish that is repeated", () => {
  it("adds no second notification, by name or by way of the audience, also after waking", async () => {
    const [user, role] = [fresh("user"), fresh("role")];
    const who = { user, roles: [role] };
    const listener = await Listener.greeted(who);
    const byName = { to: { users: [user] } };
    const byRole = { to: { roles: [role] } };
    const both = { to: { users: [user], roles: [role] } };
    const [named, aimed, toBoth, passing, last] = ["named", "aimed", "both", "passing", "last"].map(fresh);
    if (!named || !aimed || !toBoth || !passing || !last) throw new Error("There are five.");
    await notify(user, named, {}, byName);
    await notify(user, aimed, {}, byRole);
    await nextEntry(listener, "new", aimed);
    await notify(user, toBoth, {}, both);
    // As it is not kept, nothing but its notification is.
    await notify(user, passing, {}, { ...byName, store: false });
    for (const isAsleep of [false, true]) {
      for (const id of [named, aimed, toBoth, passing]) {
        for (const to of [byName, byRole, both]) {
          if (isAsleep) await sleepAll(objectOf(user));
          await notify(user, id, {}, { ...to, ...(id === passing && { store: false }) });
        }
      }
    }
    await notify(user, last, {}, byRole);
    await nextEntry(listener, "new", last);
    const told = entriesOf(listener);
    expect(told.map(({ id }) => id)).toEqual([named, aimed, toBoth, passing, last]);
    expect(told.map(({ data }) => data)).toMatchObject(
      [1, 2, 3, 4, 5].map((n) => ({ counts: counts(n, n, n) })),
    );
    expect(await idsIn(who)).toEqual([last, passing, toBoth, aimed, named]);
  });

  it("adds none either where the first was deleted, recalled or taken away by another", async () => {
    const user = fresh("user");
    await notifyMany(user, ["a", "b"]);
    await notify(user, "c", { collapseKey: "k" });
    await notify(user, "d", { collapseKey: "k" });
    await ask({ user }, "DELETE", "/inbox/a");
    await operate("DELETE", `/users/${user}/inbox/b`);
    for (const id of ["a", "b"])
      await publish({ id, event: "news", to: { users: [user] }, notification: note });
    await sleepAll(objectOf(user));
    await notify(user, "c", { collapseKey: "k" });
    expect(await idsIn({ user })).toEqual(["d"]);
  });

  it("with other content is a conflict, and changes nothing", async () => {
    const user = fresh("user");
    await notify(user, "a");
    await expect(notify(user, "a", { title: "Another title" })).rejects.toThrow("id_conflict");
    expect(await readInbox({ user })).toMatchObject({
      notifications: [{ id: "a", title: "A title" }],
      counts: counts(1, 1, 1),
    });
  });

  it("of a batch that has one id twice adds one", async () => {
    const user = fresh("user");
    const one = { id: "a", event: "news", to: { users: [user] }, notification: note };
    await publish([one, one, { ...one, id: "b" }]);
    expect(await idsIn({ user })).toEqual(["b", "a"]);
  });
});

describe("a notification with a collapse key", () => {
  it("takes the place of an unread one, whichever way either came: one entry", async () => {
    const [user, role] = [fresh("user"), fresh("role")];
    const who = { user, roles: [role] };
    const listener = await Listener.greeted(who);
    const ways = [{ to: { users: [user] } }, { to: { roles: [role] } }];
    const key = { collapseKey: "order 7" };
    let before: string | undefined;
    for (const [n, way] of [...ways, ...ways].entries()) {
      const id = fresh("version");
      await notify(user, id, { ...key, message: `Step ${n}` }, way);
      const { data } = await nextEntry(listener, "new", id);
      expect(data).toMatchObject({ id, collapseKey: "order 7", counts: counts(1, 1, 1) });
      expect((data as { replaces?: string }).replaces).toBe(before);
      before = id;
    }
    expect(await readInbox(who)).toMatchObject({
      notifications: [{ id: before, message: "Step 3" }],
      counts: counts(1, 1, 1),
    });
    await mark(who, { as: "read", ids: [before] });
    await notify(user, "last", key);
    expect((await nextEntry(listener, "new", "last")).data).toMatchObject({ counts: counts(2, 1, 1) });
    expect(await idsIn(who)).toEqual(["last", before]);
  });
});

describe("whom a notification is for", () => {
  it("is decided by only and except for each who looks, as it is for the event", async () => {
    const user = fresh("user");
    const clerk = { user, roles: ["clerk"] };
    await notify(user, "all");
    await notify(user, "clerks", {}, { only: { roles: ["clerk"] } });
    await notify(user, "sevens", {}, { only: { tenants: ["7"] } });
    await notify(user, "others", {}, { except: { client: "phone" } });
    expect(await idsIn({ user })).toEqual(["others", "all"]);
    expect(await idsIn(clerk)).toEqual(["others", "clerks", "all"]);
    expect(await idsIn({ user, tenants: ["7"] })).toEqual(["others", "sevens", "all"]);
    expect(await idsIn(clerk, "?client=phone")).toEqual(["clerks", "all"]);
    expect((await ask({ user }, "GET", "/inbox/clerks")).status).toBe(404);
    expect((await ask(clerk, "GET", "/inbox/clerks")).status).toBe(200);
    expect((await ask({ user }, "GET", "/inbox/others?client=phone")).status).toBe(404);
    expect((await readInbox({ user }, "?limit=1")).next).not.toBeNull();
    const phone = await Listener.greeted({ ...clerk, client: "phone", since: start });
    await phone.next("live");
    expect(entriesOf(phone).map(({ id }) => id)).toEqual(["all", "clerks"]);
  });

  it("is not somebody who has lost the role by which it came", async () => {
    const [user, role] = [fresh("user"), fresh("role")];
    const holder = { user, roles: [role] };
    const listener = await Listener.greeted(holder);
    const [byChannel, byRole] = [fresh("id"), fresh("id")];
    await notify(user, byChannel, {}, { to: { channels: [`notifications:role:${role}`] } });
    await notify(user, byRole, {}, { to: { roles: [role] } });
    await nextEntry(listener, "new", byRole);
    expect(await idsIn(holder)).toEqual([byRole, byChannel]);
    expect(await idsIn({ user })).toEqual([]);
    expect((await ask({ user }, "GET", `/inbox/${byRole}`)).status).toBe(404);
    const lost = await Listener.greeted({ user, since: start, client: "lost" });
    await lost.next("live");
    expect(entriesOf(lost)).toEqual([]);
  });

  it("is everybody of an audience, also who was away, before the inbox is read or marked", async () => {
    const role = fresh("role");
    const [reader, counter, marker, deleter] = ["reader", "counter", "marker", "deleter"].map((name) => ({
      user: fresh(name),
      roles: [role],
    }));
    if (!reader || !counter || !marker || !deleter) throw new Error("There are four.");
    const [one, two] = [fresh("id"), fresh("id")];
    await notify("", one, {}, { to: { roles: [role] } });
    expect(await idsIn(reader)).toEqual([one]);
    expect((await ask(counter, "GET", "/inbox/counts")).body).toMatchObject({ counts: counts(1, 1, 1) });
    expect(await mark(marker, { as: "read", all: true })).toMatchObject({ counts: counts(1, 0, 0) });
    expect((await ask(deleter, "DELETE", `/inbox/${one}`)).status).toBe(200);
    await notify("", two, {}, { to: { roles: [role] } });
    expect(await idsIn(marker, "?unread=true")).toEqual([two]);
    expect(await idsIn(deleter)).toEqual([two]);
  });
});

describe("what a reader wants", () => {
  const want = (user: string, preferences: object) => ask({ user }, "PUT", "/preferences", preferences);

  it("keeps types out of the inbox, but not their events from the user", async () => {
    const [user, role] = [fresh("user"), fresh("role")];
    const who = { user, roles: [role] };
    await want(user, { types: { ads: { inbox: false } } });
    await sleepAll(objectOf(user));
    const listener = await Listener.greeted(who);
    const aimed = fresh("aimed");
    await notify(user, "named", { type: "ads" });
    await notify(user, aimed, { type: "ads" }, { to: { roles: [role] } });
    await notify(user, "critical", { type: "ads", priority: "critical" });
    await notify(user, "news");
    await nextEntry(listener, "new");
    await listener.next("event", ({ id }) => id === aimed);
    expect(entriesOf(listener).map(({ id }) => id)).toEqual(["news"]);
    expect(
      listener
        .all("event")
        .filter(({ event }) => event === "news")
        .map(({ id }) => id)
        .sort(),
    ).toEqual([aimed, "critical", "named", "news"]);
    // What was not wanted when it came is not there afterwards either.
    await want(user, {});
    await notify(user, "named", { type: "ads" });
    expect(await readInbox(who)).toMatchObject({ notifications: [{ id: "news" }], counts: counts(1, 1, 1) });
  });

  it("makes others silent, which move the badge; never what is critical", async () => {
    const user = fresh("user");
    const listener = await Listener.greeted({ user });
    const silentOf = async (id: string, more: object) => {
      await notify(user, id, more);
      const { data } = await nextEntry(listener, "new", id);
      const stored = (await ask({ user }, "GET", `/inbox/${id}`)).body;
      expect((stored as { silent?: boolean }).silent).toBe((data as { silent?: boolean }).silent);
      return (data as { silent?: boolean }).silent;
    };
    await want(user, { types: { ads: { announce: false } } });
    expect(await silentOf("ad", { type: "ads" })).toBe(true);
    expect(await silentOf("critical", { type: "ads", priority: "critical" })).toBeUndefined();
    expect(await silentOf("news", {})).toBeUndefined();
    await want(user, { quietHours: { from: "00:00", to: "12:00", timeZone: "UTC" } });
    const before = await silentOf("morning", {});
    await want(user, { quietHours: { from: "12:00", to: "00:00", timeZone: "UTC" } });
    expect([before, await silentOf("evening", {})]).toContain(true);
    expect((await readInbox({ user })).counts).toEqual(counts(5, 5, 5));
    // It was decided when it was written.
    await want(user, {});
    expect((await ask({ user }, "GET", "/inbox/ad")).body).toMatchObject({ silent: true });
    expect((await ask({ user }, "GET", "/preferences")).body).toEqual({ types: {}, quietHours: null });
  });

  it("goes by types whatever they are called", async () => {
    const user = fresh("user");
    await want(user, { types: { constructor: { inbox: false } } });
    for (const type of ["__proto__", "toString", "constructor"]) await notify(user, type, { type });
    expect(await idsIn({ user })).toEqual(["toString", "__proto__"]);
    expect(await idsIn({ user }, "?type=__proto__")).toEqual(["__proto__"]);
  });

  it("reads in the language of the last token, also when nobody was there", async () => {
    const user = fresh("user");
    const texts = { title: { en: "A title", th: "หัวเรื่อง" } };
    const listener = await Listener.greeted({ user, locale: "th-TH" });
    await notify(user, "one", texts);
    expect((await nextEntry(listener, "new", "one")).data).toMatchObject({ title: "หัวเรื่อง" });
    listener.close(1000, "bye");
    await listener.untilClosed();
    await sleepAll(objectOf(user));
    await notify(user, "two", texts);
    const back = await Listener.greeted({ user, locale: "en", since: { epoch: "0", offset: 2 } });
    expect((await nextEntry(back, "new", "two")).data).toMatchObject({ title: "หัวเรื่อง" });
    await notify(user, "three", texts);
    expect((await nextEntry(back, "new", "three")).data).toMatchObject({ title: "A title" });
    const titles = async (options: { locale?: string }) =>
      (await readInbox({ user, ...options })).notifications.map(({ title }) => title);
    expect(await titles({ locale: "th" })).toEqual(["หัวเรื่อง", "หัวเรื่อง", "หัวเรื่อง"]);
    expect(await titles({})).toEqual(["A title", "A title", "A title"]);
  });
});

describe("a notification that is taken back", () => {
  it("goes from every device and from the inbox, once", async () => {
    const user = fresh("user");
    const listeners = await Promise.all(["one", "two"].map((client) => Listener.greeted({ user, client })));
    await notifyMany(user, ["a", "b"]);
    const path = `/users/${user}/inbox/a`;
    expect((await ask({ user }, "DELETE", path)).status).toBe(403);
    expect(await operate("DELETE", path)).toMatchObject({ status: 200, body: { user, id: "a" } });
    for (const listener of listeners) {
      expect((await nextEntry(listener, "deleted")).data).toEqual({ ids: ["a"], counts: counts(1, 1, 1) });
    }
    expect((await operate("DELETE", path)).status).toBe(404);
    expect(await idsIn({ user })).toEqual(["b"]);
    await sleepAll(objectOf(user));
    expect((await operate("DELETE", `/users/${user}/inbox/b`)).status).toBe(200);
    expect((await readInbox({ user })).counts).toEqual(nothing);
  });

  it("goes also from a device that was away", async () => {
    const user = fresh("user");
    await notifyMany(user, ["a", "b"]);
    await operate("DELETE", `/users/${user}/inbox/b`);
    const back = await Listener.greeted({ user, since: { epoch: "0", offset: 4 } });
    expect(await nextEntry(back, "deleted")).toMatchObject({ offset: 5, data: { ids: ["b"] } });
  });
});

describe("a receipt of a notification", () => {
  it("says when it was seen and read, as it is now", async () => {
    const user = fresh("user");
    const receipt = async (id: string) => (await operate("GET", `/users/${user}/events/${id}`)).body;
    await notifyMany(user, ["a", "b"]);
    await publishTo(`user:${user}`, "plain", { id: "plain" });
    expect(await receipt("a")).toMatchObject({ seenAt: null, readAt: null });
    expect(await receipt("plain")).toMatchObject({ seenAt: null, readAt: null });
    const from = Date.now();
    await mark({ user }, { as: "seen", all: true });
    const { seenAt } = (await receipt("a")) as { seenAt: number };
    expect(seenAt).toBeGreaterThanOrEqual(from);
    await mark({ user }, { as: "read", ids: ["a"] });
    expect(await receipt("a")).toMatchObject({ seenAt, readAt: expect.any(Number) });
    expect(await receipt("b")).toMatchObject({ seenAt, readAt: null });
    await sleepAll(objectOf(user));
    await mark({ user }, { as: "unread", ids: ["a"] });
    expect(await receipt("a")).toMatchObject({ seenAt, readAt: null });
  });
});

describe("a notification that goes by itself", () => {
  /** Takes the alarm away, as if the platform were late. */
  const forgetAlarm = (user: string) =>
    runInDurableObject(objectOf(user), (_instance, ctx) => ctx.storage.deleteAlarm());
  const passes = async (time: number) => {
    while (Date.now() < time) await scheduler.wait(5);
  };

  it("when it expires goes by the alarm, from every device", async () => {
    const user = fresh("user");
    const listener = await Listener.greeted({ user });
    const expiresAt = Date.now() + 150;
    await notifyMany(user, ["a", "b"], { expiresAt });
    await notify(user, "c");
    await sleepAll(objectOf(user));
    const { data } = await nextEntry(listener, "deleted");
    expect(Date.now()).toBeGreaterThanOrEqual(expiresAt);
    expect(data).toEqual({ ids: ["a", "b"], counts: counts(1, 1, 1) });
    expect(await idsIn({ user })).toEqual(["c"]);
  });

  it("is not shown nor counted any more from the moment it is due, though the alarm be late", async () => {
    const user = fresh("user");
    const listener = await Listener.greeted({ user });
    const expiresAt = Date.now() + 100;
    await notify(user, "a", { expiresAt });
    await notify(user, "b");
    await forgetAlarm(user);
    await passes(expiresAt);
    const { notifications, counts: counted, position } = await readInbox({ user });
    expect([notifications.map(({ id }) => id), counted]).toEqual([["b"], counts(1, 1, 1)]);
    expect(await nextEntry(listener, "deleted")).toMatchObject({
      offset: position.offset,
      data: { ids: ["a"], counts: counted },
    });
    expect((await ask({ user }, "GET", "/inbox/a")).status).toBe(404);
    expect((await operate("DELETE", `/users/${user}/inbox/a`)).status).toBe(404);
  });

  it.each([
    ["a connection", async (user: string) => (await Listener.greeted({ user })).welcome.counts],
    ["the badge", async (user: string) => (await ask({ user }, "GET", "/inbox/counts")).body],
    ["a mark", async (user: string) => (await mark({ user }, { as: "seen", all: true })).counts],
  ])("is not counted by %s that comes before the alarm", async (_who, look) => {
    const user = fresh("user");
    const expiresAt = Date.now() + 60;
    await notify(user, "a", { expiresAt });
    await forgetAlarm(user);
    await sleepAll(objectOf(user));
    await passes(expiresAt);
    expect(JSON.stringify(await look(user))).toContain(JSON.stringify(nothing));
  });

  it("is not taken in, nor told, when it comes too late", async () => {
    const [user, role] = [fresh("user"), fresh("role")];
    const who = { user, roles: [role] };
    const expiresAt = Date.now() + 60;
    await notify(user, fresh("id"), { expiresAt }, { to: { roles: [role] } });
    await passes(expiresAt);
    await notify(user, "named", { expiresAt });
    await notify(user, "past", { expiresAt: 1 });
    expect(await readInbox(who)).toMatchObject({ notifications: [], counts: nothing });
    const listener = await Listener.greeted({ ...who, since: start });
    await listener.next("live");
    expect(entriesOf(listener)).toEqual([]);
  });

  it("outlives its event, so that a device that resumes has what lies in the inbox", async () => {
    const user = fresh("user");
    await notify(user, "a", {}, { ttl: 1 });
    await passes(Date.now() + 1010);
    const listener = await Listener.greeted({ user, since: start });
    await listener.next("live");
    expect(listener.all("event").map(({ event }) => event)).toEqual(["notification:new"]);
    expect(await idsIn({ user })).toEqual(["a"]);
  });

  it("after its days goes by the alarm, in batches, each of which is one entry with the counts after it", async () => {
    const user = fresh("user");
    await notifyMany(
      user,
      Array.from({ length: 1200 }, (_, n) => `n${n}`),
    );
    await mark({ user }, { as: "read", all: true, upTo: 800 });
    const listener = await Listener.greeted({ user });
    // Days that are over at once.
    await withSettings({ INBOX_DAYS: 1e-9 }, async () => {
      await sleepAll(objectOf(user));
      await runDurableObjectAlarm(objectOf(user));
      await listener.until(() => entriesOf(listener).length === 3, "the last batch");
    });
    expect(entriesOf(listener).map(({ event, data }) => [event, data])).toEqual(
      [
        [0, 500, counts(700, 700, 700)],
        [500, 1000, counts(200, 200, 200)],
        [1000, 1200, nothing],
      ].map(([from, to, counted]) => [
        "notification:deleted",
        {
          ids: Array.from({ length: Number(to) - Number(from) }, (_, n) => `n${n + Number(from)}`),
          counts: counted,
        },
      ]),
    );
    expect(await rowsOf(objectOf(user), "SELECT id FROM inbox")).toEqual([{ id: "" }]);
  });

  it("when there are too many goes by the alarm, those that were read first", async () => {
    await withSettings({ INBOX_NOTIFICATIONS: 20 }, async () => {
      const user = fresh("user");
      const listener = await Listener.greeted({ user });
      const ids = Array.from({ length: 20 }, (_, n) => `n${n}`);
      await notifyMany(user, ids);
      await mark({ user }, { as: "read", ids: ["n18", "n7"] });
      await notifyMany(user, ["m0", "m1", "m2"]);
      expect((await nextEntry(listener, "deleted")).data).toMatchObject({ counts: counts(20, 20, 20) });
      expect(await idsIn({ user })).toEqual([
        ...["m2", "m1", "m0"],
        ...ids.filter((id) => !["n0", "n7", "n18"].includes(id)).toReversed(),
      ]);
    });
  });

  it("when all of it was deleted leaves no row of it behind", async () => {
    const user = fresh("user");
    await notifyMany(
      user,
      Array.from({ length: 700 }, (_, n) => `n${n}`),
    );
    expect((await ask({ user }, "DELETE", "/inbox")).body).toMatchObject({ counts: nothing });
    const rows = () => rowsOf(objectOf(user), "SELECT offset, content FROM inbox");
    const deadline = Date.now() + 4000;
    while ((await rows()).length > 1 && Date.now() < deadline) await scheduler.wait(10);
    expect(await rows()).toEqual([{ offset: 1400, content: "" }]);
  });
});
