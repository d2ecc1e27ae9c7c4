import { describe, expect, test } from "vitest";
import { formatPosition, type Position, parsePosition, start } from "../../src/protocol/position.ts";

describe("a position", () => {
  test.each<[string, Position]>([
    ["0.0", start],
    ["k3v9x2ab.17", { epoch: "k3v9x2ab", offset: 17 }],
    [`${"Z9".repeat(16)}.0`, { epoch: "Z9".repeat(16), offset: 0 }],
    ["a.999999999999999", { epoch: "a", offset: 999_999_999_999_999 }],
  ])("%s is read and written back", (text, position) => {
    expect(parsePosition(text)).toEqual(position);
    expect(formatPosition(position)).toBe(text);
  });

  test.each([
    "",
    ".",
    "17",
    "a.",
    ".17",
    "a.b.1",
    "a.-1",
    "a.+1",
    "a.01",
    "a.1.5",
    "a.1e3",
    "a.0x1",
    "a.1000000000000000",
    "a 1",
    " a.1",
    "a.1\n",
    "a_b.1",
    "ก.1",
    "a.๑",
    `${"a".repeat(33)}.1`,
    "[object Object]",
  ])("is not %j", (text) => {
    expect(parsePosition(text)).toBeUndefined();
  });
});
