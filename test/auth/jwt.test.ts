import { describe, expect, test } from "vitest";
import { readHeader, verifyJwt } from "../../src/auth/jwt.ts";
import { secretKey } from "../../src/auth/secret-keys.ts";
import { refusalOf } from "./refused.ts";
import { NOW, signed } from "./signed.ts";

const options = { algorithms: ["HS256"], currentDate: new Date(NOW) };

test("a header is read without being verified", async () => {
  expect(readHeader(await signed({}, "whatever", { kid: "k1" }))).toEqual({
    alg: "HS256",
    typ: "JWT",
    kid: "k1",
  });
});

test.each(["", ".", "a.b.c", "bm8ganNvbg.e30.", "WzFd.e30.", "ก.ข.ค"])(
  "there is no header in %j",
  (token) => {
    expect(readHeader(token)).toBeUndefined();
  },
);

describe("verifying", () => {
  test("takes the first key that fits", async () => {
    const keys = [await secretKey("new"), await secretKey("old")];
    await expect(verifyJwt(await signed({ sub: "1" }, "old"), keys, options)).resolves.toEqual({ sub: "1" });
  });

  test("refuses when there is no key", async () => {
    expect(await refusalOf(verifyJwt(await signed({}), [], options))).toEqual({
      code: "unauthorized",
      detail: "The token's signature does not fit any key.",
    });
  });

  test("does not repeat what the header says", async () => {
    const header = btoa(JSON.stringify({ alg: "HS256", crit: ["not-yours"], "not-yours": 1 }));
    const token = (await signed({}, "s")).split(".").with(0, header.replace(/=+$/, "")).join(".");
    expect(await refusalOf(verifyJwt(token, [await secretKey("s")], options))).toEqual({
      code: "unauthorized",
      detail: "The token is not a well-formed JWT.",
    });
  });

  test("lets an error of the keys through", async () => {
    async function* breaking() {
      yield await secretKey("another");
      throw new Error("no more keys");
    }
    await expect(verifyJwt(await signed({}), breaking(), options)).rejects.toThrow("no more keys");
  });
});
