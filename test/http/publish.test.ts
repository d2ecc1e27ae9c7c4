import { describe, expect, test } from "vitest";
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
    ["a user's token", async () => ({ Authorization: `Bearer ${await tokenOf("42")}` })],
    ["a cookie", async () => ({ Cookie: `token=${PUBLISH_KEY}` })],
  ])("is refused with %s, before its body is read", async (_, headers) => {
    const response = await ask("/publish", posted("not JSON", await headers()));
    const problem = await problemOf(response);
    expect(problem.code).toBe("unauthorized");
    expect(response.headers.get("WWW-Authenticate")).toBe("Bearer");
    expect(JSON.stringify(problem)).not.toContain("dev-only");
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
