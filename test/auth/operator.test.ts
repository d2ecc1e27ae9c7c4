import { describe, expect, test } from "vitest";
import type { Identity } from "../../src/auth/identity.ts";
import { requireOperator } from "../../src/auth/operator.ts";
import { CarillonError } from "../../src/protocol/errors.ts";
import { configured } from "./configured.ts";
import { refusalOf } from "./refused.ts";

const settings = configured({
  OPERATOR_ROLES: "Admin,auditor",
  PUBLISH_KEY_LIMITS: '{"clinic":{"events":["QUEUE_UPDATE"]}}',
});

function user(...roles: string[]): () => Promise<Identity> {
  const identity = { userId: "42", roles, tenants: [], grants: [], issuedAt: 0, expiresAt: 0 };
  return async () => identity;
}

const nobody = async (): Promise<Identity> => {
  throw new CarillonError("unauthorized", "Nobody is there.");
};

describe("an operator", () => {
  test("is a publish key that is not limited", async () => {
    expect(await requireOperator("Bearer shop-key-0123456789", settings, nobody)).toEqual({
      name: "key shop",
    });
  });

  test("is not one that is limited, whoever else may be found", async () => {
    const outcome = requireOperator("Bearer clinic:key:0123456789", settings, user("admin"));
    expect(await refusalOf(outcome)).toEqual({
      code: "forbidden",
      detail: "This key is limited to publishing; see PUBLISH_KEY_LIMITS.",
    });
  });

  test.each<[string, string[]]>([
    ["a role that is listed, in whatever case", ["admin"]],
    ["one of several", ["nurse", "auditor"]],
  ])("is a user with %s", async (_, roles) => {
    expect(await requireOperator(null, settings, user(...roles))).toEqual({ name: "user 42" });
  });

  test.each<[string, string[]]>([
    ["no role", []],
    ["another role", ["nurse"]],
    ["a role that begins like one", ["admins"]],
  ])("is not a user with %s", async (_, roles) => {
    expect((await refusalOf(requireOperator(null, settings, user(...roles)))).code).toBe("forbidden");
  });

  test("is no user at all where no role is listed", async () => {
    expect((await refusalOf(requireOperator(null, configured(), user("admin", "")))).code).toBe("forbidden");
  });

  test("is not who cannot be identified", async () => {
    expect((await refusalOf(requireOperator("Bearer wrong-key-0123", settings, nobody))).code).toBe(
      "unauthorized",
    );
  });
});
