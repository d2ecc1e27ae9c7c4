import { expect, test } from "vitest";
import { delayAfter } from "../../src/delivery/backoff.ts";

test.each<[number, number, number, number]>([
  [1, 5, 0.5, 5],
  [2, 5, 0.5, 10],
  [5, 5, 0.5, 80],
  [1, 5, 0, 3],
  [1, 5, 0.999, 7],
  [8, 5, 0.5, 640],
  [9, 5, 0.5, 900],
  [9, 5, 0.999, 1349],
  [1000, 5, 0.5, 900],
  [1, 1, 0, 1],
])("after %d tries, with %d s at first and chance %d, a queue waits %d s", (tries, first, random, delay) => {
  expect(delayAfter(tries, first, random)).toBe(delay);
});

test("a queue waits longer where more is allowed", () => {
  expect(delayAfter(10, 5, 0.5, 3600)).toBe(2560);
  expect(delayAfter(100, 5, 0.5, 3600)).toBe(3600);
});
