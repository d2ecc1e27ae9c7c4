import { describe, expect, test } from "vitest";
import type { IncomingEvent, PostedEvent } from "../../src/delivery/event.ts";
import { mayReach, type Permission, requirePermitted } from "../../src/delivery/permission.ts";
import { plan } from "../../src/delivery/plan.ts";
import { CarillonError } from "../../src/protocol/errors.ts";
import { incoming } from "./incoming.ts";

const reach = { roles: [], tenants: [], everyone: true, besides: [] };

function posted(said: Partial<IncomingEvent>, isRouted = false): PostedEvent {
  const delivery = incoming(said);
  return { id: delivery.id, event: delivery.event, isRouted, deliveries: [delivery] };
}

function limitedTo(limits: { channels?: string[]; events?: string[] }): Permission {
  return { kind: "limited", limits };
}

function refusedPaths(events: readonly PostedEvent[], permission: Permission): string[] {
  try {
    requirePermitted(events, permission);
    return [];
  } catch (error) {
    if (!(error instanceof CarillonError) || error.code !== "forbidden") throw error;
    return error.issues.map(({ path }) => path);
  }
}

describe("the events that a key is limited to", () => {
  const permission = limitedTo({ events: ["QUEUE_UPDATE", "CLINIC_ALERT"] });

  test("are the ones that it may post", () => {
    const events = [posted({ event: "QUEUE_UPDATE" }), posted({ event: "CLINIC_ALERT" })];
    expect(refusedPaths(events, permission)).toEqual([]);
  });

  test.each(["queue_update", "QUEUE_UPDATES", "QUEUE", "payment:confirmed"])("are not %s", (event) => {
    expect(refusedPaths([posted({ event })], permission)).toEqual(["event"]);
  });

  test("are told for each event of a batch", () => {
    const events = ["a", "QUEUE_UPDATE", "b"].map((event) => posted({ event }));
    expect(refusedPaths(events, permission)).toEqual(["0.event", "2.event"]);
  });

  test("are compared with what is posted, not with what it becomes", () => {
    const becomes = incoming({ event: "application:new" });
    const event = { ...posted({ event: "QUEUE_UPDATE" }, true), deliveries: [becomes] };
    expect(refusedPaths([event], permission)).toEqual([]);
    const another = { ...event, event: "application:new", deliveries: [incoming({ event: "QUEUE_UPDATE" })] };
    expect(refusedPaths([another], permission)).toEqual(["event"]);
  });

  test("leave the channels free", () => {
    expect(mayReach("user:*", permission)).toBe(true);
    expect(mayReach("room:1", permission)).toBe(true);
  });
});

describe("the channels that a key is limited to", () => {
  test.each<[string, string, boolean]>([
    ["clinic:7:*", "clinic:7:queue", true],
    ["clinic:7:*", "clinic:8:queue", false],
    ["clinic:7:*", "clinic:7:queue:1", false],
    ["clinic:7:*", "clinic:7", false],
    ["clinic:7:queue", "clinic:7:queue", true],
    ["clinic:{tenant}:queue", "clinic:8:queue", true],
    ["user:{userId}", "user:42", true],
    ["user:{userId}", "user:42:orders", false],
    ["user:42", "user:42", true],
    ["user:42", "user:421", false],
    ["user:a b", "user:a%20b", true],
    ["user:*", "user:42", true],
    // To all users by role, tenant or at all, which is answered under user:*.
    ["user:*", "user:*", true],
    ["*:*", "user:*", true],
    ["user:{userId}", "user:*", false],
    ["*:{userId}", "user:*", false],
    ["user:42", "user:*", false],
    ["*", "user:*", false],
  ])("as %s: %s is one of them: %s", (pattern, channel, isOne) => {
    expect(mayReach(channel, limitedTo({ channels: [pattern] }))).toBe(isOne);
    expect(mayReach(channel, limitedTo({ channels: ["nothing:like:it", pattern] }))).toBe(isOne);
  });

  test("leave the events free", () => {
    expect(refusedPaths([posted({ event: "anything" })], limitedTo({ channels: ["room:1"] }))).toEqual([]);
  });

  test("let a plan go on with the targets among them, and refuse the others one by one", async () => {
    const permission = limitedTo({ channels: ["clinic:7:*", "user:42"] });
    const event = incoming({
      users: ["42", "43"],
      channels: ["clinic:7:queue", "clinic:8:queue", "nonsense:1"],
      reach,
    });
    const { targets, calls } = await plan([event], permission);
    expect(
      targets[0]?.map((target) => [target.channel, target.kind === "refused" ? target.code : "call"]),
    ).toEqual([
      ["user:42", "call"],
      ["user:43", "forbidden"],
      ["clinic:7:queue", "call"],
      ["clinic:8:queue", "forbidden"],
      ["nonsense:1", "unknown_channel"],
      ["user:*", "forbidden"],
    ]);
    expect(calls.map(({ object }) => object)).toEqual([
      { kind: "user", name: "42" },
      { kind: "room", name: "clinic:7:queue" },
    ]);
  });

  test("hold under any spelling of a name", async () => {
    const event = incoming({ channels: ["clinic:%37:queue", "clinic:%38:queue"] });
    const { targets } = await plan([event], limitedTo({ channels: ["clinic:7:*"] }));
    expect(targets[0]?.map(({ channel, kind }) => [channel, kind])).toEqual([
      ["clinic:7:queue", "call"],
      ["clinic:8:queue", "refused"],
    ]);
  });
});
