import { describe, expect, test } from "vitest";
import { parseSettings, type SettingsResult } from "../../src/config/settings.ts";

function parse(limits: unknown, keys = "shop:key-of-the-shop,clinic:key-of-the-clinic"): SettingsResult {
  return parseSettings({ JWT_SECRET: "a-secret", PUBLISH_KEYS: keys, PUBLISH_KEY_LIMITS: limits });
}

function limitsIn(result: SettingsResult): unknown {
  return result.ok ? Object.fromEntries(result.settings.PUBLISH_KEY_LIMITS) : result.problems;
}

describe("PUBLISH_KEY_LIMITS", () => {
  test.each<[string, unknown]>([
    ["nothing", {}],
    ["channels", { clinic: { channels: ["clinic:7:*", "user:{userId}", "user:*", "announcements"] } }],
    ["events", { clinic: { events: ["QUEUE_UPDATE", "payment:confirmed"] } }],
    ["both, for several keys", { clinic: { channels: ["*"], events: ["x"] }, shop: { events: ["y"] } }],
  ])("limits %s, as text or as a table", (_, limits) => {
    expect(limitsIn(parse(JSON.stringify(limits)))).toEqual(limits);
    expect(limitsIn(parse(limits))).toEqual(limits);
  });

  test("limits nothing when it is empty or not there", () => {
    expect(limitsIn(parse(""))).toEqual({});
    expect(limitsIn(parse(undefined))).toEqual({});
  });

  test.each<[string, unknown]>([
    ["no JSON", "SENSITIVE"],
    ["half of it", '{"clinic":{"events":["SENSITIVE"]}'],
    ["a text", '"SENSITIVE"'],
    ["a list", '["SENSITIVE"]'],
    ["null", "null"],
    ["a number", 7],
    ["a list for a key", { clinic: ["SENSITIVE"] }],
    ["a text for a list", { clinic: { channels: "SENSITIVE" } }],
    ["an empty limit, which looks like one and is none", { clinic: {} }],
    ["an empty list", { clinic: { channels: [] } }],
    ["a misspelt list", { clinic: { channels: ["a"], event: ["SENSITIVE"] } }],
    ["a number for a pattern", { clinic: { channels: [7] } }],
    ["an empty pattern", { clinic: { channels: [""] } }],
    ["a pattern with an empty segment", { clinic: { channels: ["clinic::SENSITIVE"] } }],
    ["a pattern with a star in a word", { clinic: { channels: ["clinic:SENSITIVE*"] } }],
    ["a pattern with half a parameter", { clinic: { channels: ["user:{SENSITIVE"] } }],
    ["a pattern with a space", { clinic: { channels: ["SENSITIVE :1"] } }],
    ["a pattern of 201 characters", { clinic: { channels: ["x".repeat(201)] } }],
    ["an event with a star", { clinic: { events: ["SENSITIVE:*"] } }],
    ["an event with a space", { clinic: { events: ["SENSITIVE event"] } }],
    ["a limit for __proto__", '{"__proto__":{"channels":"SENSITIVE"}}'],
  ])("is a problem when it is %s, and nothing of it is told", (_, limits) => {
    for (const given of typeof limits === "object" ? [limits, JSON.stringify(limits)] : [limits]) {
      const result = parse(given);
      expect(result).toEqual({
        ok: false,
        problems: [
          {
            name: "PUBLISH_KEY_LIMITS",
            message: expect.stringMatching(/^It is \{"<name of a key>": /),
          },
        ],
      });
      expect(JSON.stringify(result)).not.toContain("SENSITIVE");
    }
  });

  test("is a problem when it limits a key that is not there, so that a misspelt name is noticed", () => {
    const limits = { SENSITIVE: { events: ["x"] } };
    expect(parse(limits)).toEqual({
      ok: false,
      problems: [{ name: "PUBLISH_KEY_LIMITS", message: "It limits a key that PUBLISH_KEYS does not name." }],
    });
    // A secret that was taken for a name is no name.
    expect(parse({ "key-of-the-shop": { events: ["x"] } }).ok).toBe(false);
  });

  test("limits keys of any name", () => {
    const result = parse('{"__proto__":{"events":["x"]}}', "__proto__:key-of-nobody");
    expect(result.ok && result.settings.PUBLISH_KEY_LIMITS.get("__proto__")).toEqual({ events: ["x"] });
  });
});

test.each([
  { name: "HMAC_TICKET_SECRET", value: "dev-only-secret", ok: false },
  { name: "HMAC_TICKET_SECRET", value: "real,dev-only-secret", ok: false },
  { name: "HMAC_TICKET_SECRET", value: "newer,older", ok: true },
  { name: "HMAC_TICKET_SECONDS", value: "4", ok: false },
  { name: "HMAC_TICKET_SECONDS", value: "86401", ok: false },
  { name: "HMAC_TICKET_SECONDS", value: "600", ok: true },
])("$name may be $value: $ok", ({ name, value, ok }) => {
  const environment = { JWT_SECRET: "a-secret", PUBLISH_KEYS: "shop:key-of-the-shop" };
  const result = parseSettings({ ...environment, [name]: value });
  expect(result.ok || result.problems.map((problem) => problem.name)).toEqual(ok || [name]);
});
