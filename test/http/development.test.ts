import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { verifyUserToken } from "../../src/auth/user-token.ts";
import { settingsOf } from "../../src/config/settings.ts";
import { ask, askWith, fresh, posted, problemOf } from "./service.ts";

const production = {
  ENVIRONMENT: "production",
  JWT_SECRET: "a-secret-for-production",
  PUBLISH_KEYS: "shop:a-key-for-production",
};
const granted = z.strictObject({ token: z.string(), userId: z.string(), expiresAt: z.number() });

describe("the routes for development", () => {
  test.each<[string, string]>([
    ["POST", "/dev/token"],
    ["POST", "/dev/publish"],
    ["GET", "/dev/token"],
    ["PUT", "/dev/publish"],
    ["POST", "/dev/anything"],
    ["GET", "/dev"],
  ])("cannot be told from nothing in production: %s %s", async (method, path) => {
    const request = { method, headers: { "X-Request-Id": "r-1" } };
    const told = await askWith(production, path, request);
    const nothing = await askWith(production, "/nothing-here", request);
    expect([...told.headers]).toEqual([...nothing.headers]);
    expect(await problemOf(told)).toEqual(await problemOf(nothing));
  });

  test("give a token to whoever asks", async () => {
    const before = Date.now();
    const request = {
      userId: "สมหญิง",
      roles: ["ADMIN"],
      tenants: ["7"],
      name: "Ying",
      locale: "th",
      ttl: 60,
    };
    const { token, userId, expiresAt } = granted.parse(
      await (await ask("/dev/token", posted(request))).json(),
    );
    expect(userId).toBe("สมหญิง");
    expect(Math.abs(expiresAt - before - 60_000)).toBeLessThan(5000);
    expect(await verifyUserToken(token, settingsOf(env), Date.now())).toMatchObject({
      userId: "สมหญิง",
      roles: ["admin"],
      tenants: ["7"],
      name: "Ying",
      locale: "th",
    });
  });

  test.each<[string, unknown, string[]]>([
    ["no body", "", [""]],
    ["no user", {}, ["userId"]],
    ["an empty user", { userId: "" }, ["userId"]],
    ["a user of 129 characters", { userId: "u".repeat(129) }, ["userId"]],
    ["a user with a control character", { userId: "a\u0007" }, ["userId"]],
    ["a number for user", { userId: 42 }, ["userId"]],
    ["one role for a list", { userId: "42", roles: "admin" }, ["roles"]],
    ["a ttl of 0", { userId: "42", ttl: 0 }, ["ttl"]],
    ["an unknown field", { userId: "42", role: "admin" }, [""]],
  ])("refuse a token with %s", async (_, body, paths) => {
    const { code, issues } = await problemOf(await ask("/dev/token", posted(body)));
    expect([code, issues?.map(({ path }) => path)]).toEqual(["invalid_body", paths]);
  });

  test("publish without a key", async () => {
    const room = `room:${fresh("dev")}`;
    const response = await ask("/dev/publish", posted({ id: "e1", event: "x", to: { channels: [room] } }));
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      results: [
        {
          id: "e1",
          event: "x",
          targets: [{ channel: room, status: "stored", offset: 1, connections: 0, duplicate: false }],
        },
      ],
    });
  });
});
