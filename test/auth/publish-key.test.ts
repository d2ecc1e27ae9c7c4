import { afterEach, describe, expect, test, vi } from "vitest";
import { findPublisher } from "../../src/auth/publish-key.ts";
import { configured } from "./configured.ts";

const settings = configured();

afterEach(() => {
  vi.unstubAllGlobals();
});

/** The runtime as it is, and one without a comparison of its own. */
const runtimes: [string, () => void][] = [
  ["as it is", () => undefined],
  [
    "without timingSafeEqual",
    () => {
      const subtle = { digest: crypto.subtle.digest.bind(crypto.subtle) };
      vi.stubGlobal("crypto", { subtle });
    },
  ],
];

describe.each(runtimes)("in a runtime %s", (_, prepare) => {
  test.each<[string, string | null, string | undefined]>([
    ["the first key", "Bearer shop-key-0123456789", "shop"],
    ["a key with colons in it", "bearer clinic:key:0123456789", "clinic"],
    ["no header", null, undefined],
    ["no secret", "Bearer ", undefined],
    ["another scheme", "Basic shop-key-0123456789", undefined],
    ["a wrong key", "Bearer shop-key-9876543210", undefined],
    ["a truncated key", "Bearer shop-key-012345678", undefined],
    ["a longer key", "Bearer shop-key-01234567890", undefined],
    ["the name with the key", "Bearer shop:shop-key-0123456789", undefined],
    ["the name", "Bearer shop", undefined],
    ["other capitals", "Bearer SHOP-KEY-0123456789", undefined],
  ])("%s", async (__, header, name) => {
    prepare();
    expect((await findPublisher(header, settings))?.name).toBe(name);
  });
});

test("of two names for one key the first counts", async () => {
  const twice = configured({ PUBLISH_KEYS: "one:the-same-key,two:the-same-key" });
  expect(await findPublisher("Bearer the-same-key", twice)).toEqual({ name: "one" });
});

test("what a key is limited to comes with it, for each of its secrets, and with no other key", async () => {
  const limits = { channels: ["clinic:7:*"], events: ["QUEUE_UPDATE"] };
  const limited = configured({
    PUBLISH_KEYS: "clinic:clinic-key-old,clinic:clinic-key-new,shop:shop-key-012,constructor:key-of-nobody",
    PUBLISH_KEY_LIMITS: JSON.stringify({ clinic: limits }),
  });
  for (const secret of ["clinic-key-old", "clinic-key-new"]) {
    expect(await findPublisher(`Bearer ${secret}`, limited)).toEqual({ name: "clinic", limits });
  }
  expect(await findPublisher("Bearer shop-key-012", limited)).toStrictEqual({ name: "shop" });
  expect(await findPublisher("Bearer key-of-nobody", limited)).toStrictEqual({ name: "constructor" });
});
