import { describe, expect, test } from "vitest";
import { ChannelPattern, type Params } from "../../src/channels/pattern.ts";

describe("a channel pattern", () => {
  test.each<[string, string, Params | undefined]>([
    ["lobby", "lobby", {}],
    ["lobby", "lobbies", undefined],
    ["lobby", "Lobby", undefined],
    ["user:{userId}", "user:42", { userId: "42" }],
    ["user:{userId}", "user", undefined],
    ["user:{userId}", "user:42:orders", undefined],
    ["user:{userId}", "user:a%3Ab", { userId: "a:b" }],
    ["clinic:{tenant}:{topic}", "clinic:7:queue", { tenant: "7", topic: "queue" }],
    ["role:{role}", "role:DTAM_ADMIN", { role: "dtam_admin" }],
    ["clinic:*:queue", "clinic:7:queue", {}],
    ["clinic:*:queue", "clinic:7:alerts", undefined],
    ["clinic:*", "clinic:7:queue", undefined],
    ["{a}x", "1x", undefined],
    ["room:a%40b", "room:a@b", {}],
    ["room:ก", "room:%E0%B8%81", {}],
    ["room:100%", "room:100%25", {}],
    ["x:{__proto__}", "x:1", undefined],
  ])("%s on %s", (pattern, name, params) => {
    if (pattern.includes("__proto__")) {
      // A parameter of this name is lost, but does no harm.
      expect(Object.getPrototypeOf(new ChannelPattern(pattern).match(name.split(":")))).toBe(
        Object.prototype,
      );
      return;
    }
    expect(new ChannelPattern(pattern).match(name.split(":"))).toEqual(params);
  });

  test("may hold what is not well-formed text, as a token may", () => {
    expect(new ChannelPattern("room:\ud83d").match(["room", "1"])).toBeUndefined();
  });

  test("knows its parameters and whether it is literal", () => {
    const { params, isLiteral, source } = new ChannelPattern("clinic:{tenant}:{topic}");
    expect([params, isLiteral, source]).toEqual([["tenant", "topic"], false, "clinic:{tenant}:{topic}"]);
    expect(new ChannelPattern("admin:payments").isLiteral).toBe(true);
    expect(new ChannelPattern("admin:*").isLiteral).toBe(false);
  });

  test.each<[string, Params, string]>([
    ["lobby", {}, "lobby"],
    ["user:{userId}", { userId: "42" }, "user:42"],
    ["user:{userId}", { userId: "a:b", more: "ignored" }, "user:a%3Ab"],
    ["clinic:{tenant}:{topic}", { tenant: "ก", topic: "q" }, "clinic:%E0%B8%81:q"],
    ["role:{role}", { role: "DTAM_ADMIN" }, "role:dtam_admin"],
  ])("%s builds %j", (pattern, params, name) => {
    expect(new ChannelPattern(pattern).build(params)).toBe(name);
  });

  test.each<[string, Params]>([
    ["user:{userId}", {}],
    ["user:{userId}", { userId: "" }],
    ["user:*", { userId: "42" }],
  ])("%s does not build from %j", (pattern, params) => {
    expect(() => new ChannelPattern(pattern).build(params)).toThrow(TypeError);
  });
});
