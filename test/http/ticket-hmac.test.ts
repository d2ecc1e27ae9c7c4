import { describe, expect, test } from "vitest";
import { hmacTicket, urlSafe } from "../auth/hmac-signed.ts";
import { read } from "./handshake.ts";
import { askWith, fresh, ORIGIN, posted, problemOf } from "./service.ts";

const SECRET = "dev-only-secret-of-the-clinic";
const vars = { HMAC_TICKET_SECRET: SECRET };
const upgrade = { Upgrade: "websocket" };

/** A ticket of now for a fresh user, whose standard base64 has a plus in it. */
async function ticket(age = 0): Promise<{ user: string; token: string }> {
  const user = `${fresh("user")}>>>~~~`;
  const token = await hmacTicket({ userId: user, timestamp: Date.now() - age }, SECRET);
  if (!token.includes("+")) throw new Error("The ticket has no plus.");
  return { user, token };
}

async function open(
  path: string,
  headers: Record<string, string> = {},
  variables: Record<string, string> = vars,
) {
  const { frames } = await read(await askWith(variables, path, { headers: { ...upgrade, ...headers } }));
  return frames[0];
}

describe("a ticket that a backend signed", () => {
  test("opens a connection from the query, as it is or encoded, for a whole session", async () => {
    const { user, token } = await ticket();
    for (const written of [token, encodeURIComponent(token), urlSafe(token)]) {
      const welcome = await open(`/connect?token=${written}`);
      expect(welcome).toMatchObject({ type: "welcome", user, roles: [] });
      const expiresAt = welcome?.type === "welcome" ? welcome.expiresAt : 0;
      expect(Math.abs(expiresAt - Date.now() - 86_400_000)).toBeLessThan(5000);
    }
  });

  test("opens one from the header and the subprotocol, too", async () => {
    const { user, token } = await ticket();
    const ways = [
      { Authorization: `Bearer ${token}` },
      { "Sec-WebSocket-Protocol": `carillon.v1, bearer.${urlSafe(token)}` },
    ];
    for (const headers of ways) {
      expect(await open("/connect", headers)).toMatchObject({ type: "welcome", user });
    }
  });

  test("does not count in a cookie", async () => {
    const { token } = await ticket();
    const Cookie = `token=${token}`;
    expect(await open("/connect", { Cookie, Origin: ORIGIN })).toMatchObject({
      type: "close",
      reason: "unauthorized",
    });
  });

  test("lets a client poll", async () => {
    const { token } = await ticket();
    expect((await askWith(vars, `/events?token=${token}`)).status).toBe(200);
  });

  test("does not buy a ticket", async () => {
    const { token } = await ticket();
    const request = posted("", { Authorization: `Bearer ${token}` });
    expect(await problemOf(await askWith(vars, "/auth/ticket", request))).toMatchObject({
      code: "unauthorized",
      detail: "A ticket does not buy another; send the user's token.",
    });
  });

  test("makes nobody an operator, nor a broadcaster", async () => {
    const { token } = await ticket();
    const headers = { Authorization: `Bearer ${token}` };
    const roles = { ...vars, OPERATOR_ROLES: "admin", BROADCAST_ROLES: "admin" };
    const event = { event: "x", to: { channels: ["announcements"] } };
    for (const [path, body] of [
      ["/publish", event],
      ["/users/42/disconnect", {}],
    ] as const) {
      expect((await problemOf(await askWith(roles, path, posted(body, headers)))).code).toBe("forbidden");
    }
  });

  test.each<[string, number, Record<string, string>, string]>([
    ["has expired", 600_001, vars, "token_expired"],
    ["comes from the future", -60_000, vars, "unauthorized"],
    ["is signed with another secret", 0, { HMAC_TICKET_SECRET: "dev-only-another" }, "unauthorized"],
    ["is one where none are taken", 0, {}, "unauthorized"],
  ])("that %s opens nothing, and is not repeated", async (_, age, variables, reason) => {
    const { token } = await ticket(age);
    const close = await open(`/connect?token=${token}`, {}, variables);
    expect(close).toMatchObject({ type: "close", code: 1008, reason });
    expect(JSON.stringify(close)).not.toContain(token.slice(0, 20));
    const problem = await problemOf(await askWith(variables, `/events?token=${token}`));
    expect(problem.code).toBe(reason);
    expect(JSON.stringify(problem)).not.toContain(token.slice(0, 20));
  });
});

test("its secret is refused outside development where it is for development only, and not repeated", async () => {
  const production = {
    ENVIRONMENT: "production",
    JWT_SECRET: "a-secret-for-production",
    PUBLISH_KEYS: "shop:a-key-for-production",
  };
  expect((await askWith({ ...production, HMAC_TICKET_SECRET: "a-real-one" }, "/health")).status).toBe(200);
  const response = await askWith({ ...production, ...vars }, "/health");
  expect(response.status).toBe(503);
  const text = await response.text();
  expect(text).toContain("HMAC_TICKET_SECRET");
  expect(text).not.toContain(SECRET);
});
