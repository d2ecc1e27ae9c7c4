import { describe, expect, test } from "vitest";
import { example } from "../config/example-events.ts";
import { ask, fresh, PUBLISH_KEY, posted, problemOf, publisher, tokenOf } from "./service.ts";

describe("a publish", () => {
  test("answers for each event and target", async () => {
    const user = fresh("a:b");
    const room = `room:${fresh("r")}`;
    const body = [
      {
        id: "e1",
        event: "one",
        data: { n: 1 },
        to: { users: [user], channels: [room, "nonsense:1", "not valid"] },
      },
      { event: "two", to: { channels: [room] }, store: false },
    ];
    const response = await ask("/publish", posted(body, publisher));
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      results: [
        {
          id: "e1",
          event: "one",
          targets: [
            {
              channel: `user:${encodeURIComponent(user)}`,
              status: "stored",
              offset: 1,
              connections: 0,
              duplicate: false,
            },
            { channel: room, status: "stored", offset: 1, connections: 0, duplicate: false },
            {
              channel: "nonsense:1",
              status: "failed",
              code: "unknown_channel",
              message: expect.any(String),
              connections: 0,
              duplicate: false,
            },
            {
              channel: "not valid",
              status: "failed",
              code: "invalid_channel",
              message: expect.any(String),
              connections: 0,
              duplicate: false,
            },
          ],
        },
        {
          id: expect.stringMatching(/^[0-9a-f-]{36}$/),
          event: "two",
          targets: [{ channel: room, status: "delivered", connections: 0, duplicate: false }],
        },
      ],
    });
  });

  test("under a known id is the first one again, and with other content a conflict at that target", async () => {
    const [known, other] = [`room:${fresh("known")}`, `room:${fresh("other")}`];
    const event = { id: "pay_1", event: "paid", data: { n: 1 }, to: { channels: [known] } };
    await ask("/publish", posted(event, publisher));
    const again = await ask("/publish", posted(event, publisher));
    expect(await again.json()).toMatchObject({
      results: [{ id: "pay_1", targets: [{ status: "stored", offset: 1, duplicate: true }] }],
    });
    const changed = { ...event, data: { n: 2 }, to: { channels: [known, other] } };
    const conflict = await ask("/publish", posted(changed, publisher));
    expect(conflict.status).toBe(200);
    expect(await conflict.json()).toMatchObject({
      results: [
        {
          targets: [
            { channel: known, status: "failed", code: "id_conflict" },
            { channel: other, status: "stored", offset: 1, duplicate: false },
          ],
        },
      ],
    });
  });

  test("twice in one batch is stored once", async () => {
    const room = `room:${fresh("twice")}`;
    const event = { id: "e", event: "x", to: { channels: [room] } };
    const response = await ask("/publish", posted([event, event], publisher));
    expect(await response.json()).toMatchObject({
      results: [
        { targets: [{ offset: 1, duplicate: false }] },
        { targets: [{ offset: 1, duplicate: true }] },
      ],
    });
  });

  test("without a target is routed, and answers for each delivery, the same when it is repeated", async () => {
    const [farmer, auditor] = [fresh("farmer"), fresh("auditor")];
    const data = { ...example["audit:scheduled"], farmerId: farmer, auditorId: auditor };
    const body = { id: "audit_1", event: "audit:scheduled", data };
    const told = (user: string, name: string, duplicate: boolean) => ({
      id: `audit_1~${name}`,
      event: "audit:scheduled",
      channel: `user:${user}`,
      status: "stored",
      offset: 1,
      connections: 0,
      duplicate,
    });
    for (const duplicate of [false, true]) {
      const response = await ask("/publish", posted(body, publisher));
      expect(response.status).toBe(200);
      expect(await response.json()).toEqual({
        results: [
          {
            id: "audit_1",
            event: "audit:scheduled",
            targets: [told(farmer, "farmer", duplicate), told(auditor, "auditor", duplicate)],
          },
        ],
      });
    }
    const receipt = await ask(`/users/${farmer}/events/audit_1~farmer`, { headers: publisher });
    expect(await receipt.json()).toMatchObject({ id: "audit_1~farmer", stored: [{ offset: 1 }] });
    const changed = { ...body, data: { ...data, location: "elsewhere" } };
    expect(await (await ask("/publish", posted(changed, publisher))).json()).toMatchObject({
      results: [{ targets: [{ code: "id_conflict" }, { code: "id_conflict" }] }],
    });
  });

  test("to a personal channel that needs a role is kept for the user, and shown to who has it", async () => {
    const user = fresh("farmer");
    const to = { channels: [`farmer:${user}:payments`, `farmer:${user}`] };
    const answer = await ask("/publish", posted({ event: "x", to }, publisher));
    expect(await answer.json()).toMatchObject({ results: [{ targets: [{ offset: 1 }, { offset: 2 }] }] });
    const shownTo = async (roles: string[]) => {
      const headers = { Authorization: `Bearer ${await tokenOf(user, { roles })}` };
      const response = await ask("/events?since=0.0", { headers });
      const { events, position } = await response.json<{
        events: { channel: string }[];
        position: { offset: number };
      }>();
      return [events.map(({ channel }) => channel), position.offset];
    };
    expect(await shownTo(["FARMER"])).toEqual([to.channels, 2]);
    expect(await shownTo(["auditor"])).toEqual([[], 2]);
    expect(await shownTo([])).toEqual([[], 2]);
  });

  test("may mix events that are routed with others", async () => {
    const farmer = fresh("farmer");
    const user = fresh("user");
    const payment = { ...example["payment:confirmed"], farmerId: farmer };
    const body = [
      { id: "e1", event: "x", to: { users: [user] } },
      { id: "e2", event: "payment:confirmed", data: payment },
      { id: "e3", event: "payment:confirmed", data: { amount: 1 }, to: { users: [user] } },
    ];
    const response = await ask("/publish", posted(body, publisher));
    const { results } = await response.json<{ results: { targets: object[] }[] }>();
    expect(results).toMatchObject([
      { id: "e1", targets: [{ channel: `user:${user}`, offset: 1 }] },
      {
        id: "e2",
        event: "payment:confirmed",
        targets: [
          { id: "e2~farmer", event: "payment:confirmed", channel: `user:${farmer}`, status: "stored" },
          { id: "e2~admins", event: "payment:received", channel: "admin:payments" },
        ],
      },
      { id: "e3", targets: [{ channel: `user:${user}`, offset: 2 }] },
    ]);
    // A target of an event that was not routed says nothing of the event.
    expect(Object.keys(results[0]?.targets[0] ?? {})).not.toContain("event");
  });

  test("of a known event without a target is refused where its data does not fit, and delivers nothing", async () => {
    const farmer = fresh("farmer");
    const good = { event: "payment:created", data: { ...example["payment:created"], farmerId: farmer } };
    const bad = { ...good, data: { ...good.data, amount: "5000" } };
    const problem = await problemOf(await ask("/publish", posted([good, bad], publisher)));
    expect([problem.status, problem.code]).toEqual([422, "invalid_data"]);
    expect(problem.issues?.map(({ path }) => path)).toEqual(["1.data.amount"]);
    const next = await ask("/publish", posted(good, publisher));
    expect(await next.json()).toMatchObject({ results: [{ targets: [{ offset: 1 }] }] });
  });

  test.each<[string, () => Promise<Record<string, string>>]>([
    ["no key", async () => ({})],
    ["a wrong key", async () => ({ Authorization: "Bearer dev-only-wrong-key" })],
    ["a truncated key", async () => ({ Authorization: `Bearer ${PUBLISH_KEY.slice(0, -1)}` })],
    ["a key with more", async () => ({ Authorization: `Bearer ${PUBLISH_KEY}x` })],
    ["the key's name", async () => ({ Authorization: "Bearer dev" })],
    ["the whole entry", async () => ({ Authorization: `Bearer dev:${PUBLISH_KEY}` })],
    ["both keys at once", async () => ({ Authorization: `Bearer ${PUBLISH_KEY},dev-only-other-key` })],
    ["another scheme", async () => ({ Authorization: `Basic ${btoa(`dev:${PUBLISH_KEY}`)}` })],
    ["a bare key", async () => ({ Authorization: PUBLISH_KEY })],
    ["an empty bearer", async () => ({ Authorization: "Bearer " })],
    ["a cookie", async () => ({ Cookie: `token=${PUBLISH_KEY}` })],
  ])("is refused with %s, before its body is read", async (_, headers) => {
    const response = await ask("/publish", posted("not JSON", await headers()));
    const problem = await problemOf(response);
    expect(problem.code).toBe("unauthorized");
    expect(response.headers.get("WWW-Authenticate")).toBe("Bearer");
    expect(JSON.stringify(problem)).not.toContain("dev-only");
  });

  test("is refused to a user who may not broadcast, before its body is read", async () => {
    const Authorization = `Bearer ${await tokenOf("42", { roles: ["admin"] })}`;
    expect((await problemOf(await ask("/publish", posted("not JSON", { Authorization })))).code).toBe(
      "forbidden",
    );
  });

  test("does not take its key from the query", async () => {
    const response = await ask(`/publish?token=${PUBLISH_KEY}`, posted({}));
    expect((await problemOf(response)).code).toBe("unauthorized");
  });

  test("may be signed with any of the keys, whatever the case of the scheme", async () => {
    const event = { event: "x", to: { channels: [`room:${fresh("r")}`] } };
    const response = await ask("/publish", posted(event, { Authorization: "bearer dev-only-other-key" }));
    expect(response.status).toBe(200);
  });

  test.each<[string, BodyInit | null, string]>([
    ["empty", null, "invalid_body"],
    ["not JSON", "{", "invalid_json"],
    ["not UTF-8", new Uint8Array([0x7b, 0xff, 0x7d]), "invalid_encoding"],
    ["over 1 MB", " ".repeat(1_048_577), "body_too_large"],
    ["an empty batch", "[]", "invalid_body"],
    ["too deep", "[".repeat(100_000) + "]".repeat(100_000), "too_deep"],
    ["with __proto__", '{"event":"x","__proto__":{}}', "forbidden_key"],
    ["without a target", '{"event":"x"}', "no_route"],
  ])("is refused when its body is %s", async (_, body, code) => {
    const response = await ask("/publish", { method: "POST", headers: publisher, body });
    expect((await problemOf(response)).code).toBe(code);
  });

  test("of a batch with one bad event delivers nothing", async () => {
    const room = `room:${fresh("r")}`;
    const good = { event: "x", to: { channels: [room] } };
    const bad = await ask("/publish", posted([good, { ...good, event: 1 }], publisher));
    expect((await problemOf(bad)).issues?.map(({ path }) => path)).toEqual(["1.event"]);
    const next = await ask("/publish", posted(good, publisher));
    expect(await next.json()).toMatchObject({ results: [{ targets: [{ offset: 1 }] }] });
  });
});
