import { describe, expect, test } from "vitest";
import {
  findChannel,
  findRoomFor,
  followedFromStart,
  mayFollow,
  userChannel,
} from "../../src/channels/access.ts";
import { anyone, defineChannels, personal, room } from "../../src/channels/rules.ts";
import type { ErrorCode } from "../../src/protocol/errors.ts";
import { errorOf } from "../protocol/thrown.ts";
import { someone } from "./someone.ts";

describe("a channel", () => {
  test.each<[string, string, "personal" | "room", Record<string, string>]>([
    ["user:42", "user:42", "personal", { userId: "42" }],
    ["user:a%40b", "user:a@b", "personal", { userId: "a@b" }],
    ["user:a@b", "user:a@b", "personal", { userId: "a@b" }],
    ["user:100%", "user:100%25", "personal", { userId: "100%" }],
    ["user:42:orders", "user:42:orders", "personal", { userId: "42", topic: "orders" }],
    ["user:a%3ab:x", "user:a%3Ab:x", "personal", { userId: "a:b", topic: "x" }],
    ["room:1", "room:1", "room", { name: "1" }],
    ["clinic:7:queue", "clinic:7:queue", "room", { tenant: "7", topic: "queue" }],
    ["public:news", "public:news", "room", { topic: "news" }],
  ])("%s is found as %s", (name, form, kind, params) => {
    const channel = findChannel(name);
    expect([channel.name, channel.rule.kind, channel.params]).toEqual([form, kind, params]);
  });

  test.each<[string, ErrorCode]>([
    ["user", "unknown_channel"],
    ["user:42:orders:new", "unknown_channel"],
    ["room", "unknown_channel"],
    ["User:42", "unknown_channel"],
    ["nonsense:1", "unknown_channel"],
    ["__proto__", "unknown_channel"],
    ["constructor", "unknown_channel"],
    ["user:", "invalid_channel"],
    ["", "invalid_channel"],
    [`room:${"x".repeat(196)}`, "invalid_channel"],
  ])("%j is not found: %s", (name, code) => {
    expect(errorOf(() => findChannel(name)).code).toBe(code);
  });

  test("is found by the first rule, literals before the others", () => {
    const rules = defineChannels([room("a:{x}", { follow: anyone }), room("a:b", { follow: () => false })]);
    expect(findChannel("a:b", rules).params).toEqual({});
    expect(findChannel("a:c", rules).params).toEqual({ x: "c" });
  });

  test("of a role has one name, however the role is spelt", () => {
    const rules = defineChannels([room("role:{role}", { follow: anyone })]);
    expect(findChannel("role:DTAM_Admin", rules).name).toBe("role:dtam_admin");
  });
});

describe("an identity", () => {
  const staff = { tenants: ["7"] };

  test.each<[string, Parameters<typeof someone>[0], boolean]>([
    ["user:42", {}, true],
    ["user:42:orders", {}, true],
    ["user:43", {}, false],
    ["user:43", { grants: ["user:43", "user:*", "*:*"] }, false],
    ["user:a%3Ab", { userId: "a:b" }, true],
    ["user:a:b", { userId: "a:b" }, false],
    ["room:1", {}, true],
    ["public:news", {}, true],
    ["clinic:7:queue", staff, true],
    ["clinic:8:queue", staff, false],
    ["clinic:8:queue", { ...staff, grants: ["clinic:8:queue"] }, true],
    ["clinic:8:queue", { grants: ["clinic:8:*"] }, true],
    ["clinic:8:queue", { grants: ["clinic:{any}:queue"] }, true],
    ["clinic:8:queue", { grants: ["clinic:8"] }, false],
    ["clinic:8:queue", { grants: ["clinic:*:alerts"] }, false],
    ["clinic:8:queue", { grants: ["*"] }, false],
    ["clinic:a%3Ab:queue", { tenants: ["a:b"] }, true],
    ["clinic:%E0%B8%81:queue", { tenants: ["ก"] }, true],
  ])("of %s: %j may follow: %s", (name, said, may) => {
    expect(mayFollow(someone(said), findChannel(name))).toBe(may);
  });

  test("is granted a channel however its pattern spells it", () => {
    const channel = findChannel("clinic:a%40b:queue");
    expect(mayFollow(someone({ grants: ["clinic:a%40b:queue"] }), channel)).toBe(true);
    expect(mayFollow(someone({ grants: ["clinic:a@b:*"] }), channel)).toBe(true);
  });

  test.each<[string, ErrorCode]>([
    ["clinic:8:queue", "forbidden"],
    ["user:43", "forbidden"],
    ["user:42", "forbidden"],
    ["nonsense:1", "unknown_channel"],
    ["room:a b", "invalid_channel"],
  ])("finds no room %s: %s", (name, code) => {
    expect(errorOf(() => findRoomFor(someone(staff), name)).code).toBe(code);
  });

  test("finds its rooms under their one name", () => {
    expect(findRoomFor(someone(staff), "clinic:%37:queue").name).toBe("clinic:7:queue");
  });

  test("follows its own channel from the start", () => {
    expect(followedFromStart(someone())).toEqual(["user:42"]);
    expect(followedFromStart(someone({ userId: "a:b" }))).toEqual(["user:a%3Ab"]);
  });

  test("follows from the start what its role gives it and what needs nothing but its id", () => {
    const rules = defineChannels([
      personal("user:{userId}"),
      personal("user:{userId}:{topic}"),
      personal("admin:{userId}", { follow: ({ roles }) => roles.includes("admin") }),
      room("lobby", { follow: anyone }),
    ]);
    expect(followedFromStart(someone(), rules)).toEqual(["user:42"]);
    expect(followedFromStart(someone({ roles: ["admin"] }), rules)).toEqual(["user:42", "admin:42"]);
  });
});

describe("a user's channel", () => {
  test.each<[string, string]>([
    ["42", "user:42"],
    ["a:b", "user:a%3Ab"],
    ["สมหญิง", `user:${encodeURIComponent("สมหญิง")}`],
    ["100%", "user:100%25"],
    ["ก".repeat(128), `user:${"%E0%B8%81".repeat(128)}`],
    ["../..", "user:..%2F.."],
    [" ", "user:%20"],
  ])("of %j is the one that its name is found under", (userId, name) => {
    expect(userChannel(userId)).toBe(name);
    expect(findChannel(name)).toMatchObject({ name, params: { userId } });
    expect(followedFromStart(someone({ userId }))).toEqual([name]);
  });
});
