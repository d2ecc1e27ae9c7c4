import { expect, test } from "vitest";
import { keptToken } from "../../src/web/portal/kept-token.ts";

test("a token is used for a minute, and one that could not be got is asked for anew", async () => {
  let now = 0;
  const answers = [
    Promise.reject(new Error("away")),
    ...["first", "second"].map((one) => Promise.resolve(one)),
  ];
  const token = keptToken(
    () => answers.shift() ?? Promise.reject(new Error("asked too often")),
    () => now,
  );
  await expect(token()).rejects.toThrow("away");
  expect(await Promise.all([token(), token()])).toEqual(["first", "first"]);
  now = 59_999;
  expect(await token()).toBe("first");
  now = 60_000;
  expect(await token()).toBe("second");
});
