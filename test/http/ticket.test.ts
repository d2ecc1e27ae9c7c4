import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { verifyTicket } from "../../src/auth/ticket.ts";
import { settingsOf } from "../../src/config/settings.ts";
import { ask, fresh, ORIGIN, posted, problemOf, publisher, tokenOf } from "./service.ts";

const ticket = z.strictObject({
  url: z.string(),
  token: z.string(),
  userId: z.string(),
  expiresAt: z.number(),
});

async function bought(init: RequestInit, path = "/auth/ticket") {
  const response = await ask(path, init);
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
  return ticket.parse(await response.json());
}

const identityIn = (token: string) => verifyTicket(token, settingsOf(env), Date.now());

describe("a ticket", () => {
  test("is given to a publisher for the user it names", async () => {
    const now = Date.now();
    const request = {
      userId: "สมหญิง",
      roles: ["DTAM_ADMIN"],
      tenants: ["7"],
      channels: ["clinic:8:*"],
      name: "Ying",
      email: "ying@clinic.example",
      locale: "th",
    };
    const { url, token, userId, expiresAt } = await bought(posted(request, publisher));
    expect([url, userId]).toEqual(["wss://carillon.test/connect", "สมหญิง"]);
    expect(Math.abs(expiresAt - now - 60_000)).toBeLessThan(5000);
    expect(token).toMatch(/^[\w.-]+$/);
    expect(await identityIn(token)).toMatchObject({
      userId: "สมหญิง",
      roles: ["dtam_admin"],
      tenants: ["7"],
      grants: ["clinic:8:*"],
      name: "Ying",
      email: "ying@clinic.example",
      locale: "th",
    });
  });

  test("is given to a user for the user's own session, whatever the body says", async () => {
    const user = fresh("user");
    const headers = { Authorization: `Bearer ${await tokenOf(user, { tenants: ["7"], ttl: 600 })}` };
    for (const body of ["", JSON.stringify({ userId: "somebody-else", roles: ["admin"] })]) {
      const { token, userId } = await bought(posted(body, headers));
      expect(userId).toBe(user);
      const identity = await identityIn(token);
      expect(identity).toMatchObject({ userId: user, roles: [], tenants: ["7"] });
      expect(Math.abs(identity.expiresAt - Date.now() - 600_000)).toBeLessThan(5000);
    }
  });

  test("does not outlive the token that bought it", async () => {
    const headers = { Authorization: `Bearer ${await tokenOf("42", { ttl: 10 })}` };
    const { expiresAt } = await bought(posted("", headers));
    expect(expiresAt).toBeLessThanOrEqual(Date.now() + 10_000);
  });

  test("may be bought with a cookie, from the service's own pages only", async () => {
    const Cookie = `token=${await tokenOf("42")}`;
    expect((await bought(posted("", { Cookie, Origin: ORIGIN }))).userId).toBe("42");
    for (const headers of [{ Cookie }, { Cookie, Origin: "https://evil.example" }]) {
      expect((await problemOf(await ask("/auth/ticket", posted("", headers)))).code).toBe("unauthorized");
    }
  });

  test("does not buy another, however it is sent", async () => {
    const { token } = await bought(posted({ userId: "42" }, publisher));
    const attempts: [string, Record<string, string>][] = [
      ["", { Authorization: `Bearer ${token}` }],
      ["", { "Sec-WebSocket-Protocol": `carillon.v1, bearer.${token}` }],
      [`?token=${token}`, {}],
      ["", { Cookie: `token=${token}`, Origin: ORIGIN }],
    ];
    for (const [query, headers] of attempts) {
      const problem = await problemOf(await ask(`/auth/ticket${query}`, posted("", headers)));
      expect(problem.code).toBe("unauthorized");
      expect(JSON.stringify(problem)).not.toContain(token.slice(-20));
    }
  });

  test.each<[string, unknown, string[]]>([
    ["no body", "", [""]],
    ["no user", {}, ["userId"]],
    ["an empty user", { userId: "" }, ["userId"]],
    ["a number for user", { userId: 42 }, ["userId"]],
    ["one role for a list", { userId: "42", roles: "admin" }, ["roles"]],
    ["51 roles", { userId: "42", roles: Array(51).fill("r") }, ["roles"]],
    ["an unknown field", { userId: "42", ttl: 10 }, [""]],
  ])("is refused to a publisher with %s", async (_, body, paths) => {
    const { code, issues } = await problemOf(await ask("/auth/ticket", posted(body, publisher)));
    expect([code, issues?.map(({ path }) => path)]).toEqual(["invalid_body", paths]);
  });

  test("is refused for an identity that no socket could remember", async () => {
    const tenants = Array.from({ length: 200 }, (_, index) => `tenant-of-a-long-name-${index}`);
    const response = await ask("/auth/ticket", posted({ userId: "42", tenants }, publisher));
    expect((await problemOf(response)).code).toBe("invalid_body");
  });

  test.each<[string, Record<string, string>]>([
    ["nobody", {}],
    ["a wrong key", { Authorization: "Bearer dev-only-wrong-key" }],
    ["a token of nobody", { Authorization: "Bearer a.b.c" }],
  ])("is refused to %s", async (_, headers) => {
    const problem = await problemOf(await ask("/auth/ticket", posted({ userId: "42" }, headers)));
    expect(problem.code).toBe("unauthorized");
  });
});
