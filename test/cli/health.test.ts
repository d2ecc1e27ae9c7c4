import { expect, test } from "vitest";
import { execute } from "../../src/cli/command.ts";
import { health } from "../../src/cli/health.ts";
import { fakeService } from "./fake-service.ts";
import { freshSurroundings } from "./surroundings.ts";

test("tells of a service that is well", async () => {
  const service = await fakeService(() => ({
    status: 200,
    body: {
      ok: true,
      name: "carillon",
      version: "0.1.0",
      environment: "development",
      configured: true,
      enabled: false,
      objects: "answering",
      settings: ["JWT_SECRET", "PUBLISH_KEYS"],
      bindings: ["USERS"],
    },
  }));
  const surroundings = freshSurroundings();
  expect(await execute(health, ["--url", service.url], surroundings)).toBe(0);
  expect(service.asked).toMatchObject([{ method: "GET", path: "/health" }]);
  expect(surroundings.printed.join("\n")).toContain(`carillon 0.1.0 at ${service.url}/ is well`);
  expect(surroundings.printed.join("\n")).toContain("environment  development");
  expect(surroundings.printed).toContain("  realtime     off: clients poll (REALTIME_ENABLED)");
  expect(surroundings.printed).toContain("  objects      answering");
  expect(surroundings.printed).toContain("  settings     JWT_SECRET, PUBLISH_KEYS");
  expect(surroundings.printed).toContain("  bindings     USERS");
});

test("names the settings that a service lacks, and ends with 1", async () => {
  const problems = [{ name: "JWT_SECRET", message: "Set JWT_SECRET or JWKS_URL." }];
  const service = await fakeService(() => ({
    status: 503,
    body: { ok: false, name: "carillon", version: "0.1.0", problems },
  }));
  const surroundings = freshSurroundings();
  expect(await execute(health, ["--url", service.url], surroundings)).toBe(1);
  expect(surroundings.complained).toEqual(["  JWT_SECRET: Set JWT_SECRET or JWKS_URL."]);
});

test("ends with 1 where something else answers", async () => {
  const service = await fakeService(() => ({ status: 404, body: "nothing here" }));
  const surroundings = freshSurroundings();
  expect(await execute(health, ["--url", service.url], surroundings)).toBe(1);
  expect(surroundings.complained.join()).toContain("status 404");
});
