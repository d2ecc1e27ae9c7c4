import { describe, expect, test } from "vitest";
import type { IncomingEvent } from "../../src/delivery/event.ts";
import { type Plan, plan as planFor } from "../../src/delivery/plan.ts";
import type { ErrorCode } from "../../src/protocol/errors.ts";
import { incoming } from "./incoming.ts";

function plan(events: readonly IncomingEvent[]): Promise<Plan> {
  return planFor(events, { kind: "everything" });
}

async function hashOf(said: Partial<IncomingEvent>): Promise<string | undefined> {
  const { calls } = await plan([incoming({ users: ["42"], ...said })]);
  return calls[0]?.publications[0]?.hash;
}

describe("a plan", () => {
  test("takes a user to the user's object, and a room to the room's", async () => {
    const { calls, targets } = await plan([
      incoming({ data: '{"a":1}', users: ["42"], channels: ["room:1", "user:43:orders"], ttl: 5 }),
    ]);
    const content = { event: "order:paid", data: '{"a":1}', store: true, ttl: 5 };
    expect(
      calls.map(({ object, publications }) => [object, publications.map(({ events }) => events)]),
    ).toEqual([
      [{ kind: "user", name: "42" }, [[{ channel: "user:42", ...content }]]],
      [{ kind: "room", name: "room:1" }, [[{ channel: "room:1", ...content }]]],
      [{ kind: "user", name: "43" }, [[{ channel: "user:43:orders", ...content }]]],
    ]);
    expect(targets[0]?.map(({ kind, channel }) => [kind, channel])).toEqual([
      ["call", "user:42"],
      ["call", "room:1"],
      ["call", "user:43:orders"],
    ]);
  });

  test("calls each object once, with one publication for each event", async () => {
    const { calls, targets } = await plan([
      incoming({ id: "e1", users: ["42"], channels: ["user:42:orders"] }),
      incoming({ id: "e2", users: ["42"] }),
    ]);
    expect(calls).toHaveLength(1);
    expect(
      calls[0]?.publications.map(({ id, events }) => [id, events.map(({ channel }) => channel)]),
    ).toEqual([
      ["e1", ["user:42", "user:42:orders"]],
      ["e2", ["user:42"]],
    ]);
    const places = targets.flatMap((ofOne) =>
      ofOne.map((target) => (target.kind === "call" ? [target.place.publication, target.place.event] : [])),
    );
    expect(places).toEqual([
      [0, 0],
      [0, 1],
      [1, 0],
    ]);
  });

  test("delivers once what is named twice, in whatever spelling", async () => {
    const { calls, targets } = await plan([
      incoming({
        users: ["a@b", "a@b"],
        channels: ["user:a@b", "user:a%40b", "room:1", "room:1", "room:100%", "room:100%25"],
      }),
    ]);
    expect(targets[0]?.map(({ channel }) => channel)).toEqual(["user:a@b", "room:1", "room:100%25"]);
    expect(calls.flatMap(({ publications }) => publications.flatMap(({ events }) => events))).toHaveLength(3);
  });

  test("finds a user's object by the id itself", async () => {
    const { calls } = await plan([incoming({ users: ["a:b", "สมหญิง"], channels: ["user:a%3Ab:x"] })]);
    expect(calls.map(({ object }) => object)).toEqual([
      { kind: "user", name: "a:b" },
      { kind: "user", name: "สมหญิง" },
    ]);
  });

  test("keeps a user and a room of one name apart", async () => {
    const { calls } = await plan([incoming({ users: ["room:1"], channels: ["room:1"] })]);
    expect(calls.map(({ object }) => object)).toEqual([
      { kind: "user", name: "room:1" },
      { kind: "room", name: "room:1" },
    ]);
  });

  test.each<[string, ErrorCode]>([
    ["nonsense:1", "unknown_channel"],
    ["room:a b", "invalid_channel"],
    ["", "invalid_channel"],
    ["r".repeat(1000), "invalid_channel"],
  ])("refuses the target %j and keeps the others", async (name, code) => {
    const { calls, targets } = await plan([incoming({ channels: [name, "room:1", name] })]);
    expect(targets[0]).toMatchObject([
      { kind: "refused", channel: name.slice(0, 200), code },
      { kind: "call", channel: "room:1" },
    ]);
    expect(calls).toHaveLength(1);
  });

  test("does not take a name that is too long for the one that it begins with", async () => {
    const [longest, tooLong] = [`room:${"x".repeat(195)}`, `room:${"x".repeat(196)}`];
    const { targets } = await plan([incoming({ channels: [tooLong, longest, `${tooLong}y`] })]);
    expect(targets[0]?.map(({ kind }) => kind)).toEqual(["refused", "call", "refused"]);
  });

  test("tells a refused name from all members, whose name it is", async () => {
    const reach = { roles: ["admin"], tenants: [], everyone: false, besides: [] };
    const { calls, targets } = await plan([incoming({ channels: ["user:*"], reach })]);
    expect(targets[0]?.map(({ kind, channel }) => `${kind} ${channel}`)).toEqual([
      "refused user:*",
      "call user:*",
    ]);
    expect(calls).toHaveLength(1);
  });

  test("hands the aim on", async () => {
    const aim = { only: { roles: ["admin"] }, except: { user: "7" } };
    const { calls } = await plan([incoming({ channels: ["room:1"], aim })]);
    expect(calls[0]?.publications[0]?.events[0]).toMatchObject({ aim });
  });
});

describe("the hash of an event", () => {
  test("is empty where nobody else can know the id", async () => {
    expect(await hashOf({ isOwnId: true })).toBe("");
  });

  test("is the same for the same content, wherever it goes", async () => {
    const hash = await hashOf({});
    expect(hash).toMatch(/^[0-9a-f]{32}$/);
    expect(await hashOf({ users: ["42", "43"], channels: ["room:1"] })).toBe(hash);
    expect(await hashOf({ id: "other" })).toBe(hash);
  });

  test.each<[string, Partial<IncomingEvent>]>([
    ["event", { event: "order:sent" }],
    ["data", { data: "1" }],
    ["aim", { aim: { only: { roles: ["admin"] } } }],
    ["store", { store: false }],
    ["ttl", { ttl: 1 }],
  ])("differs where the %s differs", async (_, said) => {
    expect(await hashOf(said)).not.toBe(await hashOf({}));
  });
});
