import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test, vi } from "vitest";
import { app } from "../../src/http/app.ts";
import { DeadLetterObject } from "../../src/objects/dead-letter-object.ts";
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
      enabled: true,
      objects: "answering",
      settings: [
        "ENVIRONMENT",
        "JWT_SECRET",
        "LOG_LEVEL",
        "METRICS_SECONDS",
        "PRESENCE_CHANNELS",
        "PUBLISH_KEYS",
      ],
      bindings: expect.arrayContaining([
        "ASSETS",
        "AUDIENCE",
        "DEAD_LETTERS",
        "DELIVERIES",
        "ROOMS",
        "USERS",
      ]),
    });
  });

  test("says that the kill switch is on", async () => {
    const response = await askWith({ REALTIME_ENABLED: "false" }, "/health");
    expect(await response.json()).toMatchObject({ ok: true, enabled: false });
  });

  test("asks an object, and is not well where none answers", async () => {
    const reported = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const answer = vi.spyOn(DeadLetterObject.prototype, "answer").mockRejectedValueOnce(new Error("broken"));
    // The answer of a moment ago would count for the same binding.
    const DEAD_LETTERS = { getByName: (name: string) => env.DEAD_LETTERS.getByName(name) };
    const request = new Request(`${ORIGIN}/health`);
    const response = await app.fetch(request, { ...env, DEAD_LETTERS }, createExecutionContext());
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ ok: false, configured: true, objects: "not answering" });
    expect(answer).toHaveBeenCalledOnce();
    expect(reported.mock.calls.join()).toContain("broken");
    vi.restoreAllMocks();
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
