import { describe, expect, test } from "vitest";
import {
  type EventResult,
  PublishError,
  requireEveryTarget,
  type TargetResult,
} from "../../src/publisher/index.ts";

const stored: TargetResult = {
  channel: "user:42",
  status: "stored",
  offset: 1,
  connections: 0,
  duplicate: false,
};

function failed(channel: string, code: "unavailable" | "forbidden"): TargetResult {
  return { channel, status: "failed", code, message: "It was not.", connections: 0, duplicate: false };
}

function result(id: string, ...targets: TargetResult[]): EventResult {
  return { id, event: "x", targets };
}

function failureOf(results: readonly EventResult[]): PublishError {
  try {
    requireEveryTarget(results);
  } catch (error) {
    if (error instanceof PublishError) return error;
  }
  throw new Error("It was let through, or failed otherwise.");
}

describe("requiring every target", () => {
  test("lets through what has reached all, one event or several", () => {
    const one = result("e1", stored, { ...stored, status: "queued" });
    expect(requireEveryTarget(one)).toBe(one);
    const several = [one, result("e2")];
    expect(requireEveryTarget(several)).toBe(several);
  });

  test("tells of each target that failed, and of all ids", () => {
    const failure = failureOf([
      result("e1", stored, failed("room:1", "forbidden")),
      result("e2", stored),
      result("e3", failed("room:3", "unavailable")),
    ]);
    expect(failure).toMatchObject({
      code: "targets_failed",
      message: "2 of the targets failed, first room:1 (forbidden).",
      issues: [
        { path: "room:1", message: "forbidden: It was not." },
        { path: "room:3", message: "unavailable: It was not." },
      ],
      retryable: false,
      ids: ["e1", "e2", "e3"],
    });
  });

  test("is worth another try where each of those may pass", () => {
    expect(failureOf([result("e1", failed("room:1", "unavailable"), stored)]).retryable).toBe(true);
  });
});
