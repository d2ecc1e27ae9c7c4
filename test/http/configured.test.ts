import { describe, expect, test } from "vitest";
import { askWith, ORIGIN, posted, problemOf, publisher } from "./service.ts";

const routes: [string, string][] = [
  ["GET", "/"],
  ["GET", "/connect"],
  ["GET", "/rooms/room:1/connect"],
  ["POST", "/publish"],
  ["POST", "/auth/ticket"],
  ["POST", "/dev/token"],
  ["POST", "/dev/publish"],
  ["GET", "/nothing-here"],
  ["OPTIONS", "/publish"],
];

describe("a service that is not configured", () => {
  test.each(routes)("answers %s %s with 503, naming what is missing", async (method, path) => {
    const response = await askWith({ JWT_SECRET: "", PUBLISH_KEYS: undefined }, path, {
      method,
      headers: { ...publisher, Origin: ORIGIN },
    });
    expect(response.headers.get("Retry-After")).toBe("5");
    const { code, detail, issues } = await problemOf(response);
    expect([code, detail]).toEqual([
      "not_configured",
      "These settings need attention: JWT_SECRET, PUBLISH_KEYS.",
    ]);
    expect(issues?.map(({ path }) => path)).toEqual(["JWT_SECRET", "PUBLISH_KEYS"]);
  });

  test.each<[string, Record<string, string>, string[]]>([
    ["dev-only- secrets in production", { ENVIRONMENT: "production" }, ["JWT_SECRET", "PUBLISH_KEYS"]],
    ["no environment, which is production", { ENVIRONMENT: "" }, ["JWT_SECRET", "PUBLISH_KEYS"]],
    [
      "a dev-only- ticket secret in production",
      {
        ENVIRONMENT: "production",
        JWT_SECRET: "SENSITIVE-jwt",
        PUBLISH_KEYS: "shop:SENSITIVE-key",
        TICKET_SECRET: "dev-only-SENSITIVE",
      },
      ["TICKET_SECRET"],
    ],
    ["a misspelt environment", { ENVIRONMENT: "SENSITIVE" }, ["ENVIRONMENT"]],
    ["a limit that is no number", { MAX_BATCH: "SENSITIVE" }, ["MAX_BATCH"]],
    ["a key without a name", { PUBLISH_KEYS: "SENSITIVE-key-of-a-shop" }, ["PUBLISH_KEYS"]],
  ])("names the settings and never a value: %s", async (_, vars, names) => {
    const response = await askWith(vars, "/publish", posted({}, publisher));
    const problem = await problemOf(response);
    expect(problem.code).toBe("not_configured");
    expect([...new Set(problem.issues?.map(({ path }) => path))]).toEqual(names);
    expect(JSON.stringify(problem)).not.toContain("SENSITIVE");
    expect(JSON.stringify(problem)).not.toContain("dev-only-secret");
  });

  test("answers a WebSocket request with 503 too", async () => {
    const response = await askWith({ JWT_SECRET: "" }, "/connect", { headers: { Upgrade: "websocket" } });
    expect((await problemOf(response)).code).toBe("not_configured");
  });
});
