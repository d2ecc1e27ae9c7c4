import { describe, expect, test } from "vitest";
import { ask, problemOf, publisher } from "./service.ts";

describe("the routes", () => {
  test.each<[string, string, string]>([
    ["POST", "/health", "GET"],
    ["DELETE", "/health", "GET"],
    ["POST", "/connect", "GET"],
    ["PUT", "/connect", "GET"],
    ["POST", "/rooms/room:1/connect", "GET"],
    ["DELETE", "/rooms/room:1", "GET"],
    ["GET", "/publish", "POST"],
    ["PUT", "/publish", "POST"],
    ["DELETE", "/publish", "POST"],
    ["PATCH", "/publish", "POST"],
    ["GET", "/auth/ticket", "POST"],
    ["GET", "/dev/token", "POST"],
    ["GET", "/dev/publish", "POST"],
  ])("%s %s is 405, and says what is allowed", async (method, path, allowed) => {
    const response = await ask(path, { method, headers: publisher });
    expect((await problemOf(response)).code).toBe("method_not_allowed");
    expect(response.headers.get("Allow")?.split(", ")).toContain(allowed);
  });

  test.each<[string, string]>([
    ["GET", "/nothing-here"],
    ["GET", "/publish/"],
    ["GET", "/PUBLISH"],
    ["GET", "/rooms"],
    ["GET", "/rooms/room:1/nothing"],
    ["GET", "/dev"],
    ["GET", "/dev/nothing"],
    ["POST", "/"],
    ["POST", "/nothing-here"],
    ["DELETE", "/index.html"],
    ["GET", "/..%2f..%2fetc%2fpasswd"],
    ["GET", "/%"],
    ["GET", "/%E0%B8"],
    ["POST", "/__proto__"],
    // Where services that were here before had their doors.
    ["GET", "/ws"],
    ["GET", "/socket.io/"],
    ["GET", "/api/ws/auth"],
    ["POST", "/broadcast"],
    ["POST", "/api/trigger-notification"],
  ])("%s %s is 404", async (method, path) => {
    expect((await problemOf(await ask(path, { method }))).code).toBe("not_found");
  });

  test("answer HEAD like GET, without the body", async () => {
    const response = await ask("/health", { method: "HEAD" });
    expect([response.status, await response.text()]).toEqual([200, ""]);
  });
});
