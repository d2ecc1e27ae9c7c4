import type { JWTPayload } from "jose";
import { describe, expect, test } from "vitest";
import { identityFromClaims } from "../../src/auth/claims.ts";
import { CarillonError } from "../../src/protocol/errors.ts";
import { configured } from "./configured.ts";
import { NOW, NOW_SECONDS } from "./signed.ts";

const settings = configured();

describe("claims become an identity", () => {
  test("with everything that they say", () => {
    const claims = {
      sub: "farmer-1",
      roles: ["FARMER", "farmer", "Auditor"],
      tenants: ["north"],
      channels: ["admin:*"],
      name: "สมชาย ใจดี",
      email: "somchai@example.org",
      locale: "th-TH",
      iat: NOW_SECONDS - 60,
      exp: NOW_SECONDS + 600,
    };
    expect(identityFromClaims(claims, settings, NOW)).toEqual({
      userId: "farmer-1",
      roles: ["farmer", "auditor"],
      tenants: ["north"],
      grants: ["admin:*"],
      name: "สมชาย ใจดี",
      email: "somchai@example.org",
      locale: "th-TH",
      issuedAt: NOW - 60_000,
      expiresAt: NOW + 600_000,
    });
  });

  test("with no more than a user", () => {
    expect(identityFromClaims({ sub: "1" }, settings, NOW)).toEqual({
      userId: "1",
      roles: [],
      tenants: [],
      grants: [],
      issuedAt: 0,
      expiresAt: NOW + settings.SESSION_SECONDS * 1000,
    });
  });

  test.each<[string, JWTPayload, object]>([
    ["a user under userId", { userId: "u1" }, { userId: "u1" }],
    ["sub before userId", { userId: "second", sub: "first" }, { userId: "first" }],
    ["a number as user", { userId: 42 }, { userId: "42" }],
    ["zero as user", { userId: 0 }, { userId: "0" }],
    ["null for a claim that is not there", JSON.parse('{"sub":null,"userId":"u1"}'), { userId: "u1" }],
    ["one role as text", { sub: "1", role: "DTAM_ADMIN" }, { roles: ["dtam_admin"] }],
    ["roles before role", { sub: "1", role: "x", roles: ["Y"] }, { roles: ["y"] }],
    ["a clinic", { sub: "1", clinicId: 7 }, { tenants: ["7"] }],
    ["all tenants", { sub: "1", clinicId: 7, clinics: [7, "8"], tenants: "9" }, { tenants: ["9", "7", "8"] }],
    ["one channel as text", { sub: "1", channels: "room:lobby" }, { grants: ["room:lobby"] }],
  ])("from %s", (_, claims, part) => {
    expect(identityFromClaims(claims, settings, NOW)).toMatchObject(part);
  });

  test("by the names that the settings give them", () => {
    const named = configured({
      CLAIM_USER: "https://id.example/uid",
      CLAIM_ROLES: "groups",
      CLAIM_TENANTS: "org",
      CLAIM_CHANNELS: "may",
      CLAIM_NAME: "display",
      CLAIM_EMAIL: "mail",
      CLAIM_LOCALE: "lang",
    });
    const claims = {
      "https://id.example/uid": "u1",
      sub: "not this",
      groups: "A",
      org: "o1",
      may: ["public:x"],
      display: "Ann",
      mail: "a@b.c",
      lang: "vi",
    };
    expect(identityFromClaims(claims, named, NOW)).toMatchObject({
      userId: "u1",
      roles: ["a"],
      tenants: ["o1"],
      grants: ["public:x"],
      name: "Ann",
      email: "a@b.c",
      locale: "vi",
    });
  });
});

describe("the session ends", () => {
  test("with the token", () => {
    const { expiresAt } = identityFromClaims({ sub: "1", exp: NOW_SECONDS + 5 }, settings, NOW);
    expect(expiresAt).toBe(NOW + 5000);
  });

  test("after SESSION_SECONDS when the token lives longer", () => {
    const short = configured({ SESSION_SECONDS: "10" });
    for (const exp of [NOW_SECONDS + 11, Number.MAX_VALUE, Number.POSITIVE_INFINITY]) {
      expect(identityFromClaims({ sub: "1", exp }, short, NOW).expiresAt).toBe(NOW + 10_000);
    }
  });
});

describe("a claim that does not fit is refused by its name", () => {
  const secret = "do-not-repeat";
  test.each<[string, string, JWTPayload]>([
    ["a control character in the user", "sub", { sub: `${secret}\u0007` }],
    ["a user that is too long", "userId", { userId: secret.repeat(20) }],
    ["an empty user", "sub", { sub: "" }],
    ["a list of users", "sub", JSON.parse(`{"sub":["${secret}"]}`)],
    ["a number that is not exact", "userId", JSON.parse('{"userId":90071992547409931}')],
    ["a fraction", "userId", { userId: 1.5 }],
    ["a role that is an object", "role", { sub: "1", role: { secret } }],
    ["a role that is too long", "roles", { sub: "1", roles: [secret.repeat(9)] }],
    ["roles within roles", "roles", { sub: "1", roles: [["a"]] }],
    ["too many roles", "roles", { sub: "1", roles: Array.from({ length: 51 }, (_, n) => `r${n}`) }],
    ["a clinic that is true", "clinicId", { sub: "1", clinicId: true }],
    ["an empty channel", "channels", { sub: "1", channels: [""] }],
    ["a name that is too long", "name", { sub: "1", name: secret.repeat(30) }],
    ["an address that is a list", "email", { sub: "1", email: [secret] }],
    ["a locale that is too long", "locale", { sub: "1", locale: secret.repeat(3) }],
    ["an infinite iat", "iat", JSON.parse('{"sub":"1","iat":1e999}')],
  ])("%s: %s", (_, claim, claims) => {
    const error = thrownBy(() => identityFromClaims(claims, settings, NOW));
    expect(error.code).toBe("unauthorized");
    expect(error.message).toContain(`The claim "${claim}" does not fit`);
    expect(error.message).not.toContain(secret);
  });

  test("no user at all", () => {
    expect(thrownBy(() => identityFromClaims({ roles: ["a"] }, settings, NOW)).message).toBe(
      'The token says no user: the claim "sub" or "userId" is missing.',
    );
  });

  test("a name of Object.prototype is no claim", () => {
    const named = configured({ CLAIM_USER: "constructor,sub" });
    expect(identityFromClaims({ sub: "1" }, named, NOW).userId).toBe("1");
  });
});

test("claims that take more than MAX_IDENTITY_BYTES are refused", () => {
  const claims = { sub: "1", tenants: Array.from({ length: 200 }, (_, n) => `tenant-number-${n}-of-many`) };
  const error = thrownBy(() => identityFromClaims(claims, settings, NOW));
  expect([error.code, error.message]).toEqual([
    "unauthorized",
    "The token's claims take more than 4096 bytes.",
  ]);
});

function thrownBy(action: () => unknown): CarillonError {
  try {
    action();
  } catch (error) {
    if (error instanceof CarillonError) return error;
    throw error;
  }
  throw new Error("It was accepted, although it should be refused.");
}
