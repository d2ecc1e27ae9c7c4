import { describe, expect, it } from "vitest";
import { ask, askWith, fresh, problemOf, publisher, tokenOf } from "./service.ts";

const asked = (users: readonly string[]) => `/presence?users=${users.map(encodeURIComponent).join(",")}`;

const nobody = (user: string) => ({ user, online: false, since: null, lastSeen: null, connections: [] });

describe.each(["/presence?users=42", "/users/42"])("GET %s", (path) => {
  it("is for operators", async () => {
    expect(await problemOf(await ask(path))).toMatchObject({ code: "unauthorized" });
    const user = { Authorization: `Bearer ${await tokenOf("42")}` };
    expect(await problemOf(await ask(path, { headers: user }))).toMatchObject({ code: "forbidden" });
    const limited = { PUBLISH_KEY_LIMITS: '{"dev":{"channels":["room:*"]}}' };
    const refused = await askWith(limited, path, { headers: publisher });
    expect(await problemOf(refused)).toMatchObject({ code: "forbidden" });
    const admin = { Authorization: `Bearer ${await tokenOf(fresh("admin"), { roles: ["ADMIN"] })}` };
    expect((await askWith({ OPERATOR_ROLES: "admin" }, path, { headers: admin })).status).toBe(200);
  });

  it("is never kept by a cache", async () => {
    const response = await ask(path, { headers: publisher });
    expect(response.headers.get("Cache-Control")).toBe("no-store");
  });

  it("takes no other method", async () => {
    const response = await ask(path, { method: "POST", headers: publisher });
    expect([response.status, response.headers.get("Allow")]).toEqual([405, expect.stringContaining("GET")]);
  });
});

describe("GET /presence", () => {
  it("answers for each user once, in the order asked for", async () => {
    const users = [fresh("b"), fresh("a b/ก"), fresh("c")];
    const response = await ask(asked([...users, users[0] ?? ""]), { headers: publisher });
    expect(await response.json()).toEqual({ users: users.map(nobody) });
  });

  it("takes up to 100 users", async () => {
    const users = Array.from({ length: 101 }, (_, n) => `u${n}`);
    const { users: shown } = await (await ask(asked(users.slice(0, 100)), { headers: publisher })).json<{
      users: unknown[];
    }>();
    expect(shown).toHaveLength(100);
    expect(await problemOf(await ask(asked(users), { headers: publisher }))).toMatchObject({
      ...{ code: "invalid_request", detail: "users names at most 100 of them." },
    });
  });

  it.each([
    ["no users", "/presence"],
    ["an empty list", "/presence?users="],
    ["an empty name", "/presence?users=a,,b"],
    ["a control character", "/presence?users=a%00"],
    ["a name that is too long", `/presence?users=${"x".repeat(129)}`],
  ])("refuses %s", async (_what, path) => {
    expect(await problemOf(await ask(path, { headers: publisher }))).toMatchObject({
      ...{ code: "invalid_request", detail: "users is a list of user ids, parted by commas." },
    });
  });
});

describe("GET /users/:id", () => {
  it("finds a user whose id needs encoding", async () => {
    const user = fresh("a b,%@/ก");
    const response = await ask(`/users/${encodeURIComponent(user)}`, { headers: publisher });
    expect(await response.json()).toEqual(nobody(user));
  });

  it.each(["a%00", "x".repeat(129)])("refuses what is no user id (%s)", async (id) => {
    const response = await ask(`/users/${id}`, { headers: publisher });
    expect(await problemOf(response)).toMatchObject({ code: "invalid_request" });
  });
});
