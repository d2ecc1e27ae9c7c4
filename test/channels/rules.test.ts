import { describe, expect, test } from "vitest";
import { anyone, defineChannels, personal, room, sameTenant } from "../../src/channels/rules.ts";
import { someone } from "./someone.ts";

describe("channel rules", () => {
  test("are tried literals first, then as they stand", () => {
    const { rules } = defineChannels([
      room("a:{x}", { follow: anyone }),
      room("a:b", { follow: anyone }),
      personal("user:{userId}"),
      room("c", { follow: anyone }),
    ]);
    expect(rules.map(({ pattern }) => pattern.source)).toEqual(["a:b", "c", "a:{x}", "user:{userId}"]);
  });

  test("keep 1000 events for 7 days unless they say otherwise", () => {
    expect(room("a", { follow: anyone }).history).toEqual({ events: 1000, days: 7 });
    expect(room("a", { follow: anyone, history: { days: 90 } }).history).toEqual({ events: 1000, days: 90 });
    expect(room("a", { follow: anyone, history: { events: 5 } }).history).toEqual({ events: 5, days: 7 });
  });

  test("name up to 200 members of a room with presence unless they say otherwise", () => {
    expect(room("a", { follow: anyone }).presence).toBeUndefined();
    expect(room("a", { follow: anyone, presence: {} }).presence).toEqual({ full: 200 });
    expect(room("a", { follow: anyone, presence: { full: 5 } }).presence).toEqual({ full: 5 });
  });

  test("let only that user follow a personal channel", () => {
    const { kind, mayFollow } = personal("user:{userId}");
    expect(kind).toBe("personal");
    expect(mayFollow(someone({ userId: "42" }), { userId: "42" })).toBe(true);
    expect(mayFollow(someone({ userId: "42" }), { userId: "4" })).toBe(false);
    expect(mayFollow(someone({ userId: "42" }), {})).toBe(false);
  });

  test("may narrow a personal channel, never widen it", () => {
    const { mayFollow } = personal("farmer:{userId}", { follow: ({ roles }) => roles.includes("farmer") });
    const farmer = someone({ userId: "42", roles: ["farmer"] });
    expect(mayFollow(farmer, { userId: "42" })).toBe(true);
    expect(mayFollow(farmer, { userId: "43" })).toBe(false);
    expect(mayFollow(someone({ userId: "42" }), { userId: "42" })).toBe(false);
  });

  test.each<[string[], string, boolean]>([
    [["7"], "7", true],
    [["6", "7"], "7", true],
    [["77"], "7", false],
    [[], "7", false],
  ])("of tenants %j: clinic %s is theirs: %s", (tenants, tenant, isTheirs) => {
    expect(sameTenant(someone({ tenants }), { tenant })).toBe(isTheirs);
  });
});
