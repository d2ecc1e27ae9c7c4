import { describe, expect, test } from "vitest";
import { parseSettings } from "../../src/config/settings.ts";

const secrets = { JWT_SECRET: "a-secret-of-the-test", PUBLISH_KEYS: "shop:key-of-the-shop" };
const url = "https://backend.example/carillon";
const secret = "s".repeat(32);

/** Names of the settings that are refused. */
function refused(environment: Readonly<Record<string, string>>): string[] {
  const result = parseSettings({ ...secrets, ...environment });
  return result.ok ? [] : result.problems.map(({ name }) => name);
}

describe("the settings of webhooks", () => {
  test("are none by default", () => {
    expect(refused({})).toEqual([]);
    expect(refused({ WEBHOOK_SECRET: "short" })).toEqual([]);
  });

  test("take one secret of 32 bytes, and two during a rotation", () => {
    expect(refused({ WEBHOOK_URL: url, WEBHOOK_SECRET: secret })).toEqual([]);
    expect(refused({ WEBHOOK_URL: url, WEBHOOK_SECRET: `${secret},${"ก".repeat(11)}` })).toEqual([]);
  });

  test.each([
    ["no secret", ""],
    ["a short secret", "s".repeat(31)],
    ["one that is short beside one that is not", `${secret},short`],
    ["three secrets", [secret, secret, secret].join()],
    ["a secret for development", `dev-only-${secret}`],
  ])("refuse %s", (_, WEBHOOK_SECRET) => {
    expect(refused({ WEBHOOK_URL: url, WEBHOOK_SECRET })).toEqual(["WEBHOOK_SECRET"]);
  });

  test.each(["backend.example", "http://backend.example", "ftp://backend.example", "https://a:b@c.example"])(
    "refuse the address %s",
    (WEBHOOK_URL) => {
      expect(refused({ WEBHOOK_URL, WEBHOOK_SECRET: secret })).toEqual(["WEBHOOK_URL"]);
    },
  );

  test("take http:// in development alone", () => {
    const development = { ENVIRONMENT: "development", WEBHOOK_SECRET: `dev-only-${secret}` };
    expect(refused({ ...development, WEBHOOK_URL: "http://127.0.0.1:8000" })).toEqual([]);
  });

  test("tell no secret", () => {
    const result = parseSettings({ ...secrets, WEBHOOK_URL: url, WEBHOOK_SECRET: "SENSITIVE" });
    expect(JSON.stringify(result)).toContain("WEBHOOK_SECRET");
    expect(JSON.stringify(result)).not.toContain("SENSITIVE");
  });
});
