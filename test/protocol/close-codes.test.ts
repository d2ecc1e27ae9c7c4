import { describe, expect, test } from "vitest";
import { type CloseReason, closeReasons } from "../../src/protocol/close-codes.ts";

type Verdict = (typeof closeReasons)[CloseReason]["reconnect"];

describe("close reasons", () => {
  // The contract with clients: change a line here only together with the protocol's version.
  const contract: Record<CloseReason, [code: number, reconnect: Verdict]> = {
    bye: [1000, "never"],
    shutdown: [1012, "later"],
    relocated: [1012, "now"],
    replaced: [1001, "never"],
    invalid_frame: [1003, "never"],
    invalid_request: [1008, "never"],
    unauthorized: [1008, "renew"],
    token_expired: [1008, "renew"],
    forbidden: [1008, "never"],
    rate_limited: [1008, "later"],
    too_many_connections: [1008, "later"],
    origin_not_allowed: [1008, "never"],
    kicked: [1008, "never"],
    frame_too_large: [1009, "never"],
    overloaded: [1013, "later"],
    slow_consumer: [1013, "now"],
    disabled: [1013, "later"],
  };

  test("have the codes and verdicts that clients rely on", () => {
    const table = Object.entries(closeReasons).map(([reason, { code, reconnect }]) => [
      reason,
      [code, reconnect],
    ]);
    expect(Object.fromEntries(table)).toEqual(contract);
  });

  test.each(Object.entries(closeReasons))("%s is one short word with a sentence", (reason, { when }) => {
    expect(reason).toMatch(/^[a-z_]{1,123}$/);
    expect(when).not.toBe("");
  });
});
