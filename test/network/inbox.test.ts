import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Backend, problemIn } from "../support/backend.ts";
import { InboxOwner, type Item } from "../support/inbox.ts";
import { type Service, startService } from "../support/service.ts";
import { secondsFromNow, userToken } from "../support/token.ts";

let service: Service;
let backend: Backend;
let names = 0;

beforeAll(async () => {
  service = await startService({ vars: { OPERATOR_ROLES: "operator" } });
  backend = new Backend(service);
});
afterAll(() => service?.stop());

/** A name that no other test uses. */
function fresh(prefix: string): string {
  names += 1;
  return `${prefix}-${names}`;
}

const ownerOf = (sub: string, more: object = {}) => new InboxOwner(service, backend, { sub, ...more });

const plain = { type: "news", title: "A title", message: "A message" };

/** Publishes one notification after the other to a user. @returns their places in the user's log. */
async function notify(user: string, ids: readonly string[], more: object = {}): Promise<number[]> {
  const to = { users: [user] };
  const notification = { ...plain, ...more };
  const targets = await backend.publish(
    ids.map((id) => ({ id, event: "news", data: { id }, to, notification })),
  );
  return targets.map(({ offset = 0 }) => offset + 1);
}

/** What a notification is when it comes, but for where and when. */
const arrived = (id: string, more: object = {}): object => ({
  id,
  offset: expect.any(Number),
  ...plain,
  priority: "normal",
  createdAt: expect.any(Number),
  seenAt: null,
  readAt: null,
  archivedAt: null,
  data: { id },
  ...more,
});

const idsIn = ({ notifications }: { notifications: readonly Item[] }) => notifications.map(({ id }) => id);

const none = { total: 0, unread: 0, unseen: 0 };

describe("GET /inbox", () => {
  test("of somebody who was never sent anything is empty, and at the beginning of the log", async () => {
    const owner = ownerOf(fresh("nobody"));
    const position = { epoch: "0", offset: 0 };
    expect(await owner.page()).toEqual({ notifications: [], next: null, counts: none, position });
    expect(await owner.counts()).toEqual({ counts: none, position });
  });

  test("shows a notification whole, and what was left out of it not at all", async () => {
    const user = fresh("user");
    const before = Date.now();
    const expiresAt = before + 3_600_000;
    const whole = {
      type: "payment",
      title: "Paid <b>5,000</b>",
      message: "Receipt «R-77» & more",
      actionUrl: "/payments/77?tab=receipt#top",
      actionText: "Open it",
      priority: "high",
      collapseKey: "payment:77",
      expiresAt,
    };
    const data = { amount: 5000, nested: { list: [1, "two", null] } };
    await backend.publish([
      { id: "whole", event: "payment:confirmed", data, to: { users: [user] }, notification: whole },
      { id: "plain", event: "news", to: { users: [user] }, notification: plain },
    ]);
    const { notifications, ...rest } = await ownerOf(user).page();
    expect(notifications).toEqual([
      arrived("plain", { offset: 4, data: null }),
      arrived("whole", { ...whole, offset: 2, data }),
    ]);
    expect(rest).toEqual({
      next: null,
      counts: { total: 2, unread: 2, unseen: 2 },
      position: { epoch: expect.stringMatching(/^\w{10}$/), offset: 4 },
    });
    for (const { createdAt } of notifications) {
      expect(createdAt).toBeGreaterThanOrEqual(before);
      expect(createdAt).toBeLessThanOrEqual(Date.now());
    }
    expect(await ownerOf(user).read("whole")).toEqual(notifications[1]);
  });

  test("pages from the newest to the oldest, and says where the next page begins", async () => {
    const user = fresh("user");
    const ids = ["n1", "n2", "n3", "n4", "n5"];
    const offsets = await notify(user, ids);
    const owner = ownerOf(user);
    const pages = await owner.walk("limit=2");
    expect(pages.map(idsIn)).toEqual([["n5", "n4"], ["n3", "n2"], ["n1"]]);
    expect(pages.map(({ next }) => next)).toEqual([offsets[3], offsets[1], null]);
    expect(idsIn(await owner.page(`before=${offsets[2]}`))).toEqual(["n2", "n1"]);
    expect(idsIn(await owner.page("before=1"))).toEqual([]);
    expect((await owner.page("limit=5")).next).toBe(null);
    expect(idsIn(await owner.page("limit=100000"))).toEqual(ids.toReversed());
  });

  test("filters by unread, archived and type, alone and together, and counts all the same", async () => {
    const user = fresh("user");
    await notify(user, ["a1", "a2", "a3"], { type: "alpha" });
    await notify(user, ["b1", "b2"], { type: "beta" });
    const owner = ownerOf(user);
    await owner.mark({ as: "read", ids: ["a1", "b1"] });
    await owner.mark({ as: "archived", ids: ["a2", "b1"] });
    const { counts, position } = await owner.counts();
    expect(counts).toEqual({ total: 3, unread: 2, unseen: 2 });
    for (const [query, ids] of [
      ["", ["b2", "a3", "a1"]],
      ["unread=true", ["b2", "a3"]],
      ["unread=false", ["a1"]],
      ["archived=false", ["b2", "a3", "a1"]],
      ["archived=true", ["b1", "a2"]],
      ["archived=true&unread=true", ["a2"]],
      ["archived=true&unread=false", ["b1"]],
      ["type=alpha", ["a3", "a1"]],
      ["type=beta&archived=true", ["b1"]],
      ["type=alpha&unread=false", ["a1"]],
      ["type=gamma", []],
      ["type=ALPHA", []],
    ] as const) {
      const page = await owner.page(query);
      expect([query, ...idsIn(page)]).toEqual([query, ...ids]);
      expect({ counts: page.counts, position: page.position }).toEqual({ counts, position });
    }
    const pages = await owner.walk("unread=true&limit=1");
    expect(pages.map(idsIn)).toEqual([["b2"], ["a3"]]);
  });

  test("is answered to HEAD without a body", async () => {
    const answer = await ownerOf(fresh("user")).ask("/inbox", { method: "HEAD" });
    expect([answer.status, answer.text]).toEqual([200, ""]);
  });
});

describe("POST /inbox/mark", () => {
  test("marks by ids, each mark with its own time, and each can be undone (I3)", async () => {
    const user = fresh("user");
    await notify(user, ["one", "two"]);
    const owner = ownerOf(user);
    const before = Date.now();
    for (const [as, counts, times] of [
      ["seen", { total: 2, unread: 2, unseen: 1 }, ["seenAt"]],
      ["read", { total: 2, unread: 1, unseen: 1 }, ["seenAt", "readAt"]],
      ["archived", { total: 1, unread: 1, unseen: 1 }, ["seenAt", "readAt", "archivedAt"]],
      ["unread", { total: 1, unread: 1, unseen: 1 }, ["seenAt", "archivedAt"]],
      ["unarchived", { total: 2, unread: 2, unseen: 1 }, ["seenAt"]],
      ["unseen", { total: 2, unread: 2, unseen: 2 }, []],
    ] as const) {
      const marked = await owner.mark({ as, ids: ["one"] });
      expect([as, marked.counts]).toEqual([as, counts]);
      const item = await owner.read("one");
      const set = Object.fromEntries(times.map((time) => [time, expect.any(Number)]));
      expect([as, item]).toEqual([as, arrived("one", set)]);
      for (const time of times) expect(item[time]).toBeGreaterThanOrEqual(before);
      expect(await owner.counts()).toEqual(marked);
    }
    expect(await owner.read("two")).toEqual(arrived("two"));
  });

  test("that is read has been seen, and marking twice changes nothing, times least of all (I3)", async () => {
    const user = fresh("user");
    await notify(user, ["one", "two"]);
    const owner = ownerOf(user);
    for (const body of [
      { as: "read", ids: ["one"] },
      { as: "seen", all: true },
      { as: "archived", ids: ["two"] },
      { as: "unarchived", all: true },
      { as: "unread", all: true },
      { as: "deleted", ids: ["one"] },
      { as: "deleted", all: true },
    ]) {
      const first = await owner.mark(body);
      const items = await owner.page();
      expect(await owner.mark(body)).toEqual(first);
      expect(await owner.page()).toEqual(items);
    }
  });

  test("passes over ids that are not there, once for each that is", async () => {
    const user = fresh("user");
    const [offset = 0] = await notify(user, ["mine"]);
    await notify(fresh("other"), ["theirs"]);
    const owner = ownerOf(user);
    const ids = ["nowhere", "theirs", "mine", "mine"];
    const { counts, position } = await owner.mark({ as: "read", ids });
    expect([counts, position.offset]).toEqual([{ total: 1, unread: 0, unseen: 0 }, offset + 1]);
    expect(await owner.mark({ as: "read", ids: ["nowhere"] })).toEqual({ counts, position });
  });

  test("marks all, or what arrived up to an offset and nothing that came meanwhile (I4)", async () => {
    const user = fresh("user");
    await notify(user, ["n1", "n2"]);
    const owner = ownerOf(user);
    const { position } = await owner.page();
    await notify(user, ["meanwhile"]);
    expect((await owner.mark({ as: "read", all: true, upTo: position.offset })).counts).toEqual({
      total: 3,
      unread: 1,
      unseen: 1,
    });
    expect(idsIn(await owner.page("unread=true"))).toEqual(["meanwhile"]);
    expect((await owner.mark({ as: "archived", all: true, upTo: 0 })).counts.total).toBe(3);
    expect((await owner.mark({ as: "archived", all: true, upTo: 1e9 })).counts).toEqual(none);
    await notify(user, ["after"]);
    expect(idsIn(await owner.page())).toEqual(["after"]);
    expect((await owner.mark({ as: "deleted", all: true })).counts).toEqual(none);
    expect(idsIn(await owner.page("archived=true"))).toEqual([]);
  });

  test("marks a thousand ids at once", async () => {
    const user = fresh("user");
    await notify(user, ["mine"]);
    const ids = [...Array.from({ length: 999 }, (_, index) => `other-${index}`), "mine"];
    expect((await ownerOf(user).mark({ as: "read", ids })).counts).toEqual({
      total: 1,
      unread: 0,
      unseen: 0,
    });
  });
});

describe("DELETE", () => {
  test("/inbox/:id takes one away for good: the same publish does not bring it back (I5)", async () => {
    const user = fresh("user");
    await notify(user, ["one", "two"]);
    const owner = ownerOf(user);
    expect((await owner.delete("one")).counts).toEqual({ total: 1, unread: 1, unseen: 1 });
    for (const method of ["GET", "DELETE"]) {
      expect(problemIn(await owner.ask("/inbox/one", { method })).code).toBe("not_found");
    }
    const before = await owner.page();
    const event = {
      id: "one",
      event: "news",
      data: { id: "one" },
      to: { users: [user] },
      notification: plain,
    };
    expect(await backend.publish(event)).toMatchObject([{ duplicate: true }]);
    expect(await owner.mark({ as: "unread", ids: ["one"] })).toEqual(await owner.counts());
    expect(await owner.page()).toEqual(before);
    expect(idsIn(before)).toEqual(["two"]);
  });

  test("/inbox takes away what arrived up to an offset, or everything, the archived too (I5)", async () => {
    const user = fresh("user");
    const offsets = await notify(user, ["n1", "n2", "n3", "n4"]);
    const owner = ownerOf(user);
    await owner.mark({ as: "archived", ids: ["n1", "n4"] });
    expect((await owner.clear(0)).counts.total).toBe(2);
    expect((await owner.clear(offsets[1])).counts).toEqual({ total: 1, unread: 1, unseen: 1 });
    expect([idsIn(await owner.page()), idsIn(await owner.page("archived=true"))]).toEqual([["n3"], ["n4"]]);
    const cleared = await owner.clear();
    expect(cleared.counts).toEqual(none);
    expect(await owner.clear()).toEqual(cleared);
    expect([idsIn(await owner.page()), idsIn(await owner.page("archived=true"))]).toEqual([[], []]);
    await notify(user, ["after"]);
    expect(idsIn(await owner.page())).toEqual(["after"]);
  });
});

describe("what is one user's", () => {
  test("is not there for another: a notification, its marks, its counts", async () => {
    const [user, other] = [fresh("user"), fresh("other")];
    await notify(user, ["private"]);
    const stranger = ownerOf(other);
    for (const method of ["GET", "DELETE"]) {
      expect(problemIn(await stranger.ask("/inbox/private", { method })).code).toBe("not_found");
    }
    expect((await stranger.mark({ as: "deleted", ids: ["private"] })).counts).toEqual(none);
    expect((await stranger.clear()).counts).toEqual(none);
    await stranger.prefer({ types: { news: { inbox: false } } });
    expect(await ownerOf(user).preferences()).toEqual({ types: {}, quietHours: null });
    expect(await ownerOf(user).page()).toMatchObject({ notifications: [arrived("private")] });
  });
});

describe("the operator", () => {
  const key = () => ({ Authorization: `Bearer ${service.publishKey}` });

  test("recalls a notification by a key or as a user with an operator's role (I5)", async () => {
    const user = fresh("user");
    await notify(user, ["one", "two"]);
    const recall = (id: string, headers: HeadersInit) =>
      backend.ask(`/users/${user}/inbox/${id}`, { method: "DELETE", headers });
    const answer = await recall("one", key());
    expect([answer.status, JSON.parse(answer.text)]).toEqual([200, { user, id: "one" }]);
    const operator = await userToken(service, { sub: "op", roles: ["operator"] });
    expect((await recall("two", { Authorization: `Bearer ${operator}` })).status).toBe(200);
    expect(problemIn(await recall("two", key())).code).toBe("not_found");
    expect(problemIn(await recall("never-was", key())).code).toBe("not_found");
    expect(await ownerOf(user).page()).toMatchObject({ notifications: [], counts: none });
  });

  test("is no user: neither recalls with a user's token, nor has an inbox with a key", async () => {
    const user = fresh("user");
    await notify(user, ["one"]);
    const recalled = await ownerOf(user).ask(`/users/${user}/inbox/one`, { method: "DELETE" });
    expect(problemIn(recalled).code).toBe("forbidden");
    for (const path of ["/inbox", "/inbox/counts", "/inbox/one", "/preferences"]) {
      expect(problemIn(await backend.ask(path, { headers: key() })).code).toBe("unauthorized");
    }
    expect(idsIn(await ownerOf(user).page())).toEqual(["one"]);
  });

  test("sees in the receipt when a notification was seen and when it was read", async () => {
    const user = fresh("user");
    await notify(user, ["one"]);
    const owner = ownerOf(user);
    const receipt = async (id: string) =>
      JSON.parse((await backend.ask(`/users/${user}/events/${id}`, { headers: key() })).text);
    const stored = [1, 2].map((offset) => ({ channel: `user:${user}`, offset, at: expect.any(Number) }));
    const nothing = { id: "one", user, stored, received: [], seenAt: null, readAt: null };
    expect(await receipt("one")).toEqual(nothing);
    await owner.mark({ as: "seen", all: true });
    const { seenAt } = await owner.read("one");
    expect(await receipt("one")).toEqual({ ...nothing, seenAt });
    await owner.mark({ as: "read", ids: ["one"] });
    const { readAt } = await owner.read("one");
    expect(readAt).toEqual(expect.any(Number));
    expect(await receipt("one")).toEqual({ ...nothing, seenAt, readAt });
    await backend.publish({ id: "bare", event: "news", to: { users: [user] } });
    expect(await receipt("bare")).toMatchObject({ seenAt: null, readAt: null });
  });
});

describe("preferences", () => {
  test("are nothing at first, and then what was said last, with what was left out filled in", async () => {
    const owner = ownerOf(fresh("user"));
    expect(await owner.preferences()).toEqual({ types: {}, quietHours: null });
    const quietHours = { from: "22:00", to: "06:30", timeZone: "Asia/Bangkok" };
    const said = { types: { news: { announce: false }, offer: { inbox: false } }, quietHours };
    const kept = {
      types: { news: { inbox: true, announce: false }, offer: { inbox: false, announce: true } },
      quietHours,
    };
    expect(await owner.prefer(said)).toEqual(kept);
    expect(await owner.preferences()).toEqual(kept);
    expect(await owner.prefer({})).toEqual({ types: {}, quietHours: null });
    expect(await owner.preferences()).toEqual({ types: {}, quietHours: null });
  });
});

/** Every route of the inbox that is a user's, with a body that would do. */
const usersRoutes: [method: string, path: string, body: string | null][] = [
  ["GET", "/inbox", null],
  ["GET", "/inbox/counts", null],
  ["GET", "/inbox/one", null],
  ["POST", "/inbox/mark", '{"as":"read","all":true}'],
  ["DELETE", "/inbox/one", null],
  ["DELETE", "/inbox", null],
  ["GET", "/preferences", null],
  ["PUT", "/preferences", '{"types":{"news":{"inbox":false}}}'],
];

describe.each(usersRoutes)("%s %s", (method, path, body) => {
  const ask = (headers: Record<string, string>) => backend.ask(path, { method, headers, body });

  test("refuses who shows no credential, a bad one, or one that has ended", async () => {
    const missing = await ask({});
    expect(problemIn(missing).code).toBe("unauthorized");
    expect(missing.headers.get("WWW-Authenticate")).toBe("Bearer");
    expect(problemIn(await ask({ Authorization: "Bearer nonsense" })).code).toBe("unauthorized");
    const ended = await userToken(service, { sub: "user", exp: secondsFromNow(-60) });
    expect(problemIn(await ask({ Authorization: `Bearer ${ended}` })).code).toBe("token_expired");
  });

  test("refuses a token that was revoked, and does nothing", async () => {
    const user = fresh("user");
    await notify(user, ["one"]);
    const iat = secondsFromNow(-60);
    const old = await userToken(service, { sub: user, iat });
    const revoked = await backend.ask(`/users/${user}/disconnect`, {
      method: "POST",
      headers: { Authorization: `Bearer ${service.publishKey}` },
      body: JSON.stringify({ revokeBefore: (iat + 30) * 1000 }),
    });
    expect(revoked.status).toBe(200);
    expect(problemIn(await ask({ Authorization: `Bearer ${old}` })).code).toBe("unauthorized");
    const owner = ownerOf(user, { iat: iat + 60 });
    expect(await owner.page()).toMatchObject({ notifications: [arrived("one")], position: { offset: 2 } });
    expect(await owner.preferences()).toEqual({ types: {}, quietHours: null });
  });
});

test.each([
  ["/inbox", ["DELETE", "GET", "HEAD"], ["POST", "PUT", "PATCH"]],
  ["/inbox/counts", ["DELETE", "GET", "HEAD"], ["POST", "PUT"]],
  ["/inbox/mark", ["DELETE", "GET", "HEAD", "POST"], ["PUT", "PATCH"]],
  ["/inbox/some-id", ["DELETE", "GET", "HEAD"], ["POST", "PUT", "PATCH"]],
  ["/preferences", ["GET", "HEAD", "PUT"], ["POST", "DELETE", "PATCH"]],
  ["/users/42/inbox/some-id", ["DELETE"], ["GET", "POST", "PUT"]],
])("%s takes %s and answers any other method 405", async (path, allowed, others) => {
  for (const method of others) {
    const answer = await ownerOf("user").ask(path, { method });
    expect([method, problemIn(answer).code]).toEqual([method, "method_not_allowed"]);
    expect([...new Set(answer.headers.get("Allow")?.split(", "))].sort()).toEqual(allowed);
  }
});
