import { describe, expect, test } from "vitest";
import { ask, askWith, ORIGIN } from "./service.ts";

describe("/health", () => {
  test("says that the service can work", async () => {
    const response = await ask("/health");
    expect(response.status).toBe(200);
    expect(response.headers.get("Cache-Control")).toBe("no-store");
    expect(await response.json()).toEqual({
      ok: true,
      name: "carillon",
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      environment: "development",
      configured: true,
    });
  });

  test("says what is missing, never a value", async () => {
    const vars = { JWT_SECRET: "", PUBLISH_KEYS: "SENSITIVE" };
    const response = await askWith(vars, "/health", { headers: { Origin: ORIGIN } });
    const text = await response.text();
    expect(response.status).toBe(503);
    expect(text).not.toContain("SENSITIVE");
    expect(JSON.parse(text)).toMatchObject({
      ok: false,
      configured: false,
      problems: [{ name: "JWT_SECRET" }, { name: "PUBLISH_KEYS" }],
    });
  });
});
