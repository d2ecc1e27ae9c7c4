import type { JWTPayload } from "jose";
import { afterEach, describe, expect, test, vi } from "vitest";
import { issueTicket } from "../../src/auth/ticket.ts";
import { verifyUserToken } from "../../src/auth/user-token.ts";
import { configured } from "./configured.ts";
import { Provider, providerKey } from "./provider.ts";
import { refusalOf } from "./refused.ts";
import { NOW, NOW_SECONDS, signed } from "./signed.ts";

const settings = configured({ JWT_ISSUER: "https://id.example", JWT_AUDIENCE: "carillon" });
const good = { sub: "42", iss: "https://id.example", aud: "carillon", exp: NOW_SECONDS + 600 };

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("a good token", () => {
  test("names the user", async () => {
    const token = await signed({ ...good, role: "DTAM_ADMIN", clinicId: 7, name: "สมหญิง" });
    expect(await verifyUserToken(token, settings, NOW)).toEqual({
      userId: "42",
      roles: ["dtam_admin"],
      tenants: ["7"],
      grants: [],
      name: "สมหญิง",
      issuedAt: 0,
      expiresAt: NOW + 600_000,
    });
  });

  test("may be signed with any of the secrets", async () => {
    for (const secret of ["first-secret-of-the-test", "second-secret-of-the-test"]) {
      const { userId } = await verifyUserToken(await signed(good, secret), settings, NOW);
      expect(userId).toBe("42");
    }
  });

  test("may have several audiences", async () => {
    const token = await signed({ ...good, aud: ["shop", "carillon"] });
    expect((await verifyUserToken(token, settings, NOW)).userId).toBe("42");
  });

  test("needs neither issuer nor audience where none is set", async () => {
    expect((await verifyUserToken(await signed({ sub: "1" }), configured(), NOW)).userId).toBe("1");
  });

  test("may be off by the clock tolerance and no more", async () => {
    const early = await signed({ ...good, nbf: NOW_SECONDS + 5 });
    await expect(verifyUserToken(early, settings, NOW)).resolves.toBeDefined();
    const late = await signed({ ...good, exp: NOW_SECONDS - 4 });
    await expect(verifyUserToken(late, settings, NOW)).resolves.toBeDefined();
    const tooLate = await signed({ ...good, exp: NOW_SECONDS - 5 });
    expect((await refusalOf(verifyUserToken(tooLate, settings, NOW))).code).toBe("token_expired");
  });
});

describe("a bad token", () => {
  const wellFormed = "The token is not a well-formed JWT.";
  const algorithm = "The token's algorithm is not accepted.";
  const signature = "The token's signature does not fit any key.";

  const expired = async () => signed({ ...good, exp: NOW_SECONDS - 60 });
  const notYetValid = async () => signed({ ...good, nbf: NOW_SECONDS + 60 });
  const wrongAudience = async () => signed({ ...good, aud: "somebody-else" });
  const noAudience = async () => signed({ sub: "42", iss: good.iss, exp: good.exp });
  const wrongIssuer = async () => signed({ ...good, iss: "https://evil.example" });
  const wrongSecret = async () => signed(good, "some-other-secret");
  const textAsExpiry = async () => signed(JSON.parse(JSON.stringify({ ...good, exp: "tomorrow" })));
  const unsigned = async () => `${encoded({ alg: "none" })}.${encoded(good)}.`;
  const unsignedInCapitals = async () => `${encoded({ alg: "NONE" })}.${encoded(good)}.`;
  const noAlgorithm = async () => replaced(await signed(good), 0, encoded({ typ: "JWT" }));
  const algorithmIsNumber = async () => replaced(await signed(good), 0, encoded({ alg: 256 }));
  const otherHash = async () => signed(good, "first-secret-of-the-test".repeat(3), { alg: "HS512" });
  const asymmetricWithoutProvider = async () => (await providerKey("ES256", "k")).sign(good);
  const changedPayload = async () => replaced(await signed(good), 1, encoded({ ...good, sub: "1" }));
  const noSignature = async () => replaced(await signed(good), 2, "");
  const truncated = async () => (await signed(good)).slice(0, -11);
  const twoParts = async () => (await signed(good)).split(".").slice(0, 2).join(".");
  const fiveParts = async () => `${await signed(good)}.a.b`;
  const ticket = async () => {
    const identity = {
      userId: "42",
      roles: [],
      tenants: [],
      grants: [],
      issuedAt: 0,
      expiresAt: NOW + 60_000,
    };
    return (await issueTicket(identity, settings, NOW)).token;
  };
  const ticketByName = async () => signed(good, undefined, { typ: "application/Carillon-Ticket+JWT" });

  test.each<[string, () => Promise<string>, string, string]>([
    ["expired", expired, "token_expired", '"exp" claim timestamp check failed'],
    ["not yet valid", notYetValid, "unauthorized", '"nbf" claim timestamp check failed'],
    ["for another audience", wrongAudience, "unauthorized", 'unexpected "aud" claim value'],
    ["for no audience", noAudience, "unauthorized", 'missing required "aud" claim'],
    ["of another issuer", wrongIssuer, "unauthorized", 'unexpected "iss" claim value'],
    ["with an expiry that is text", textAsExpiry, "unauthorized", '"exp" claim must be a number'],
    ["of another secret", wrongSecret, "unauthorized", signature],
    ["with another payload", changedPayload, "unauthorized", signature],
    ["with an empty signature", noSignature, "unauthorized", signature],
    ["truncated", truncated, "unauthorized", signature],
    ["not signed (alg none)", unsigned, "unauthorized", algorithm],
    ["not signed (alg NONE)", unsignedInCapitals, "unauthorized", algorithm],
    ["without an algorithm", noAlgorithm, "unauthorized", algorithm],
    ["with a number for algorithm", algorithmIsNumber, "unauthorized", algorithm],
    ["signed with HS512", otherHash, "unauthorized", algorithm],
    ["of a provider where there is none", asymmetricWithoutProvider, "unauthorized", algorithm],
    ["two parts", twoParts, "unauthorized", wellFormed],
    ["five parts", fiveParts, "unauthorized", wellFormed],
    ["empty", async () => "", "unauthorized", wellFormed],
    ["garbage", async () => "garbage", "unauthorized", wellFormed],
    ["dots", async () => "..", "unauthorized", wellFormed],
    ["not ASCII", async () => "ก.ข.ค", "unauthorized", wellFormed],
    ["a ticket", ticket, "unauthorized", "A ticket cannot stand for a user's token."],
    ["a ticket by name", ticketByName, "unauthorized", "A ticket cannot stand for a user's token."],
  ])("is refused: %s", async (_, make, code, detail) => {
    const token = await make();
    expect(await refusalOf(verifyUserToken(token, settings, NOW))).toEqual({ code, detail });
  });

  test("is refused wherever it is cut, and never repeated", async () => {
    const token = await signed({ ...good, name: "a-name-to-keep" });
    for (let length = 0; length < token.length; length += 1) {
      const cut = token.slice(0, length);
      const { code, detail } = await refusalOf(verifyUserToken(cut, settings, NOW));
      expect(code).toBe("unauthorized");
      for (const part of cut.split(".")) {
        if (part.length > 3) expect(detail).not.toContain(part);
      }
    }
  });

  test("is refused when a claim does not fit, without its value", async () => {
    const token = await signed({ ...good, sub: "user\u0000" });
    const { code, detail } = await refusalOf(verifyUserToken(token, settings, NOW));
    expect([code, detail]).toEqual([
      "unauthorized",
      'The claim "sub" does not fit: A user id has no control characters.',
    ]);
  });
});

describe("with an identity provider", () => {
  test.each(["RS256", "ES256", "EdDSA"])("a token signed with %s names the user", async (alg) => {
    const key = await providerKey(alg, "k1");
    const provider = new Provider(key);
    const trusting = configured({
      JWT_SECRET: "",
      TICKET_SECRET: "t".repeat(32),
      JWKS_URL: provider.address,
    });
    expect((await verifyUserToken(await key.sign(good), trusting, NOW)).userId).toBe("42");
    expect((await verifyUserToken(await key.sign(good), trusting, NOW)).userId).toBe("42");
    expect(provider.fetches).toBe(1);
  });

  test("a token without a key id is tried with each key", async () => {
    const keys = [await providerKey("ES256", "a"), await providerKey("ES256", "b")];
    const provider = new Provider(...keys);
    const trusting = configured({ JWKS_URL: provider.address });
    for (const key of keys) {
      const token = await key.signUnnamed(good);
      expect((await verifyUserToken(token, trusting, NOW)).userId).toBe("42");
    }
  });

  test("secrets serve beside it, each for its own algorithm", async () => {
    const key = await providerKey("RS256", "k1");
    const trusting = configured({ JWKS_URL: new Provider(key).address });
    expect((await verifyUserToken(await signed(good), trusting, NOW)).userId).toBe("42");
    expect((await verifyUserToken(await key.sign(good), trusting, NOW)).userId).toBe("42");
  });

  test("a public key never serves as a secret", async () => {
    const key = await providerKey("RS256", "k1");
    const provider = new Provider(key);
    const forged = await signed(good, key.pem, { kid: "k1" });
    for (const JWT_SECRET of ["", "first-secret-of-the-test"]) {
      const trusting = configured({ JWT_SECRET, TICKET_SECRET: "t".repeat(32), JWKS_URL: provider.address });
      expect((await refusalOf(verifyUserToken(forged, trusting, NOW))).code).toBe("unauthorized");
    }
    expect(provider.fetches).toBe(0);
  });

  test.each<[string, JWTPayload, string]>([
    ["expired", { ...good, exp: NOW_SECONDS - 60 }, "token_expired"],
    ["for another audience", { ...good, aud: "x" }, "unauthorized"],
  ])("its token is refused when %s", async (_, claims, code) => {
    const key = await providerKey("ES256", "k1");
    const trusting = configured({ JWKS_URL: new Provider(key).address, JWT_AUDIENCE: "carillon" });
    expect((await refusalOf(verifyUserToken(await key.sign(claims), trusting, NOW))).code).toBe(code);
  });

  test("a token of a stranger with a known key id is refused", async () => {
    const trusting = configured({ JWKS_URL: new Provider(await providerKey("ES256", "k1")).address });
    const token = await (await providerKey("ES256", "k1")).sign(good);
    expect(await refusalOf(verifyUserToken(token, trusting, NOW))).toEqual({
      code: "unauthorized",
      detail: "The token's signature does not fit any key.",
    });
  });

  test("RS384 is refused without asking the provider", async () => {
    const provider = new Provider();
    const trusting = configured({ JWKS_URL: provider.address });
    const token = await (await providerKey("RS384", "k1")).sign(good);
    expect((await refusalOf(verifyUserToken(token, trusting, NOW))).code).toBe("unauthorized");
    expect(provider.fetches).toBe(0);
  });

  test("an unreachable provider is `unavailable`, not a bad token", async () => {
    const key = await providerKey("ES256", "k1");
    const provider = new Provider(key);
    provider.respond = () => Promise.reject(new TypeError("Network connection lost."));
    const trusting = configured({ JWKS_URL: provider.address });
    expect((await refusalOf(verifyUserToken(await key.sign(good), trusting, NOW))).code).toBe("unavailable");
  });
});

function encoded(value: object): string {
  return btoa(JSON.stringify(value)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

function replaced(token: string, index: number, part: string): string {
  return token.split(".").with(index, part).join(".");
}
