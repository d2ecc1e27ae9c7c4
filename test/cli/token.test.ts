import { decodeJwt, jwtVerify } from "jose";
import { expect, test } from "vitest";
import { execute } from "../../src/cli/command.ts";
import { token } from "../../src/cli/token.ts";
import { example, freshSurroundings, type TestSurroundings } from "./surroundings.ts";

async function verified(surroundings: TestSurroundings, secret: string) {
  const [jwt = ""] = surroundings.printed;
  return (await jwtVerify(jwt, new TextEncoder().encode(secret), { algorithms: ["HS256"] })).payload;
}

test("prints a token and nothing else", async () => {
  const surroundings = freshSurroundings();
  const argv = ["--user", "42", "--role", "ADMIN", "--role", "auditor", "--tenant", "7", "--ttl", "60"];
  expect(await execute(token, [...argv, "--name", "สมชาย", "--locale", "th"], surroundings)).toBe(0);
  expect(surroundings.printed).toHaveLength(1);
  expect(surroundings.complained).toEqual([]);
  const claims = await verified(surroundings, "dev-only-secret-of-the-example");
  expect(claims).toMatchObject({
    sub: "42",
    roles: ["ADMIN", "auditor"],
    tenants: ["7"],
    name: "สมชาย",
    locale: "th",
  });
  expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(60);
});

test("is valid for an hour unless told otherwise", async () => {
  const surroundings = freshSurroundings();
  await execute(token, ["--user", "42"], surroundings);
  const { exp = 0, iat = 0 } = decodeJwt(surroundings.printed[0] ?? "");
  expect(exp - iat).toBe(3600);
});

test("signs with the secret of .dev.vars when it is there", async () => {
  const own = example.replace("dev-only-secret-of-the-example", "dev-only-secret-of-my-own");
  const surroundings = freshSurroundings({ ".dev.vars.example": example, ".dev.vars": own });
  await execute(token, ["--user", "42"], surroundings);
  await expect(verified(surroundings, "dev-only-secret-of-my-own")).resolves.toMatchObject({ sub: "42" });
});

test("signs with the secret of the environment before any file's", async () => {
  const surroundings = freshSurroundings(undefined, { JWT_SECRET: "secret-of-the-environment" });
  await execute(token, ["--user", "42"], surroundings);
  await expect(verified(surroundings, "secret-of-the-environment")).resolves.toMatchObject({ sub: "42" });
});

test("says which settings are missing when there is no file at all", async () => {
  const surroundings = freshSurroundings({});
  expect(await execute(token, ["--user", "42"], surroundings)).toBe(1);
  expect(surroundings.complained.join()).toContain("JWT_SECRET");
  expect(surroundings.printed).toEqual([]);
});
