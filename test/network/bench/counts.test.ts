import { expect, test } from "vitest";
import { difference, dollarsOf, noCounts, totalOf } from "../../bench/counts.ts";

const before = {
  ...noCounts,
  requests: { "user.fetch": 2 },
  rowsWritten: { user: 5 },
  rowsRead: { user: 1, room: 1 },
};
const after = {
  ...noCounts,
  invocations: { fetch: 1 },
  requests: { "user.fetch": 5, "user alarm": 1 },
  rowsWritten: { user: 5 },
  rowsRead: { user: 4, room: 1 },
};

test("tells what came between, and nothing of what did not happen", () => {
  expect(difference(after, before)).toEqual({
    ...noCounts,
    invocations: { fetch: 1 },
    requests: { "user.fetch": 3, "user alarm": 1 },
    rowsRead: { user: 3 },
  });
});

test("adds up", () => {
  expect(totalOf(after.requests)).toBe(6);
  expect(totalOf({})).toBe(0);
});

test.each([
  { sort: "invocations", dollars: 0.3 },
  { sort: "requests", dollars: 0.15 },
  { sort: "messages", dollars: 0.0075 },
  { sort: "rowsWritten", dollars: 1 },
  { sort: "rowsRead", dollars: 0.001 },
  { sort: "queued", dollars: 0.4 },
  { sort: "wakeUps", dollars: 0 },
])("knows the price of a million $sort", ({ sort, dollars }) => {
  expect(dollarsOf({ ...noCounts, [sort]: { any: 1_000_000 } })).toBeCloseTo(dollars);
});
