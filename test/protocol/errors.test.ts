import { describe, expect, test } from "vitest";
import { CarillonError, type ErrorCode, errorKinds } from "../../src/protocol/errors.ts";

describe("errors", () => {
  // The contract with callers: programs compare these.
  const contract: Record<ErrorCode, [status: number, retryable: boolean]> = {
    invalid_encoding: [400, false],
    invalid_json: [400, false],
    invalid_request: [400, false],
    invalid_body: [422, false],
    too_deep: [422, false],
    forbidden_key: [422, false],
    body_too_large: [413, false],
    event_too_large: [413, false],
    too_many_targets: [422, false],
    invalid_data: [422, false],
    no_route: [422, false],
    invalid_channel: [422, false],
    unknown_channel: [404, false],
    too_many_channels: [422, false],
    rate_limited: [429, true],
    unauthorized: [401, false],
    token_expired: [401, false],
    forbidden: [403, false],
    origin_not_allowed: [403, false],
    not_found: [404, false],
    method_not_allowed: [405, false],
    upgrade_required: [426, false],
    id_conflict: [409, false],
    withdrawn: [409, false],
    unknown_type: [422, false],
    not_configured: [503, true],
    unavailable: [503, true],
    overloaded: [503, true],
    internal: [500, true],
  };

  test("have the statuses that callers rely on", () => {
    const table = Object.entries(errorKinds).map(([code, { status, retryable }]) => [
      code,
      [status, retryable],
    ]);
    expect(Object.fromEntries(table)).toEqual(contract);
  });

  test("have a title that is a sentence of its own", () => {
    const titles = Object.values(errorKinds).map(({ title }) => title);
    expect(new Set(titles).size).toBe(titles.length);
    for (const title of titles) expect(title).toMatch(/^[A-Z].*\.$/);
  });

  test("carry what they were given", () => {
    const issues = [{ path: "to.users.0", message: "m" }];
    const error = new CarillonError("invalid_body", "detail", { issues, retryAfter: 3 });
    expect(error).toBeInstanceOf(Error);
    expect([error.name, error.code, error.message, error.issues, error.retryAfter]).toEqual([
      "CarillonError",
      "invalid_body",
      "detail",
      issues,
      3,
    ]);
    expect(new CarillonError("internal", "").issues).toEqual([]);
  });
});
