import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { inTime } from "../../src/objects/in-time.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it("gives the answer, and leaves no timer that would keep the object awake", async () => {
  await expect(inTime(async () => "answer")).resolves.toBe("answer");
  expect(vi.getTimerCount()).toBe(0);
});

it("gives the failure, and leaves no timer either", async () => {
  const call = inTime(async () => {
    throw new Error("The object was reset.");
  });
  await expect(call).rejects.toThrow("The object was reset.");
  expect(vi.getTimerCount()).toBe(0);
});

it("gives up on an answer that does not come within five seconds, whatever comes of it later", async () => {
  const { promise, reject } = Promise.withResolvers<string>();
  const call = inTime(() => promise);
  const given = expect(call).rejects.toThrow("did not answer in time");
  await vi.advanceTimersByTimeAsync(4999);
  expect(vi.getTimerCount()).toBe(1);
  await vi.advanceTimersByTimeAsync(1);
  await given;
  reject(new Error("Too late."));
  await Promise.resolve();
  expect(vi.getTimerCount()).toBe(0);
});
