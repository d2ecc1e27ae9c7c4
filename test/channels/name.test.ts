import { describe, expect, test } from "vitest";
import {
  channelOfObject,
  decodeSegment,
  encodeSegment,
  objectNameOf,
  parseName,
} from "../../src/channels/name.ts";
import { errorOf } from "../protocol/thrown.ts";

describe("a channel's name", () => {
  test.each<[string, string, string[]]>([
    ["is one segment", "lobby", ["lobby"]],
    ["is segments parted by colons", "clinic:7:queue", ["clinic", "7", "queue"]],
    ["has every character of the grammar", "aZ0_-=@,.;|+~!:x", ["aZ0_-=@,.;|+~!", "x"]],
    ["keeps its case", "Room:A", ["Room", "A"]],
    ["keeps what the grammar needs encoded", "user:a%3Ab", ["user", "a%3Ab"]],
    ["spells escapes in capitals", "user:a%3ab", ["user", "a%3Ab"]],
    ["spells plainly what needs no escape", "user:a%40b", ["user", "a@b"]],
    ["may escape a literal", "%75ser:42", ["user", "42"]],
    ["is Thai only when escaped", "user:%E0%B8%81", ["user", "%E0%B8%81"]],
    ["escapes what encodeURIComponent leaves", "user:%2A%27%28%29", ["user", "%2A%27%28%29"]],
  ])("%s", (_, name, segments) => {
    expect(parseName(name)).toEqual(segments);
  });

  test("has one form for all spellings of a percent sign", () => {
    expect(parseName("room:100%")).toEqual(parseName("room:100%25"));
  });

  test("keeps its form when it is parsed again", () => {
    for (const name of ["room:100%", "user:a%40b", "user:%e0%b8%81", "room:%25%32%35", "room:%E0%B8"]) {
      const form = parseName(name).join(":");
      expect(parseName(form).join(":")).toBe(form);
    }
  });

  test.each<[string, string]>([
    ["empty", ""],
    ["a colon", ":"],
    ["without a first segment", ":42"],
    ["without a last segment", "user:"],
    ["with an empty segment", "clinic::queue"],
    ["with a space", "room:a b"],
    ["with a slash", "room:a/b"],
    ["with a question mark", "room:a?b"],
    ["with a number sign", "room:#1"],
    ["with an asterisk", "room:*"],
    ["with braces", "room:{name}"],
    ["with a line break at the end", "room:1\n"],
    ["with a control character", "room:\u0000"],
    ["with an escaped control character", "room:%00"],
    ["with an escaped line break", "room:a%0Ab"],
    ["with an escaped C1 control character", "room:%C2%85"],
    ["in Thai", "room:ก"],
    ["with an emoji", "room:🔔"],
    ["with a lone surrogate", "room:\ud83d"],
    ["of 201 characters", "r".repeat(201)],
    ["of 201 escaped characters", "%E0%B8%81".repeat(201)],
    ["beyond all bounds", "r".repeat(1_000_000)],
  ])("is not well formed %s", (_, name) => {
    const { code, message } = errorOf(() => parseName(name));
    expect(code).toBe("invalid_channel");
    expect(message.length).toBeLessThan(200);
  });

  test.each<[string, string]>([
    ["200 plain ones", "r".repeat(200)],
    ["200 in segments", `${"r:".repeat(99)}rr`],
    ["200 of three bytes", "%E0%B8%81".repeat(200)],
    ["100 of two code units", "%F0%9F%94%94".repeat(100)],
  ])("has up to 200 characters: %s", (_, name) => {
    expect(parseName(name).join(":")).toBe(name);
  });
});

describe("a value in a segment", () => {
  test.each<[string, string]>([
    ["42", "42"],
    ["a:b", "a%3Ab"],
    ["a b", "a%20b"],
    ["100%", "100%25"],
    ["%3A", "%253A"],
    ["a/b?c#d", "a%2Fb%3Fc%23d"],
    ["*'()", "%2A%27%28%29"],
    ["สมหญิง", encodeURIComponent("สมหญิง")],
    ["🔔", "%F0%9F%94%94"],
    ["x@y.example", "x@y.example"],
  ])("%j is written %j and read back", (value, segment) => {
    expect(encodeSegment(value)).toBe(segment);
    expect(decodeSegment(segment)).toBe(value);
    expect(parseName(segment)).toEqual([segment]);
  });

  test.each(["%", "a%", "%zz", "%E0%B8", "%FF"])("%j encodes nothing and stands for itself", (segment) => {
    expect(decodeSegment(segment)).toBe(segment);
  });
});

describe("the name of a room's object", () => {
  const cases = [
    "room:lobby",
    "room:a%3Ab",
    "room:50%",
    "room:100%25",
    `room:${encodeURIComponent("ห้อง")}`,
    "room:%E0",
  ];

  test.each(cases)("of %s leads back to the channel", (channel) => {
    expect(channelOfObject(objectNameOf(channel))).toBe(channel);
  });

  test("is shorter than what the platform tells an object of its name, for the longest channel", () => {
    for (const character of ["ก", "😀", " ", "x"]) {
      const text = character.repeat(195 / character.length);
      const [, channel] = parseName(`room:${encodeSegment(text)}`);
      const name = objectNameOf(`room:${channel}`);
      expect(new TextEncoder().encode(name).byteLength).toBeLessThan(1024);
      expect(channelOfObject(name)).toBe(`room:${channel}`);
    }
  });
});
