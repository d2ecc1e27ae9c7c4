import { jwtVerify, SignJWT } from "jose";
import { describe, expect, test } from "vitest";
import { derivedKey, secretKey } from "../../src/auth/secret-keys.ts";

describe("a secret's key", () => {
  test("is imported once", async () => {
    expect(await secretKey("imported-once")).toBe(await secretKey("imported-once"));
  });

  test("is the secret itself, as other JWT libraries take it", async () => {
    const secret = "longer than the block of SHA-256, ".repeat(3);
    const token = await new SignJWT({})
      .setProtectedHeader({ alg: "HS256" })
      .sign(new TextEncoder().encode(secret));
    await expect(jwtVerify(token, await secretKey(secret))).resolves.toBeDefined();
  });

  test("does not leave the runtime", async () => {
    expect((await secretKey("kept")).extractable).toBe(false);
    expect((await derivedKey("kept", "test")).extractable).toBe(false);
  });
});

describe("a derived key", () => {
  test("is derived once", async () => {
    expect(await derivedKey("derived-once", "test")).toBe(await derivedKey("derived-once", "test"));
  });

  test("verifies neither with its secret nor with another purpose", async () => {
    const token = await new SignJWT({})
      .setProtectedHeader({ alg: "HS256" })
      .sign(await derivedKey("shared", "one"));
    await expect(jwtVerify(token, await derivedKey("shared", "one"))).resolves.toBeDefined();
    for (const key of [await secretKey("shared"), await derivedKey("shared", "two")]) {
      await expect(jwtVerify(token, key)).rejects.toThrow("signature verification failed");
    }
  });
});
