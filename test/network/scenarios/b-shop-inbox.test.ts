import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { problemIn } from "../../support/backend.ts";
import { InboxOwner, type Item } from "../../support/inbox.ts";
import { Screen, startOf } from "../../support/screen.ts";
import type { Claims } from "../../support/token.ts";
import { Cast } from "./cast.ts";

let cast: Cast;

beforeAll(async () => {
  cast = await Cast.start();
});
afterAll(() => cast?.stop());

const ownerOf = (claims: Claims) => new InboxOwner(cast.service, cast.backend, claims);

/** A customer whom no other test knows. */
function customer(): { user: string; owner: InboxOwner } {
  const user = cast.fresh("customer");
  return { user, owner: ownerOf({ sub: user, roles: ["customer"] }) };
}

/** A browser with a bell, which has fetched the inbox. */
const browser = async (owner: InboxOwner, client: string) =>
  Screen.open(cast.service, owner, { client, start: startOf(await owner.page()) });

const shipped = {
  type: "order",
  title: "Your order is on its way",
  message: "Order #1042 <b>left</b> the warehouse",
  actionUrl: "/orders/1042",
  actionText: "Track it",
};

/** What the queue worker stores: one notification for a user, under the id that it has in the shop's own table. */
async function store(user: string, id = cast.fresh("n"), more: object = {}): Promise<string> {
  const notification = { ...shipped, ...more };
  await cast.publish({
    id,
    event: "order:shipped",
    data: { orderId: 1042 },
    to: { users: [user] },
    notification,
  });
  return id;
}

const asStored = (id: string, more: Partial<Item> = {}) =>
  expect.objectContaining({ id, ...shipped, createdAt: expect.any(Number), readAt: null, ...more });

/** What the browser was told, each event by its name and its data. */
const toldTo = (screen: Screen) => screen.told.map(({ event, data }) => [event, data]);

describe("the worker's notification", () => {
  test("B: is stored and pushed: notification:new with all its fields, then unread:count", async () => {
    const { user, owner } = customer();
    const screen = await browser(owner, "tab");
    const id = await store(user);
    await screen.socket.next("event", "the count", ({ event }) => event === "unread:count");
    await screen.shows({ unread: 1 }, "the badge");
    expect(toldTo(screen)).toEqual([
      ["notification:new", asStored(id)],
      ["unread:count", { count: 1 }],
    ]);
    const { notifications, counts } = await owner.page();
    expect([notifications, counts]).toEqual([[asStored(id)], { total: 1, unread: 1, unseen: 1 }]);
    expect(screen.view.notifications).toEqual(notifications);
    screen.drop();
  });

  test("B: is found by a user who is offline, never connected or away, complete and once", async () => {
    const { user, owner } = customer();
    const first = await store(user);
    expect((await owner.page()).notifications).toEqual([asStored(first)]);
    const screen = await browser(owner, "tab");
    const away = screen.drop();
    const second = await store(user);
    expect(await store(user, second)).toBe(second);
    expect((await owner.page()).notifications).toEqual([asStored(second), asStored(first)]);
    const back = await Screen.open(cast.service, owner, { client: "tab", start: away });
    await back.shows({ total: 2, unread: 2 }, "what came meanwhile");
    expect(back.view.notifications).toEqual((await owner.page()).notifications);
    back.drop();
  });

  test("B: is stored although another target of the same request fails", async () => {
    const { user, owner } = customer();
    const id = cast.fresh("n");
    const to = { users: [user], channels: ["nobody:knows", "not a name"] };
    const targets = await cast.publish({ id, event: "order:shipped", to, notification: shipped });
    expect(targets.map(({ status }) => status)).toEqual(["stored", "failed", "failed"]);
    expect((await owner.page()).notifications).toEqual([asStored(id)]);
  });

  test("B: that the worker sends again after the user has deleted it does not come back", async () => {
    const { user, owner } = customer();
    const id = await store(user);
    await owner.delete(id);
    await store(user, id);
    expect((await owner.page()).notifications).toEqual([]);
  });
});

describe("the browser", () => {
  test("B: mark:read reads one: notification:read with its time and unread:count on every device", async () => {
    const { user, owner } = customer();
    const [one, two] = [await store(user), await store(user)];
    const [tab, phone] = [await browser(owner, "tab"), await browser(owner, "phone")];
    const answer = await tab.ask({ type: "mark", as: "read", ids: [one] });
    expect(answer).toMatchObject({ type: "ok", counts: { total: 2, unread: 1, unseen: 1 } });
    const { readAt } = await owner.read(one);
    for (const screen of [tab, phone]) {
      await screen.socket.next("event", "the count", ({ event }) => event === "unread:count");
      await screen.shows({ unread: 1 }, "the badge");
      expect(toldTo(screen)).toEqual([
        ["notification:updated", expect.objectContaining({ ids: [one], as: "read", at: readAt })],
        ["notification:read", { id: one, readAt }],
        ["unread:count", { count: 1 }],
      ]);
      expect(screen.view.notifications).toEqual([asStored(two), asStored(one, { readAt })]);
      screen.drop();
    }
  });

  test("B: mark:all:read reads all that it has, and not what comes in the same moment", async () => {
    const { user, owner } = customer();
    for (let at = 0; at < 3; at += 1) await store(user);
    const [tab, phone] = [await browser(owner, "tab"), await browser(owner, "phone")];
    const upTo = tab.start.position.offset;
    const unseen = await store(user);
    await tab.ask({ type: "mark", as: "read", all: true, upTo });
    for (const screen of [tab, phone]) {
      await screen.shows({ total: 4, unread: 1 }, "the badge");
      expect(screen.view.notifications.filter(({ readAt }) => readAt === null)).toEqual([asStored(unseen)]);
    }
    await phone.ask({ type: "mark", as: "read", all: true });
    for (const screen of [tab, phone]) {
      await screen.shows({ total: 4, unread: 0 }, "the empty badge");
      const count = () => screen.socket.all("event").findLast(({ event }) => event === "unread:count");
      await screen.socket.until(
        () => JSON.stringify(count()?.data) === '{"count":0}',
        "that the count is none",
      );
      screen.drop();
    }
  });

  test("B: deleting tells every device notification:deleted with the id, and unread:count", async () => {
    const { user, owner } = customer();
    const [one, two] = [await store(user), await store(user)];
    const [tab, phone] = [await browser(owner, "tab"), await browser(owner, "phone")];
    await owner.delete(one);
    for (const screen of [tab, phone]) {
      await screen.socket.next("event", "the count", ({ event }) => event === "unread:count");
      await screen.shows({ total: 1 }, "the badge");
      expect(toldTo(screen)).toEqual([
        ["notification:deleted", { ids: [one], counts: { total: 1, unread: 1, unseen: 1 } }],
        ["unread:count", { count: 1 }],
      ]);
      expect(screen.view.notifications).toEqual([asStored(two)]);
      screen.drop();
    }
    expect(problemIn(await owner.ask(`/inbox/${one}`)).code).toBe("not_found");
  });

  test("B: nobody marks or deletes what is another customer's", async () => {
    const { user, owner } = customer();
    const id = await store(user);
    const stranger = await browser(customer().owner, "tab");
    for (const as of ["read", "deleted"]) {
      expect(await stranger.ask({ type: "mark", as, ids: [id] })).toMatchObject({
        type: "ok",
        counts: { total: 0 },
      });
    }
    stranger.drop();
    expect((await owner.page()).notifications).toEqual([asStored(id)]);
  });

  test("B: the same user's devices are in step, whichever of them does what", async () => {
    const { user, owner } = customer();
    const devices = [
      await browser(owner, "tab"),
      await browser(owner, "phone"),
      await browser(owner, "tablet"),
    ];
    const [tab, phone, tablet] = devices;
    const ids = [await store(user), await store(user), await store(user), await store(user)];
    await tab?.ask({ type: "mark", as: "read", ids: ids.slice(0, 2) });
    await phone?.ask({ type: "mark", as: "unread", ids: ids.slice(0, 1) });
    await tablet?.ask({ type: "mark", as: "deleted", ids: ids.slice(3) });
    const { notifications, counts, position } = await owner.page();
    expect(counts).toEqual({ total: 3, unread: 2, unseen: 1 });
    for (const device of devices) {
      await device.reaches(position);
      expect([device.view.notifications, device.counts]).toEqual([notifications, counts]);
      device.drop();
    }
  });

  test("B: polling still works: the count, the list, and what follows from there", async () => {
    const { user, owner } = customer();
    const before = await owner.counts();
    const id = await store(user);
    expect((await owner.counts()).counts.unread).toBe(1);
    const page = await owner.page();
    expect(page.notifications).toEqual([asStored(id)]);
    const read = await owner.mark({ as: "read", all: true });
    expect(read.counts.unread).toBe(0);
    const follow = async (since: string) => {
      const { events } = JSON.parse((await owner.ask(`/events?since=${since}`)).text);
      return events.map(({ event }: { event: string }) => event);
    };
    const { epoch, offset } = page.position;
    expect(await follow(`${before.position.epoch}.${before.position.offset}`)).toEqual([
      "order:shipped",
      "notification:new",
      "notification:updated",
    ]);
    expect(await follow(`${epoch}.${offset}`)).toEqual(["notification:updated"]);
  });
});

describe("the shop's channels", () => {
  test("B: what goes to user:{id}, admin:notifications and announcements lies in the inboxes of those it is for", async () => {
    const { user, owner } = customer();
    const admins = ["boss", "deputy"].map((name) => ownerOf({ sub: cast.fresh(name), roles: ["admin"] }));
    const note = { type: "stock", title: "Low stock", message: "3 left", priority: "high" };
    const publishTo = (channel: string) =>
      cast.publish({ id: channel, event: "stock:low", to: { channels: [channel] }, notification: note });
    await publishTo(`user:${user}`);
    await publishTo("admin:notifications");
    await publishTo("announcements");
    const idsOf = async (one: InboxOwner) => (await one.page()).notifications.map(({ id }) => id);
    expect(await idsOf(owner)).toEqual(["announcements", `user:${user}`]);
    for (const admin of admins) expect(await idsOf(admin)).toEqual(["announcements", "admin:notifications"]);
  });
});
