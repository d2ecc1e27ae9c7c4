import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { providerKeys } from "../../src/auth/provider-keys.ts";
import { Provider, providerKey } from "./provider.ts";
import { refusalOf } from "./refused.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"] });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function keysFor(provider: Provider, kid: string | undefined, alg = "ES256"): Promise<number> {
  let count = 0;
  const header = kid === undefined ? { alg } : { alg, kid };
  for await (const key of providerKeys(provider.address, header)) {
    expect(key.type).toBe("public");
    count += 1;
  }
  return count;
}

describe("the provider's keys", () => {
  test("are fetched once", async () => {
    const provider = new Provider(await providerKey("ES256", "a"), await providerKey("ES256", "b"));
    expect(await keysFor(provider, "a")).toBe(1);
    expect(await keysFor(provider, "b")).toBe(1);
    expect(provider.fetches).toBe(1);
  });

  test("all count when the token names none", async () => {
    const provider = new Provider(await providerKey("ES256", "a"), await providerKey("ES256", "b"));
    expect(await keysFor(provider, undefined)).toBe(2);
  });

  test("are fetched again for an unknown key id, not sooner than after the cooldown", async () => {
    const provider = new Provider(await providerKey("ES256", "old"));
    await keysFor(provider, "old");
    provider.keys = [await providerKey("ES256", "new")];

    expect(await refusalOf(keysFor(provider, "new"))).toEqual({
      code: "unauthorized",
      detail: "No key of the identity provider fits the token.",
    });
    expect(provider.fetches).toBe(1);

    vi.setSystemTime(Date.now() + 10_001);
    expect(await keysFor(provider, "new")).toBe(1);
    expect(provider.fetches).toBe(2);
    expect((await refusalOf(keysFor(provider, "old"))).code).toBe("unauthorized");
    expect(provider.fetches).toBe(2);
  });

  test("are fetched again when they are old, so that a withdrawn key ends", async () => {
    const provider = new Provider(await providerKey("ES256", "a"));
    await keysFor(provider, "a");
    provider.keys = [];
    vi.setSystemTime(Date.now() + 600_001);
    expect((await refusalOf(keysFor(provider, "a"))).code).toBe("unauthorized");
  });

  test("must be of the kind that the algorithm asks for", async () => {
    const provider = new Provider(await providerKey("ES256", "a"));
    expect((await refusalOf(keysFor(provider, "a", "RS256"))).code).toBe("unauthorized");
  });
});

describe("a provider that fails is told from a bad token", () => {
  test.each<[string, () => Promise<Response>]>([
    ["no connection", () => Promise.reject(new TypeError("Network connection lost."))],
    ["an error", async () => new Response("gone", { status: 500 })],
    [
      "a redirect",
      async () => new Response(null, { status: 302, headers: { Location: "https://b.example" } }),
    ],
    ["no JSON", async () => new Response("<html>")],
    ["no key set", async () => Response.json({ keys: "none" })],
    [
      "a broken key",
      async () => Response.json({ keys: [{ kty: "EC", crv: "P-256", kid: "a", alg: "ES256" }] }),
    ],
  ])("%s", async (_, respond) => {
    const provider = new Provider();
    provider.respond = respond;
    expect(await refusalOf(keysFor(provider, "a"))).toEqual({
      code: "unavailable",
      detail: "The identity provider's keys could not be fetched or read.",
    });
  });

  test("and serves again when it is back", async () => {
    const provider = new Provider(await providerKey("ES256", "a"));
    const { respond } = provider;
    provider.respond = () => Promise.reject(new TypeError("Network connection lost."));
    expect((await refusalOf(keysFor(provider, "a"))).code).toBe("unavailable");
    provider.respond = respond;
    expect(await keysFor(provider, "a")).toBe(1);
  });

  test("an address that is none is a matter of configuration", async () => {
    const next = providerKeys("not an address", { alg: "ES256" }).next();
    expect((await refusalOf(next)).code).toBe("not_configured");
  });
});
