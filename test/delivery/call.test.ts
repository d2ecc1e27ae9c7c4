import { describe, expect, test } from "vitest";
import { callObject, mayBeRetried } from "../../src/delivery/call.ts";

/** Fails so many times with this error, then answers; counts its calls and remembers the waits. */
function failing(times: number, error: unknown) {
  const waits: number[] = [];
  let calls = 0;
  return {
    waits,
    get calls() {
      return calls;
    },
    call: async () => {
      calls += 1;
      if (calls <= times) throw error;
      return "answer";
    },
    policy: (attempts: number, random = 0.5) => ({
      attempts,
      wait: async (ms: number) => {
        waits.push(ms);
      },
      random: () => random,
    }),
  };
}

const retryable = Object.assign(new Error("The object was away."), { retryable: true });

describe("calling an object", () => {
  test("answers at once where nothing fails", async () => {
    const object = failing(0, retryable);
    expect(await callObject(object.call, object.policy(3))).toBe("answer");
    expect([object.calls, object.waits]).toEqual([1, []]);
  });

  test("tries again after delays that double", async () => {
    const object = failing(3, retryable);
    expect(await callObject(object.call, object.policy(4))).toBe("answer");
    expect([object.calls, object.waits]).toEqual([4, [50, 100, 200]]);
  });

  test.each<[number, number[]]>([
    [0, [25, 50]],
    [0.999, [74.95, 149.9]],
  ])("spreads the delays: %d", async (random, waits) => {
    const object = failing(2, retryable);
    await callObject(object.call, object.policy(3, random));
    expect(object.waits.map((wait) => Math.round(wait * 100) / 100)).toEqual(waits);
  });

  test("gives up after the last try, with what it threw", async () => {
    const object = failing(9, retryable);
    await expect(callObject(object.call, object.policy(3))).rejects.toBe(retryable);
    expect(object.calls).toBe(3);
  });

  test("does not try again where that makes no sense", async () => {
    const error = new Error("A mistake.");
    const object = failing(9, error);
    await expect(callObject(object.call, object.policy(3))).rejects.toBe(error);
    expect([object.calls, object.waits]).toEqual([1, []]);
  });
});

describe("an error of the platform", () => {
  test.each<[string, unknown, boolean]>([
    ["retryable", { retryable: true }, true],
    ["of an object that was reset", { durableObjectReset: true }, true],
    ["retryable and overloaded", { retryable: true, overloaded: true }, false],
    ["of an object that was reset while overloaded", { durableObjectReset: true, overloaded: true }, false],
    ["overloaded", { overloaded: true }, false],
    ["said not to be retryable", { retryable: false }, false],
    ["that only resembles one", { retryable: "true" }, false],
    ["of another kind", new Error("x"), false],
    ["that is a text", "retryable", false],
    ["that is null", null, false],
    ["that is nothing", undefined, false],
  ])("%s may be retried as it deserves", (_, error, may) => {
    expect(mayBeRetried(error)).toBe(may);
  });
});
