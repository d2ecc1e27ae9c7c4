import { expect, test } from "vitest";
import { bearerToken } from "../../src/auth/bearer.ts";

test.each<[string | null, string | undefined]>([
  ["Bearer abc", "abc"],
  ["bearer abc", "abc"],
  ["BEARER   abc  ", "abc"],
  ["Bearer a b", "a b"],
  [null, undefined],
  ["", undefined],
  ["Bearer", undefined],
  ["Bearer ", undefined],
  ["Bearerabc", undefined],
  ["Basic YTpi", undefined],
  ["abc", undefined],
])("the header %j bears %j", (header, token) => {
  expect(bearerToken(header)).toBe(token);
});
