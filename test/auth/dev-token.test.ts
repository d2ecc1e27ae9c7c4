import { decodeJwt, decodeProtectedHeader } from "jose";
import { expect, test } from "vitest";
import { issueDevToken } from "../../src/auth/dev-token.ts";
import { verifyUserToken } from "../../src/auth/user-token.ts";
import { configured } from "./configured.ts";
import { refusalOf } from "./refused.ts";
import { NOW, NOW_SECONDS } from "./signed.ts";

test("a development token says what was asked for", async () => {
  const settings = configured({ JWT_ISSUER: "https://id.example", JWT_AUDIENCE: "carillon" });
  const asked = { userId: "42", roles: ["FARMER"], tenants: ["7"], name: "สมชาย", locale: "th", ttl: 60 };
  const { token, userId, expiresAt } = await issueDevToken(asked, settings, NOW);

  expect([userId, expiresAt]).toEqual(["42", NOW + 60_000]);
  expect(decodeProtectedHeader(token)).toEqual({ alg: "HS256", typ: "JWT" });
  expect(decodeJwt(token)).toEqual({
    sub: "42",
    roles: ["FARMER"],
    tenants: ["7"],
    name: "สมชาย",
    locale: "th",
    iss: "https://id.example",
    aud: "carillon",
    iat: NOW_SECONDS,
    exp: NOW_SECONDS + 60,
  });
  expect(await verifyUserToken(token, settings, NOW)).toEqual({
    userId: "42",
    roles: ["farmer"],
    tenants: ["7"],
    grants: [],
    name: "สมชาย",
    locale: "th",
    issuedAt: NOW,
    expiresAt,
  });
});

test("it needs no more than a user", async () => {
  const settings = configured();
  const { token, expiresAt } = await issueDevToken({ userId: "1" }, settings, NOW);
  expect(expiresAt).toBe(NOW + settings.SESSION_SECONDS * 1000);
  expect(await verifyUserToken(token, settings, NOW)).toMatchObject({ userId: "1", roles: [], tenants: [] });
});

test("it uses the claims that the settings name", async () => {
  const settings = configured({ CLAIM_USER: "uid", CLAIM_ROLES: "groups", CLAIM_TENANTS: "org" });
  const { token } = await issueDevToken({ userId: "1", roles: ["a"], tenants: ["o"] }, settings, NOW);
  expect(await verifyUserToken(token, settings, NOW)).toMatchObject({
    userId: "1",
    roles: ["a"],
    tenants: ["o"],
  });
});

test("it needs a secret to sign with", async () => {
  const settings = configured({
    JWT_SECRET: "",
    JWKS_URL: "https://id.example/jwks",
    TICKET_SECRET: "ticket-secret",
  });
  expect((await refusalOf(issueDevToken({ userId: "1" }, settings, NOW))).code).toBe("not_configured");
});
