import { env, exports } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { userObject } from "../../src/objects/env.ts";
import { fresh, Listener, ORIGIN, publish, sleepAll, tokenFor } from "./listener.ts";

const note = { type: "news", title: "A title", message: "A message" };

async function api(user: string, method: string, path: string, body?: object, locale?: string) {
  const token = await tokenFor({ user, ...(locale !== undefined && { locale }) });
  const response = await exports.default.fetch(`${ORIGIN}${path}`, {
    method,
    headers: { Authorization: `Bearer ${token}` },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, never> };
}

async function notify(user: string, id: string, more: object = {}) {
  const { results } = await publish({
    id,
    event: "news",
    data: { n: id },
    to: { users: [user] },
    notification: { ...note, ...more },
  });
  return results[0]?.targets[0];
}

const ids = (page: Record<string, never>) => (page.notifications as { id: string }[]).map(({ id }) => id);

describe("an inbox", () => {
  it("keeps notifications, with counts on every entry, across hibernation", async () => {
    const user = fresh("user");
    const listener = await Listener.greeted({ user });
    expect(listener.welcome.counts).toEqual({ total: 0, unread: 0, unseen: 0 });
    await notify(user, "one");
    expect(await listener.next("event", ({ event }) => event === "notification:new")).toMatchObject({
      channel: `user:${user}`,
      id: "one",
      offset: 2,
      data: {
        id: "one",
        ...note,
        data: { n: "one" },
        readAt: null,
        counts: { total: 1, unread: 1, unseen: 1 },
      },
    });
    await sleepAll(userObject(env, user));
    await notify(user, "two");
    await listener.next("event", ({ id, event }) => event === "notification:new" && id === "two");
    const { body } = await api(user, "GET", "/inbox");
    expect(ids(body)).toEqual(["two", "one"]);
    expect(body).toMatchObject({
      counts: { total: 2, unread: 2, unseen: 2 },
      position: { offset: 4 },
      next: null,
    });
    listener.send({ type: "mark", ref: 1, as: "read", ids: ["one"] });
    expect(await listener.next("ok")).toEqual({
      type: "ok",
      ref: 1,
      counts: { total: 2, unread: 1, unseen: 1 },
    });
    expect(await listener.next("event", ({ event }) => event === "notification:updated")).toMatchObject({
      offset: 5,
      data: { ids: ["one"], as: "read", counts: { total: 2, unread: 1, unseen: 1 } },
    });
    await sleepAll(userObject(env, user));
    expect((await api(user, "POST", "/inbox/mark", { as: "read", all: true })).body).toMatchObject({
      counts: { total: 2, unread: 0, unseen: 0 },
      position: { offset: 6 },
    });
    expect((await api(user, "POST", "/inbox/mark", { as: "read", all: true })).body).toMatchObject({
      position: { offset: 6 },
    });
    expect((await api(user, "DELETE", "/inbox/one")).body).toMatchObject({
      counts: { total: 1, unread: 0, unseen: 0 },
    });
    expect((await api(user, "DELETE", "/inbox/one")).status).toBe(404);
    expect((await api(user, "GET", "/inbox/two")).body).toMatchObject({
      id: "two",
      readAt: expect.any(Number),
    });
  });
});
