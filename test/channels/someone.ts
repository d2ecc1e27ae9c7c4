import type { Identity } from "../../src/auth/identity.ts";

/** An identity of which only what matters to the test is said. */
export function someone(said: Partial<Identity> = {}): Identity {
  return {
    userId: "42",
    roles: [],
    tenants: [],
    grants: [],
    issuedAt: 0,
    expiresAt: Number.MAX_SAFE_INTEGER,
    ...said,
  };
}
