import { describe, expect, test } from "vitest";
import { type Identity, identityFits, identitySchema, userId } from "../../src/auth/identity.ts";

const identity: Identity = {
  userId: "42",
  roles: ["admin"],
  tenants: ["7"],
  grants: [],
  issuedAt: 0,
  expiresAt: 1000,
};

describe("a user id", () => {
  test.each(["4", "a b:c/d", "สมชาย", "x".repeat(128), "🙂"])("may be %j", (id) => {
    expect(userId.safeParse(id).success).toBe(true);
  });

  test.each([
    ["empty", ""],
    ["too long", "x".repeat(129)],
    ["a line break", "a\nb"],
    ["a control character of the second block", "a\u0085b"],
    ["half a character", "a\ud800"],
  ])("may not be %s", (_, id) => {
    expect(userId.safeParse(id).success).toBe(false);
  });
});

test("roles are lower-cased", () => {
  expect(identitySchema.parse({ ...identity, roles: ["DTAM_ADMIN"] }).roles).toEqual(["dtam_admin"]);
});

test("an identity fits up to the limit in bytes, not in characters", () => {
  const named = { ...identity, name: "ก".repeat(10) };
  const bytes = new TextEncoder().encode(JSON.stringify(named)).byteLength;
  expect(bytes).toBeGreaterThan(JSON.stringify(named).length);
  expect(identityFits(named, { MAX_IDENTITY_BYTES: bytes })).toBe(true);
  expect(identityFits(named, { MAX_IDENTITY_BYTES: bytes - 1 })).toBe(false);
});
