import { expect, test } from "vitest";
import { difference, dollarsOf, totalOf } from "../../bench/counts.ts";

const before = { requests: { "user.fetch": 2 }, rowsWritten: { user: 5 }, rowsRead: { user: 1, room: 1 } };
const after = {
  requests: { "user.fetch": 5, "user alarm": 1 },
  rowsWritten: { user: 5 },
  rowsRead: { user: 4, room: 1 },
};

test("tells what came between, and nothing of what did not happen", () => {
  expect(difference(after, before)).toEqual({
    requests: { "user.fetch": 3, "user alarm": 1 },
    rowsWritten: {},
    rowsRead: { user: 3 },
  });
});

test("adds up", () => {
  expect(totalOf(after.requests)).toBe(6);
  expect(totalOf({})).toBe(0);
});

test("knows the prices of a million", () => {
  const million = { user: 1_000_000 };
  expect(dollarsOf({ requests: million, rowsWritten: {}, rowsRead: {} })).toBeCloseTo(0.15);
  expect(dollarsOf({ requests: {}, rowsWritten: million, rowsRead: {} })).toBeCloseTo(1);
  expect(dollarsOf({ requests: {}, rowsWritten: {}, rowsRead: million })).toBeCloseTo(0.001);
});
