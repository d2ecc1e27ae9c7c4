import type { JWTPayload } from "jose";
import { beforeEach, describe, expect, test } from "vitest";
import { claimsOf } from "../../src/auth/verified-claims.ts";
import { type Settings, settingsOf } from "../../src/config/settings.ts";

const NOW = 1_800_000_000_000;
const MINUTE = 60_000;

let settings: Settings;
let verifications: number;

beforeEach(() => {
  settings = settingsOf({
    ENVIRONMENT: "development",
    JWT_SECRET: "dev-only-secret",
    PUBLISH_KEYS: "dev:dev-only-key",
  });
  verifications = 0;
});

/** Asks for a token's claims at a time. */
const ask = (token: string, now: number, claims: JWTPayload = { sub: "42" }) =>
  claimsOf(token, settings, now, async () => {
    verifications += 1;
    return claims;
  });

describe("a token that was verified", () => {
  test("is not verified again within a minute", async () => {
    expect(await ask("a", NOW)).toEqual({ sub: "42" });
    expect(await ask("a", NOW + MINUTE - 1, { sub: "43" })).toEqual({ sub: "42" });
    expect(verifications).toBe(1);
  });

  test("is verified again after that, and not taken for earlier than it was", async () => {
    await ask("a", NOW);
    await ask("a", NOW + MINUTE);
    await ask("a", NOW - 1);
    expect(verifications).toBe(3);
  });

  test("is verified again once it has ended", async () => {
    const claims = { exp: NOW / 1000 + 10 };
    await ask("a", NOW, claims);
    await ask("a", NOW + 9999, claims);
    expect(verifications).toBe(1);
    await ask("a", NOW + 10_000, claims);
    expect(verifications).toBe(2);
  });

  test("says nothing of another token, nor under other settings", async () => {
    await ask("a", NOW);
    await ask("b", NOW);
    settings = { ...settings };
    await ask("a", NOW);
    expect(verifications).toBe(3);
  });

  test("gives way to newer ones when there are a thousand", async () => {
    for (let n = 0; n <= 1000; n++) await ask(`token-${n}`, NOW);
    await ask("token-1", NOW);
    expect(verifications).toBe(1001);
    await ask("token-0", NOW);
    expect(verifications).toBe(1002);
  });
});

test("a token that is refused is refused each time", async () => {
  const refuse = async () => {
    verifications += 1;
    throw new Error("Not well signed.");
  };
  for (let time = 0; time < 2; time++) {
    await expect(claimsOf("bad", settings, NOW, refuse)).rejects.toThrow("Not well signed.");
  }
  expect(verifications).toBe(2);
});
