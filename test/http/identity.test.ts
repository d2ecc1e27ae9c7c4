import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { userObject } from "../../src/objects/env.ts";
import { ask, askWith, fresh, posted, problemOf, publisher, tokenOf } from "./service.ts";

/** A user of whom nothing has been said. */
const someUser = () => fresh("user");

const put = (user: string, body: unknown, headers: Record<string, string> = publisher) =>
  ask(`/users/${encodeURIComponent(user)}/identity`, { ...posted(body, headers), method: "PUT" });

const bearer = async (user: string, roles: string[] = []) => ({
  Authorization: `Bearer ${await tokenOf(user, { roles })}`,
});

describe("PUT /users/:id/identity", () => {
  it("answers what holds from now on, roles in lower case", async () => {
    const user = someUser();
    const response = await put(user, { roles: ["DTAM_ADMIN"], tenants: ["7"], grants: ["room:a"] });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      ...{ user, roles: ["dtam_admin"], tenants: ["7"], grants: ["room:a"] },
    });
    expect(await (await put(user, { roles: [] })).json()).toEqual({ user, roles: [] });
    expect(await (await put(user, {})).json()).toEqual({ user });
  });

  it.each([
    ["no object", ["admin"], [""]],
    ["a field that is none", { role: "admin" }, [""]],
    ["a role that is no text", { roles: [7] }, ["roles.0"]],
    ["an empty tenant", { tenants: [""] }, ["tenants.0"]],
    ["too many grants", { grants: Array.from({ length: 101 }, () => "room:a") }, ["grants"]],
  ])("refuses %s, and says where", async (_case, body, paths) => {
    const problem = await problemOf(await put(someUser(), body));
    expect(problem).toMatchObject({ status: 422, code: "invalid_body" });
    expect(problem.issues?.map(({ path }) => path)).toEqual(paths);
  });

  it("refuses what is no JSON, and more than a socket could remember", async () => {
    expect(await problemOf(await put(someUser(), "{"))).toMatchObject({ status: 400, code: "invalid_json" });
    const roles = Array.from({ length: 40 }, (_, index) => `${index}`.padStart(60, "r"));
    expect(await problemOf(await put(someUser(), { roles }))).toMatchObject({ code: "body_too_large" });
  });

  it.each([
    ["nobody", {}, 401, "unauthorized"],
    ["another key", { Authorization: "Bearer dev-only-wrong-key-here" }, 401, "unauthorized"],
  ])("is not for %s", async (_case, headers, status, code) => {
    expect(await problemOf(await put(someUser(), {}, headers))).toMatchObject({ status, code });
  });

  it("is not for the user, whoever that claims to be", async () => {
    const user = someUser();
    const headers = await bearer(user, ["admin"]);
    expect(await problemOf(await put(user, { roles: ["admin"] }, headers))).toMatchObject({
      ...{ status: 403, code: "forbidden" },
    });
  });
});

describe("an operator who is signed in as a user", () => {
  const operate = (headers: Record<string, string>) =>
    askWith({ OPERATOR_ROLES: "Chief" }, `/users/${someUser()}/identity`, {
      ...posted({}, headers),
      method: "PUT",
    });

  it("has one of the roles, by the token or by what the backend has said", async () => {
    const [chief, said, nobody] = [someUser(), someUser(), someUser()];
    expect((await operate(await bearer(chief, ["CHIEF"]))).status).toBe(200);
    const headers = await bearer(said);
    expect((await operate(headers)).status).toBe(403);
    await put(said, { roles: ["chief"] });
    expect((await operate(headers)).status).toBe(200);
    expect((await operate(await bearer(nobody, ["clerk"]))).status).toBe(403);
  });

  it("is none any more when the role or the token is taken away", async () => {
    const chief = someUser();
    const headers = await bearer(chief, ["chief"]);
    await put(chief, { roles: ["clerk"] });
    expect(await problemOf(await operate(headers))).toMatchObject({ status: 403, code: "forbidden" });
    await userObject(env, chief).disconnect({ revokeBefore: Date.now() + 60_000 });
    expect(await problemOf(await operate(headers))).toMatchObject({
      ...{ status: 401, code: "unauthorized" },
    });
  });
});
