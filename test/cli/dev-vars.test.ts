import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  firstPublishKey,
  parseDevVars,
  readVariables,
  settingsFrom,
  writeDevVars,
} from "../../src/cli/dev-vars.ts";
import { example, freshSurroundings } from "./surroundings.ts";

test.each([
  { text: "A=1", value: "1" },
  { text: "# A=0\nA=1", value: "1" },
  { text: "A = one two   # why", value: "one two" },
  { text: 'A="one # two"', value: "one # two" },
  { text: "A='one \\n two'", value: "one \\n two" },
  { text: 'A="one\\ntwo"', value: "one\ntwo" },
  { text: "A=dev:secret=with=signs", value: "dev:secret=with=signs" },
  { text: "export A=1", value: "1" },
  { text: "A=1\r\nB=2\r\n", value: "1" },
  { text: "A=1\nA=2", value: "2" },
  { text: "A=", value: "" },
  { text: "A", value: undefined },
])("reads $text", ({ text, value }) => {
  expect(parseDevVars(text).A).toBe(value);
});

test("makes .dev.vars from the example only if there is none", () => {
  const { directory } = freshSurroundings();
  const path = join(directory, ".dev.vars");
  expect(writeDevVars(directory)).toBe(true);
  expect(readFileSync(path, "utf8")).toBe(example);
  expect(writeDevVars(directory)).toBe(false);
});

test("never overwrites a developer's own .dev.vars", () => {
  const own = "JWT_SECRET=dev-only-of-my-own";
  const { directory } = freshSurroundings({ ".dev.vars.example": example, ".dev.vars": own });
  expect(writeDevVars(directory)).toBe(false);
  expect(readFileSync(join(directory, ".dev.vars"), "utf8")).toBe(own);
});

test("says what is missing when the example is gone", () => {
  expect(() => writeDevVars(freshSurroundings({}).directory)).toThrow(".dev.vars.example");
});

test("prefers the environment to .dev.vars, and .dev.vars to the example", () => {
  const { directory } = freshSurroundings();
  expect(readVariables(directory, {}).JWT_SECRET).toBe("dev-only-secret-of-the-example");
  const own = freshSurroundings({ ".dev.vars.example": example, ".dev.vars": "JWT_SECRET=mine" }).directory;
  expect(readVariables(own, {})).toEqual({ JWT_SECRET: "mine" });
  expect(readVariables(own, { JWT_SECRET: "theirs", HOME: "/" })).toEqual({ JWT_SECRET: "theirs" });
  expect(readVariables(own, { JWT_SECRET: "" })).toEqual({ JWT_SECRET: "mine" });
});

test("takes the secret of the first publish key, colons and all", () => {
  expect(firstPublishKey({ PUBLISH_KEYS: "dev:first:with-colon, other:second" })).toBe("first:with-colon");
  expect(firstPublishKey({ PUBLISH_KEYS: "" })).toBeUndefined();
  expect(firstPublishKey({})).toBeUndefined();
});

test("names the settings that are missing or refused, not their values", () => {
  const settle = () => settingsFrom({ JWT_SECRET: "dev-only-x", ENVIRONMENT: "production" });
  expect(settle).toThrow("PUBLISH_KEYS: Set PUBLISH_KEYS");
  expect(settle).toThrow("JWT_SECRET: A dev-only- value is refused");
  expect(settle).not.toThrow("dev-only-x");
});

test("the committed example makes complete settings", () => {
  const text = readFileSync(join(import.meta.dirname, "../../.dev.vars.example"), "utf8");
  expect(settingsFrom(parseDevVars(text)).ENVIRONMENT).toBe("development");
});
