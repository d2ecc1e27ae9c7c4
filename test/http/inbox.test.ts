import { describe, expect, test } from "vitest";
import { ask, fresh, type Problem, posted, problemOf, publisher, tokenOf } from "./service.ts";

const plain = { type: "news", title: "A title", message: "A message" };

async function askAs(user: string, path: string, init: RequestInit = {}): Promise<Response> {
  return ask(path, { ...init, headers: { Authorization: `Bearer ${await tokenOf(user)}` } });
}

/** Publishes a notification to a user. */
function publish(user: string, notification: object, more: object = {}): Promise<Response> {
  return ask("/publish", posted({ event: "news", to: { users: [user] }, notification, ...more }, publisher));
}

/** The ids in a user's inbox. */
async function inboxOf(user: string): Promise<string[]> {
  const page: { notifications: { id: string }[] } = await (await askAs(user, "/inbox")).json();
  return page.notifications.map(({ id }) => id);
}

/** A body as JSON, or a text as it stands. */
const bodyOf = (body: unknown) => (typeof body === "string" ? body : JSON.stringify(body));

/** Rows of what is wrong and where, each with a title that a person can read. */
const titled = <Wrong>(rows: readonly (readonly [wrong: Wrong, paths: readonly string[]])[]) =>
  rows.map(([wrong, paths]) => [JSON.stringify(wrong).slice(0, 80), wrong, paths] as const);

/** The paths that a refusal names, each once. */
const pathsIn = ({ issues = [] }: Problem) => [...new Set(issues.map(({ path }) => path))];

describe("a query", () => {
  test.each([
    ["GET", "/inbox?limit=0", "limit"],
    ["GET", "/inbox?limit=-1", "limit"],
    ["GET", "/inbox?limit=1.5", "limit"],
    ["GET", "/inbox?limit=1e2", "limit"],
    ["GET", "/inbox?limit=0x10", "limit"],
    ["GET", "/inbox?limit=", "limit"],
    ["GET", "/inbox?limit=%20", "limit"],
    ["GET", "/inbox?limit=many", "limit"],
    ["GET", "/inbox?limit=๑๐", "limit"],
    ["GET", "/inbox?limit=99999999999999999999", "limit"],
    ["GET", "/inbox?before=0", "before"],
    ["GET", "/inbox?before=-5", "before"],
    ["GET", "/inbox?before=epoch.5", "before"],
    ["GET", "/inbox?before=", "before"],
    ["GET", "/inbox?unread=1", "unread"],
    ["GET", "/inbox?unread=", "unread"],
    ["GET", "/inbox?unread=TRUE", "unread"],
    ["GET", "/inbox?archived=yes", "archived"],
    ["GET", "/inbox?archived=null", "archived"],
    ["GET", "/inbox?type=", "type"],
    ["GET", `/inbox?type=${"t".repeat(65)}`, "type"],
    ["DELETE", "/inbox?upTo=-1", "upTo"],
    ["DELETE", "/inbox?upTo=", "upTo"],
    ["DELETE", "/inbox?upTo=all", "upTo"],
    ["DELETE", "/inbox?upTo=1.0", "upTo"],
  ])("%s %s is told which parameter is wrong, and nothing is done", async (method, path, parameter) => {
    const user = fresh("user");
    await publish(user, plain, { id: "one" });
    const { code, detail } = await problemOf(await askAs(user, path, { method }));
    expect([code, detail]).toEqual(["invalid_request", expect.stringMatching(`^${parameter} is `)]);
    expect(await inboxOf(user)).toEqual(["one"]);
  });

  test.each([
    ["limit=1"],
    ["limit=200&before=9007199254740991"],
    ["limit=000100"],
    [`type=${"t".repeat(64)}&unread=true&archived=false`],
    ["type=%E0%B8%81&client=tab-1&anything=else"],
  ])("%s is understood", async (query) => {
    expect((await askAs(fresh("user"), `/inbox?${query}`)).status).toBe(200);
  });
});

describe("a mark", () => {
  const wrong = titled<unknown>([
    ["", [""]],
    ["null", [""]],
    ["[]", [""]],
    ['"read"', [""]],
    [{}, ["as"]],
    [{ as: "read" }, ["ids"]],
    [{ as: "read", ids: ["one"], all: true }, ["ids"]],
    [{ as: "read", ids: ["one"], upTo: 5 }, ["upTo"]],
    [{ as: "read", upTo: 5 }, ["ids"]],
    [{ as: "opened", ids: ["one"] }, ["as"]],
    [{ as: "READ", ids: ["one"] }, ["as"]],
    [{ as: null, ids: ["one"] }, ["as"]],
    [{ as: ["read"], ids: ["one"] }, ["as"]],
    [{ ids: ["one"] }, ["as"]],
    [{ as: "read", ids: [] }, ["ids"]],
    [{ as: "read", ids: "one" }, ["ids"]],
    [{ as: "read", ids: { 0: "one" } }, ["ids"]],
    [{ as: "read", ids: null }, ["ids"]],
    [{ as: "read", ids: ["one", 2] }, ["ids.1"]],
    [{ as: "read", ids: ["one", "", null] }, ["ids.1", "ids.2"]],
    [{ as: "read", ids: ["i".repeat(257)] }, ["ids.0"]],
    [{ as: "read", ids: Array(1001).fill("one") }, ["ids"]],
    [{ as: "read", all: false }, ["all"]],
    [{ as: "read", all: "true" }, ["all"]],
    [{ as: "read", all: 1 }, ["all"]],
    [{ as: "read", all: true, upTo: -1 }, ["upTo"]],
    [{ as: "read", all: true, upTo: 0.5 }, ["upTo"]],
    [{ as: "read", all: true, upTo: "5" }, ["upTo"]],
    [{ as: "read", all: true, upTo: null }, ["upTo"]],
    [{ as: "read", all: true, upTo: 2 ** 53 }, ["upTo"]],
    [{ as: "read", all: true, type: "news" }, [""]],
    [{ as: "gone", ids: [1], upTo: -1 }, ["as", "ids.0", "upTo"]],
    ['{"as":"read","all":true,"__proto__":{"all":true}}', [""]],
  ]);

  test.each(wrong)("%s is refused with a path for each thing that is wrong", async (_, body, paths) => {
    const user = fresh("user");
    await publish(user, plain, { id: "one" });
    const answer = await askAs(user, "/inbox/mark", { method: "POST", body: bodyOf(body) });
    const problem = await problemOf(answer);
    expect([problem.code, ...pathsIn(problem)]).toEqual(["invalid_body", ...paths]);
    const { readAt } = await (await askAs(user, "/inbox/one")).json<{ readAt: unknown }>();
    expect(readAt).toBe(null);
  });

  test.each<[string, BodyInit, string]>([
    ["no JSON", '{"as":"read"', "invalid_json"],
    ["no UTF-8", new Uint8Array([0x7b, 0xff, 0x7d]), "invalid_encoding"],
    ["more than a body may have", `{"as":"${"x".repeat(2_000_000)}"}`, "body_too_large"],
  ])("that is %s is refused", async (_, body, code) => {
    const answer = await askAs(fresh("user"), "/inbox/mark", { method: "POST", body });
    expect((await problemOf(answer)).code).toBe(code);
  });
});

describe("preferences", () => {
  const night = { from: "22:00", to: "06:00", timeZone: "Asia/Bangkok" };

  const wrong = titled<unknown>([
    ["", [""]],
    ["null", [""]],
    ["[]", [""]],
    [{ sound: false }, [""]],
    [{ types: [] }, ["types"]],
    [{ types: null }, ["types"]],
    [{ types: { "": {} } }, ["types."]],
    [{ types: { ["t".repeat(65)]: {} } }, [`types.${"t".repeat(65)}`]],
    [{ types: { news: true } }, ["types.news"]],
    [{ types: { news: { inbox: "no" } } }, ["types.news.inbox"]],
    [{ types: { news: { announce: 0 } } }, ["types.news.announce"]],
    [{ types: { news: { announce: null } } }, ["types.news.announce"]],
    [{ types: { news: { mute: true } } }, ["types.news"]],
    [{ types: Object.fromEntries(Array.from({ length: 201 }, (_, at) => [`t${at}`, {}])) }, ["types"]],
    [{ quietHours: "22-06" }, ["quietHours"]],
    [{ quietHours: [] }, ["quietHours"]],
    [{ quietHours: {} }, ["quietHours.from", "quietHours.to", "quietHours.timeZone"]],
    [{ quietHours: { ...night, from: "24:00" } }, ["quietHours.from"]],
    [{ quietHours: { ...night, from: "7:00" } }, ["quietHours.from"]],
    [{ quietHours: { ...night, from: "22:00:00" } }, ["quietHours.from"]],
    [{ quietHours: { ...night, from: "22:00\n" } }, ["quietHours.from"]],
    [{ quietHours: { ...night, to: "06:60" } }, ["quietHours.to"]],
    [{ quietHours: { ...night, to: 6 } }, ["quietHours.to"]],
    [{ quietHours: { ...night, timeZone: "Bangkok" } }, ["quietHours.timeZone"]],
    [{ quietHours: { ...night, timeZone: "" } }, ["quietHours.timeZone"]],
    [{ quietHours: { ...night, timeZone: `Asia/${"x".repeat(64)}` } }, ["quietHours.timeZone"]],
    [{ quietHours: { ...night, timeZone: null } }, ["quietHours.timeZone"]],
    [{ quietHours: { ...night, days: ["sat"] } }, ["quietHours"]],
  ]);

  test.each(wrong)("%s are refused with a path for each thing that is wrong", async (_, body, paths) => {
    const user = fresh("user");
    const kept = { types: { offer: { inbox: false, announce: true } }, quietHours: night };
    await askAs(user, "/preferences", { method: "PUT", body: JSON.stringify(kept) });
    const answer = await askAs(user, "/preferences", { method: "PUT", body: bodyOf(body) });
    const problem = await problemOf(answer);
    expect([problem.code, ...pathsIn(problem)]).toEqual(["invalid_body", ...paths]);
    expect(await (await askAs(user, "/preferences")).json()).toEqual(kept);
  });

  test("may be said of any type, whatever it is called", async () => {
    const user = fresh("user");
    const types = Object.fromEntries(
      ["constructor", "toString", "แจ้งเตือน", "a.b", "t".repeat(64)].map((type) => [type, { inbox: false }]),
    );
    const answer = await askAs(user, "/preferences", { method: "PUT", body: JSON.stringify({ types }) });
    expect(answer.status).toBe(200);
    for (const type of Object.keys(types)) await publish(user, { ...plain, type });
    await publish(user, { ...plain, type: "valueOf" }, { id: "wanted" });
    expect(await inboxOf(user)).toEqual(["wanted"]);
  });
});

describe("a notification", () => {
  const wrong = titled<unknown>([
    ["text", [""]],
    [null, [""]],
    [{}, ["type", "title", "message"]],
    [{ ...plain, type: "" }, ["type"]],
    [{ ...plain, type: "t".repeat(65) }, ["type"]],
    [{ ...plain, type: 1 }, ["type"]],
    [{ ...plain, title: "" }, ["title"]],
    [{ ...plain, title: "t".repeat(201) }, ["title"]],
    [{ ...plain, title: 5 }, ["title"]],
    [{ ...plain, title: {} }, ["title"]],
    [{ ...plain, title: { english: "T" } }, ["title"]],
    [{ ...plain, title: { en: "" } }, ["title.en"]],
    [{ ...plain, title: { en: "T", th: "ก".repeat(201) } }, ["title.th"]],
    [{ ...plain, message: "" }, ["message"]],
    [{ ...plain, message: "m".repeat(2001) }, ["message"]],
    [{ ...plain, message: ["a"] }, ["message"]],
    [{ ...plain, message: { en: 1 } }, ["message"]],
    [{ ...plain, actionUrl: `/${"x".repeat(2000)}` }, ["actionUrl"]],
    [{ ...plain, actionUrl: { en: "/en" } }, ["actionUrl"]],
    [{ ...plain, actionText: "" }, ["actionText"]],
    [{ ...plain, actionText: "a".repeat(101) }, ["actionText"]],
    [{ ...plain, priority: "urgent" }, ["priority"]],
    [{ ...plain, priority: null }, ["priority"]],
    [{ ...plain, collapseKey: "" }, ["collapseKey"]],
    [{ ...plain, collapseKey: "k".repeat(129) }, ["collapseKey"]],
    [{ ...plain, collapseKey: 7 }, ["collapseKey"]],
    [{ ...plain, expiresAt: 0 }, ["expiresAt"]],
    [{ ...plain, expiresAt: -1 }, ["expiresAt"]],
    [{ ...plain, expiresAt: 1.5 }, ["expiresAt"]],
    [{ ...plain, expiresAt: "2030-01-01" }, ["expiresAt"]],
    [{ ...plain, body: "?" }, [""]],
    [{ ...plain, silent: true }, [""]],
  ]);

  test.each(wrong)(
    "%s is refused with a path for each thing that is wrong",
    async (_, notification, paths) => {
      const user = fresh("user");
      const event = { event: "news", to: { users: [user] }, notification };
      const problem = await problemOf(await ask("/publish", posted([event], publisher)));
      const expected = paths.map((path) => ["0.notification", path].filter((part) => part !== "").join("."));
      expect([problem.code, ...pathsIn(problem)]).toEqual(["invalid_body", ...expected]);
      expect(await inboxOf(user)).toEqual([]);
    },
  );

  test.each([
    "javascript:alert(1)",
    "JavaScript:alert(1)",
    " javascript:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox",
    "file:///etc/passwd",
    "ftp://files.example/a",
    "mailto:somebody@example.com",
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/path\u0000",
    "/a\\..\\b",
    "orders/7",
    "?tab=1",
    "#top",
    "https:",
    "https://",
    "http:// space.example",
    "https://shop.example/\u0007",
    "",
  ])("may not lead to %j", async (actionUrl) => {
    const user = fresh("user");
    const problem = await problemOf(await publish(user, { ...plain, actionUrl }));
    expect([problem.status, problem.code, ...pathsIn(problem)]).toEqual([
      422,
      "invalid_body",
      "notification.actionUrl",
    ]);
    expect(await inboxOf(user)).toEqual([]);
  });

  test.each(["/", "/orders/7?tab=1#top", "/คำขอ/7", "https://shop.example/a?b=c#d", "HTTP://SHOP.EXAMPLE"])(
    "may lead to %s",
    async (actionUrl) => {
      const user = fresh("user");
      expect((await publish(user, { ...plain, actionUrl }, { id: "one" })).status).toBe(200);
      expect(await (await askAs(user, "/inbox/one")).json()).toMatchObject({ actionUrl });
    },
  );

  test("may be as long as the limits say, in each language", async () => {
    const user = fresh("user");
    const notification = {
      type: "t".repeat(64),
      title: { th: "ก".repeat(200), "en-GB": "t".repeat(200) },
      message: "m".repeat(2000),
      actionUrl: `/${"u".repeat(1999)}`,
      actionText: "a".repeat(100),
      collapseKey: "k".repeat(128),
      expiresAt: Number.MAX_SAFE_INTEGER,
    };
    expect((await publish(user, notification, { id: "one" })).status).toBe(200);
    const title = notification.title.th;
    expect(await (await askAs(user, "/inbox/one")).json()).toMatchObject({ ...notification, title });
  });

  test("says what it was told to say, markup and all, and nothing else is made of it", async () => {
    const user = fresh("user");
    const texts = {
      title: '<img src=x onerror="alert(1)">',
      message: "</script><script>alert('1')</script> & \"quotes\" \\ \u2028 \u0000 \ud83d\ude00",
      actionText: "<b>Go</b>",
    };
    await publish(user, { ...plain, ...texts }, { id: "one", data: { html: "<i>" } });
    const answer = await askAs(user, "/inbox/one");
    expect(answer.headers.get("Content-Type")).toBe("application/json");
    expect(await answer.json()).toMatchObject({ ...texts, data: { html: "<i>" } });
  });

  test("that has expired on its way is not kept, and its event is delivered", async () => {
    const user = fresh("user");
    const answer = await publish(user, { ...plain, expiresAt: Date.now() - 1 }, { id: "late" });
    expect(await answer.json()).toMatchObject({ results: [{ targets: [{ status: "stored", offset: 1 }] }] });
    expect(await (await askAs(user, "/events?since=0.0")).json()).toMatchObject({
      events: [{ event: "news", id: "late" }],
      position: { offset: 1 },
    });
    const counts = { total: 0, unread: 0, unseen: 0 };
    expect(await (await askAs(user, "/inbox")).json()).toMatchObject({ notifications: [], counts });
  });
});

describe("an id in a path", () => {
  test.each([
    "a/b",
    "/",
    "100%",
    "%41",
    "%2F",
    "%zz",
    "a b",
    "a+b",
    "a?b#c&d=e",
    "\\",
    '"quoted"',
    "'",
    "<script>",
    "pay_123~farmer",
    "ใบเสร็จ-๗๗",
    "😀",
    "__proto__",
    "...",
  ])("may be %s, percent-encoded", async (id) => {
    const user = fresh("user");
    await publish(user, plain, { id });
    await publish(user, plain, { id: "another" });
    const path = `/inbox/${encodeURIComponent(id)}`;
    expect(await (await askAs(user, path)).json()).toMatchObject({ id });
    expect((await askAs(user, path, { method: "DELETE" })).status).toBe(200);
    expect((await problemOf(await askAs(user, path))).code).toBe("not_found");
    expect(await inboxOf(user)).toEqual(["another"]);
    const recall = `/users/${encodeURIComponent(user)}/inbox/another`;
    expect((await ask(recall, { method: "DELETE", headers: publisher })).status).toBe(200);
  });

  test.each(["counts", "mark", ".", ".."])("may be %s, which marks by ids reach", async (id) => {
    const user = fresh("user");
    await publish(user, plain, { id });
    const body = JSON.stringify({ as: "deleted", ids: [id] });
    expect((await askAs(user, "/inbox/mark", { method: "POST", body })).status).toBe(200);
    expect(await inboxOf(user)).toEqual([]);
  });

  test.each(["nowhere", "%", "%zz", "%E0%B8", "%00", "a%2Fb%2Fc", encodeURIComponent("ก".repeat(129))])(
    "that is nobody's is not found: %s",
    async (id) => {
      const user = fresh("user");
      for (const method of ["GET", "DELETE"]) {
        expect((await problemOf(await askAs(user, `/inbox/${id}`, { method }))).code).toBe("not_found");
      }
      const recalled = await ask(`/users/${user}/inbox/${id}`, { method: "DELETE", headers: publisher });
      expect((await problemOf(recalled)).code).toBe("not_found");
    },
  );

  test("of a user and of a notification are told apart, whatever they hold", async () => {
    const user = `${fresh("user")}/inbox/x`;
    await publish(user, plain, { id: "a/b" });
    const path = `/users/${encodeURIComponent(user)}/inbox/${encodeURIComponent("a/b")}`;
    const answer = await ask(path, { method: "DELETE", headers: publisher });
    expect(await answer.json()).toEqual({ user, id: "a/b" });
    const nobody = `/users/${"u".repeat(129)}/inbox/x`;
    expect((await problemOf(await ask(nobody, { method: "DELETE", headers: publisher }))).code).toBe(
      "invalid_request",
    );
  });
});
