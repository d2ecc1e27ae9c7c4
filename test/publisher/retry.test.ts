import { describe, expect, test } from "vitest";
import { delayAfter, readRetryAfter, wait } from "../../src/publisher/retry.ts";

describe("the delay before another try", () => {
  test("doubles, up to ten seconds", () => {
    const delays = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((attempt) => delayAfter(attempt, undefined, 0.5));
    expect(delays).toEqual([250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000, 10_000]);
  });

  test("is spread by half to either side", () => {
    expect([0, 1].map((random) => delayAfter(1, undefined, random))).toEqual([125, 375]);
  });

  test("is at least what the service asked for, spread too", () => {
    expect(delayAfter(1, 10, 0)).toBe(10_000);
    expect(delayAfter(1, 10, 1)).toBe(10_250);
    expect(delayAfter(5, 1, 0.5)).toBe(4000);
  });

  test("is none where the service asked for more than a minute", () => {
    expect(delayAfter(1, 60, 0)).toBe(60_000);
    expect(delayAfter(1, 61, 0)).toBeUndefined();
  });
});

const NOW = Date.UTC(2026, 10, 21, 10);

test.each<[string | null, number | undefined]>([
  [null, undefined],
  ["0", 0],
  ["5", 5],
  [" 5 ", 5],
  ["Sat, 21 Nov 2026 10:00:07 GMT", 7],
  ["Sat, 21 Nov 2026 09:00:00 GMT", 0],
  ["", undefined],
  ["soon", undefined],
])("Retry-After %j asks for %j s", (header, seconds) => {
  expect(readRetryAfter(header, NOW)).toBe(seconds);
});

test("waiting ends with the signal, and leaves nothing on it", async () => {
  const stop = new AbortController();
  const waiting = wait(60_000, stop.signal);
  stop.abort(new Error("Enough."));
  await expect(waiting).rejects.toThrow("Enough.");
  await expect(wait(1, stop.signal)).rejects.toThrow("Enough.");
  await expect(wait(1, undefined)).resolves.toBeUndefined();
});
