import { describe, expect, test } from "vitest";
import { z } from "zod";
import { parseBody } from "../../src/http/parse.ts";
import { errorOf } from "../protocol/thrown.ts";

const schema = z.strictObject({ users: z.array(z.string()), note: z.string().toUpperCase().optional() });

describe("a body and its schema", () => {
  test("give the parsed value", () => {
    expect(parseBody(schema, { users: ["a"], note: "x" })).toEqual({ users: ["a"], note: "X" });
  });

  test.each<[string, unknown, string[]]>([
    ["one fault, with its path", { users: ["a", 1] }, ["users.1"]],
    ["all faults at once", { users: "a", note: 1 }, ["users", "note"]],
    ["an unknown field", { users: [], extra: 1 }, [""]],
    ["nothing", undefined, [""]],
  ])("tell %s", (_, body, paths) => {
    const { code, issues } = errorOf(() => parseBody(schema, body));
    expect([code, issues.map(({ path }) => path)]).toEqual(["invalid_body", paths]);
  });
});
