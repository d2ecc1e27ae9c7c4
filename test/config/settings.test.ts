import { describe, expect, test } from "vitest";
import {
  parseSettings,
  readSettings,
  type Settings,
  settingsOf,
  settingsTable,
} from "../../src/config/settings.ts";

const secrets = { JWT_SECRET: "a-secret-of-the-test", PUBLISH_KEYS: "shop:key-of-the-shop" };

function settings(environment: Readonly<Record<string, unknown>>): Settings {
  const result = parseSettings(environment);
  if (result.ok) return result.settings;
  throw new Error(`Refused: ${JSON.stringify(result.problems)}`);
}

function refused(environment: Readonly<Record<string, unknown>>): string[] {
  const result = parseSettings(environment);
  return result.ok ? [] : result.problems.map(({ name }) => name);
}

describe("the table of settings", () => {
  test.each(Object.entries(settingsTable))(
    "%s has a unit, a reason and a default that fits",
    (name, about) => {
      expect(name).toMatch(/^[A-Z][A-Z_]*$/);
      expect(about.unit).not.toBe("");
      expect(about.reason).toMatch(/\.$/);
      expect(about.schema.safeParse(undefined).success).toBe(true);
      expect(about.schema.safeParse(String(about.default)).success).toBe(true);
    },
  );
});

describe("settings", () => {
  test("are their defaults where nothing is said", () => {
    expect(settings(secrets)).toMatchObject({
      ENVIRONMENT: "production",
      JWT_SECRET: ["a-secret-of-the-test"],
      PUBLISH_KEYS: ["shop:key-of-the-shop"],
      TICKET_SECRET: [],
      CLAIM_USER: ["sub", "userId"],
      COOKIE_NAME: "token",
      ALLOWED_ORIGINS: [],
      JWT_CLOCK_TOLERANCE_SECONDS: 5,
      MAX_FRAME_BYTES: 10_240,
      MAX_BODY_BYTES: 1_048_576,
      MAX_DATA_BYTES: 65_536,
      MAX_BATCH: 100,
    });
  });

  test("have the limits that the designs of elsewhere count on", () => {
    expect(settings(secrets)).toMatchObject({
      HEARTBEAT_SECONDS: 25,
      DEAD_SECONDS: 60,
      MAX_CONNECTIONS_PER_USER: 5,
      MAX_CONNECTIONS: 10_000,
      WARN_CONNECTIONS: 10_000,
      MESSAGES_PER_WINDOW: 1000,
      MESSAGE_WINDOW_SECONDS: 15 * 60,
      MAX_FRAME_BYTES: 10 * 1024,
      HMAC_TICKET_SECONDS: 10 * 60,
      INBOX_DAYS: 90,
      PUBLISH_ATTEMPTS: 3,
      REMEMBERED_IDS: 1000,
    });
  });

  test("take an empty text for nothing said", () => {
    expect(settings({ ...secrets, ENVIRONMENT: "", MAX_BATCH: "", CLAIM_USER: "" })).toMatchObject({
      ENVIRONMENT: "production",
      MAX_BATCH: 100,
      CLAIM_USER: ["sub", "userId"],
    });
  });

  test("split lists at commas and forget the empty ones", () => {
    const { JWT_SECRET, ALLOWED_ORIGINS } = settings({
      ...secrets,
      JWT_SECRET: " one-secret , other-secret,,",
      ALLOWED_ORIGINS: "https://a.example,https://b.example",
    });
    expect(JWT_SECRET).toEqual(["one-secret", "other-secret"]);
    expect(ALLOWED_ORIGINS).toEqual(["https://a.example", "https://b.example"]);
  });

  test("take numbers as text, as variables are, and as numbers", () => {
    expect(settings({ ...secrets, MAX_BATCH: "7" }).MAX_BATCH).toBe(7);
    expect(settings({ ...secrets, MAX_BATCH: 8 }).MAX_BATCH).toBe(8);
  });

  test("ignore bindings and variables that they do not know", () => {
    expect(refused({ ...secrets, USERS: {}, SOMETHING: "x" })).toEqual([]);
  });

  test.each<[string, Record<string, unknown>, string[]]>([
    ["nothing at all", {}, ["JWT_SECRET", "PUBLISH_KEYS"]],
    ["no JWT_SECRET", { PUBLISH_KEYS: secrets.PUBLISH_KEYS }, ["JWT_SECRET"]],
    ["commas for a JWT_SECRET", { ...secrets, JWT_SECRET: ", ," }, ["JWT_SECRET"]],
    ["no PUBLISH_KEYS", { JWT_SECRET: secrets.JWT_SECRET }, ["PUBLISH_KEYS"]],
    ["a key without a name", { ...secrets, PUBLISH_KEYS: "key-of-the-shop" }, ["PUBLISH_KEYS"]],
    ["a key with an empty name", { ...secrets, PUBLISH_KEYS: ":key-of-the-shop" }, ["PUBLISH_KEYS"]],
    ["a key of 7 characters", { ...secrets, PUBLISH_KEYS: "shop:1234567" }, ["PUBLISH_KEYS"]],
    [
      "a bad key after a good one",
      { ...secrets, PUBLISH_KEYS: `${secrets.PUBLISH_KEYS},x` },
      ["PUBLISH_KEYS"],
    ],
    [
      "a provider but nothing to sign tickets",
      { PUBLISH_KEYS: secrets.PUBLISH_KEYS, JWKS_URL: "https://id.example/jwks" },
      ["TICKET_SECRET"],
    ],
    ["another environment", { ...secrets, ENVIRONMENT: "staging" }, ["ENVIRONMENT"]],
    ["a limit that is no number", { ...secrets, MAX_BATCH: "many" }, ["MAX_BATCH"]],
    ["a limit that is a fraction", { ...secrets, MAX_BATCH: "1.5" }, ["MAX_BATCH"]],
    ["a limit below its range", { ...secrets, MAX_BATCH: "0" }, ["MAX_BATCH"]],
    ["a limit above its range", { ...secrets, MAX_BATCH: "1001" }, ["MAX_BATCH"]],
    ["a time zone that does not exist", { ...secrets, TIME_ZONE: "Asia/Nowhere" }, ["TIME_ZONE"]],
    ["blanks for a limit", { ...secrets, MAX_BATCH: "  " }, ["MAX_BATCH"]],
    ["an object for a secret", { ...secrets, JWT_SECRET: {} }, ["JWT_SECRET"]],
    [
      "several at once",
      { ENVIRONMENT: "x", MAX_BATCH: "x", LOG_DAYS: "x" },
      ["ENVIRONMENT", "MAX_BATCH", "LOG_DAYS"],
    ],
    ["a dev-only- secret", { ...secrets, JWT_SECRET: "dev-only-x" }, ["JWT_SECRET"]],
    [
      "a dev-only- secret among good ones",
      { ...secrets, JWT_SECRET: "good-secret,dev-only-x" },
      ["JWT_SECRET"],
    ],
    ["a dev-only- key", { ...secrets, PUBLISH_KEYS: "dev:dev-only-publish-key" }, ["PUBLISH_KEYS"]],
    ["a dev-only- ticket secret", { ...secrets, TICKET_SECRET: "dev-only-x" }, ["TICKET_SECRET"]],
  ])("refuse %s", (_, environment, names) => {
    expect(refused(environment)).toEqual(names);
  });

  test("take dev-only- secrets in development", () => {
    expect(
      refused({
        ENVIRONMENT: "development",
        JWT_SECRET: "dev-only-secret",
        PUBLISH_KEYS: "dev:dev-only-publish-key",
        TICKET_SECRET: "dev-only-tickets",
      }),
    ).toEqual([]);
  });

  test("work with a provider's keys and a ticket secret, without JWT_SECRET", () => {
    const environment = { JWKS_URL: "https://id.example/jwks", TICKET_SECRET: "secret-for-tickets" };
    expect(refused({ PUBLISH_KEYS: secrets.PUBLISH_KEYS, ...environment })).toEqual([]);
  });

  test("never tell a value when they are refused", () => {
    const values = ["SENSITIVE1", "SENSITIVE2", "SENSITIVE3", "SENSITIVE4"];
    const result = parseSettings({
      ENVIRONMENT: values[0],
      JWT_SECRET: `dev-only-${values[1]}`,
      PUBLISH_KEYS: values[2],
      MAX_BATCH: values[3],
    });
    for (const value of values) expect(JSON.stringify(result)).not.toContain(value);
    const secretsOnly = parseSettings({ JWT_SECRET: `dev-only-${values[1]}`, PUBLISH_KEYS: values[2] });
    expect(secretsOnly.ok).toBe(false);
    for (const value of values) expect(JSON.stringify(secretsOnly)).not.toContain(value);
  });

  test("are read once for each environment", () => {
    const env = { ...secrets };
    expect(readSettings(env)).toBe(readSettings(env));
    expect(readSettings({ ...secrets })).not.toBe(readSettings(env));
    expect(settingsOf(env).MAX_BATCH).toBe(100);
  });

  test("are not there for objects while something is missing, and the message names what", () => {
    expect(() => settingsOf({})).toThrow("Not configured: JWT_SECRET, PUBLISH_KEYS");
  });
});
