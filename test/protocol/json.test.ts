import { describe, expect, test } from "vitest";
import { type CarillonError, errorKinds } from "../../src/protocol/errors.ts";
import { checkJson, exceedsBytes } from "../../src/protocol/json.ts";
import { errorOf } from "./thrown.ts";

describe("checking JSON", () => {
  test.each<[string, unknown, number]>([
    ["a text", "x", 0],
    ["a number", 1, 0],
    ["null", null, 0],
    ["nothing at all", undefined, 0],
    ["an empty object", {}, 1],
    ["as deep as allowed", [[["x"]]], 3],
    [
      "a key that only resembles the forbidden one",
      JSON.parse('{"__proto":1,"proto__":1,"constructor":1}'),
      1,
    ],
    ["the forbidden key as a value", ["__proto__"], 1],
  ])("takes %s", (_, value, depth) => {
    expect(() => checkJson(value, depth)).not.toThrow();
  });

  test.each<[string, unknown, number, CarillonError["code"], string]>([
    ["an object where no depth is left", {}, 0, "too_deep", "at the top."],
    ["one level too many", { a: [{ b: {} }] }, 3, "too_deep", "at a.0.b."],
    ["arrays too deep", [[[[]]]], 3, "too_deep", "at 0.0.0."],
    ["__proto__ at the top", JSON.parse('{"__proto__":1}'), 32, "forbidden_key", "at the top."],
    ["__proto__ inside", JSON.parse('{"a":[1,{"__proto__":null}]}'), 32, "forbidden_key", "at a.1."],
    [
      "__proto__ written with an escape",
      JSON.parse('{"\\u005f_proto__":{}}'),
      32,
      "forbidden_key",
      "at the top.",
    ],
  ])("refuses %s", (_, value, depth, code, where) => {
    const error = errorOf(() => checkJson(value, depth));
    expect(error.code).toBe(code);
    expect(error.message).toContain(where);
    expect(errorKinds[error.code].status).toBe(422);
  });

  test("survives nesting that would exhaust a stack", () => {
    const deep = JSON.parse(`${"[".repeat(200_000)}${"]".repeat(200_000)}`);
    expect(errorOf(() => checkJson(deep, 32)).code).toBe("too_deep");
  });

  test("shows no more than the beginning of a long path", () => {
    const { message } = errorOf(() => checkJson({ [`k${"x".repeat(5000)}`]: [] }, 1));
    expect(message.length).toBeLessThan(150);
    expect(message).toContain("…");
  });
});

describe("counting bytes", () => {
  test.each<[string, string, number, boolean]>([
    ["ASCII at the limit", "x".repeat(10), 10, false],
    ["ASCII beyond it", "x".repeat(11), 10, true],
    ["two bytes a character at the limit", "é".repeat(5), 10, false],
    ["two bytes a character beyond it", "é".repeat(6), 10, true],
    ["three bytes a character at the limit", "ก".repeat(4), 12, false],
    ["three bytes a character beyond it", "ก".repeat(4), 11, true],
    ["four bytes in two code units at the limit", "🔔🔔", 8, false],
    ["four bytes in two code units beyond it", "🔔🔔", 7, true],
    ["a lone surrogate, which becomes three bytes", "\ud83d", 2, true],
    ["nothing", "", 0, false],
  ])("knows %s", (_, text, limit, exceeds) => {
    expect(exceedsBytes(text, limit)).toBe(exceeds);
  });
});
