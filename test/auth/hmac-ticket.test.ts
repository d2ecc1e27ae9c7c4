import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { looksLikeHmacTicket, verifyHmacTicket } from "../../src/auth/hmac-ticket.ts";
import { issueTicket } from "../../src/auth/ticket.ts";
import { CarillonError } from "../../src/protocol/errors.ts";
import { configured } from "./configured.ts";
import { base64Of, hexOf, hmacOf, hmacTicket, urlSafe } from "./hmac-signed.ts";
import { refusalOf } from "./refused.ts";
import { NOW, NOW_SECONDS, signed } from "./signed.ts";

const SECRET = "secret-of-the-clinic";
const settings = configured({ HMAC_TICKET_SECRET: SECRET });
const claims = { userId: "42", timestamp: NOW };

/** A ticket whose text, in standard base64, has all that the other alphabet spells otherwise. */
const awkward = { userId: "??>>~~สมหญิง?", timestamp: NOW };

function verify(token: string, now = NOW) {
  return verifyHmacTicket(token, settings, now);
}

describe("a ticket that a backend signed", () => {
  test("names the user and nothing else, for a whole session", async () => {
    expect(await verify(await hmacTicket(claims, SECRET), NOW + 1000)).toEqual({
      userId: "42",
      roles: [],
      tenants: [],
      grants: [],
      issuedAt: NOW,
      expiresAt: NOW + 1000 + settings.SESSION_SECONDS * 1000,
    });
  });

  test("grants nothing by what else it says", async () => {
    const signature = hexOf(await hmacOf(claims, SECRET));
    const more = { roles: ["admin"], tenants: ["7"], grants: ["*"], channels: ["*"], expiresAt: 1 };
    const token = base64Of(JSON.stringify({ ...claims, ...more, signature }));
    expect(await verify(token)).toMatchObject({ roles: [], tenants: [], grants: [] });
  });

  test("may name the user by a number", async () => {
    expect((await verify(await hmacTicket({ userId: 42, timestamp: NOW }, SECRET))).userId).toBe("42");
  });

  test("is taken in either alphabet, padded or not, and with spaces for its pluses", async () => {
    const token = await hmacTicket(awkward, SECRET);
    expect(token).toMatch(/[+].*[/]|[/].*[+]/);
    const spellings = [token, token.replace(/=+$/, ""), urlSafe(token), token.replaceAll("+", " ")];
    for (const spelling of spellings) expect((await verify(spelling)).userId).toBe(awkward.userId);
  });

  test("is taken with its signature in hex of either case and base64 of either alphabet", async () => {
    // One whose signature has both characters that the alphabets spell otherwise.
    let signature = new Uint8Array();
    let timestamp = NOW;
    while (!/[+].*[/]|[/].*[+]/.test(base64Of(signature))) {
      timestamp -= 1;
      signature = new Uint8Array(await hmacOf({ userId: "42", timestamp }, SECRET));
    }
    const spellings = [
      hexOf(signature),
      hexOf(signature).toUpperCase(),
      base64Of(signature),
      urlSafe(base64Of(signature)),
    ];
    for (const spelling of spellings) {
      const token = base64Of(JSON.stringify({ userId: "42", timestamp, signature: spelling }));
      expect((await verify(token)).userId).toBe("42");
    }
  });

  test("agrees with a signature made elsewhere", async () => {
    // printf '42:1790000000000' | openssl dgst -sha256 -hmac secret-of-the-clinic
    const signature = "1fb644a5a3e8bf6827860bc89af93bfe33e28b3f71cb911f26d8a12ee8935fcc";
    const token = base64Of(JSON.stringify({ userId: "42", timestamp: 1_790_000_000_000, signature }));
    expect((await verify(token, 1_790_000_000_000)).userId).toBe("42");
  });

  test("opens connections for HMAC_TICKET_SECONDS, to the millisecond", async () => {
    const token = await hmacTicket(claims, SECRET);
    expect((await verify(token, NOW + 599_999)).userId).toBe("42");
    expect(await refusalOf(verify(token, NOW + 600_000))).toEqual({
      code: "token_expired",
      detail: "The ticket has expired; its timestamp is in milliseconds.",
    });
    const brief = configured({ HMAC_TICKET_SECRET: SECRET, HMAC_TICKET_SECONDS: "30" });
    expect((await refusalOf(verifyHmacTicket(token, brief, NOW + 30_000))).code).toBe("token_expired");
  });

  test("may be ahead of our clock by as much as clocks may differ", async () => {
    const token = await hmacTicket(claims, SECRET);
    expect((await verify(token, NOW - 5000)).userId).toBe("42");
    expect(await refusalOf(verify(token, NOW - 5001))).toEqual({
      code: "unauthorized",
      detail: "The ticket's timestamp lies in the future.",
    });
  });

  test("with a timestamp in seconds has long expired", async () => {
    const token = await hmacTicket({ userId: "42", timestamp: NOW_SECONDS }, SECRET);
    expect((await refusalOf(verify(token))).code).toBe("token_expired");
  });

  test("may be signed with any of the secrets, while they are set", async () => {
    const token = await hmacTicket(claims, "older");
    const rotated = configured({ HMAC_TICKET_SECRET: "newer,older" });
    expect((await verifyHmacTicket(token, rotated, NOW)).userId).toBe("42");
    const retired = configured({ HMAC_TICKET_SECRET: "newer" });
    expect((await refusalOf(verifyHmacTicket(token, retired, NOW))).code).toBe("unauthorized");
  });

  test("that was forged is not told that it has expired", async () => {
    const token = await hmacTicket({ userId: "42", timestamp: 0 }, "another");
    expect((await refusalOf(verify(token))).code).toBe("unauthorized");
  });
});

describe("what is no such ticket is refused, and nothing of it repeated:", () => {
  const json = (value: unknown) => base64Of(JSON.stringify(value));
  const withSignature = (signature: unknown) => json({ ...claims, signature });

  test.each<[string, () => Promise<string> | string]>([
    ["nothing", () => ""],
    ["a word", () => "garbage"],
    ["other characters", () => "gar*bage"],
    ["base64 that ends wrongly", () => "YWJjZ"],
    ["too much padding", async () => `${(await hmacTicket(claims, SECRET)).replace(/=*$/, "")}===`],
    ["a line break", async () => `${await hmacTicket(claims, SECRET)}\n`],
    ["base64 of no JSON", () => base64Of("userId=42")],
    ["base64 of half of its JSON", async () => (await hmacTicket(claims, SECRET)).slice(0, 40)],
    ["base64 of no UTF-8", () => base64Of(new Uint8Array([0x7b, 0xff, 0x7d]))],
    ["null", () => json(null)],
    ["a text", () => json("42")],
    ["a list", () => json([claims])],
    ["no user", () => json({ timestamp: NOW, signature: "0".repeat(64) })],
    ["an empty user", () => hmacTicket({ userId: "", timestamp: NOW }, SECRET)],
    ["a user of 129 characters", () => hmacTicket({ userId: "u".repeat(129), timestamp: NOW }, SECRET)],
    ["a user with a control character", () => hmacTicket({ userId: "a\u0000", timestamp: NOW }, SECRET)],
    ["half a character for user", () => hmacTicket({ userId: "\ud800", timestamp: NOW }, SECRET)],
    ["a list for user", () => hmacTicket({ userId: ["42"], timestamp: NOW }, SECRET)],
    ["a user who is a fraction", () => hmacTicket({ userId: 4.2, timestamp: NOW }, SECRET)],
    ["no timestamp", () => json({ userId: "42", signature: "0".repeat(64) })],
    ["a text for timestamp", () => hmacTicket({ userId: "42", timestamp: String(NOW) }, SECRET)],
    ["a fraction for timestamp", () => hmacTicket({ userId: "42", timestamp: NOW + 0.5 }, SECRET)],
    ["a negative timestamp", () => hmacTicket({ userId: "42", timestamp: -1 }, SECRET)],
    ["a timestamp beyond all time", () => hmacTicket({ userId: "42", timestamp: 1e300 }, SECRET)],
    ["no signature", () => json(claims)],
    ["an empty signature", () => withSignature("")],
    ["a signature of zeros", () => withSignature("0".repeat(64))],
    ["null for signature", () => withSignature(null)],
    ["half a signature", async () => withSignature(hexOf(await hmacOf(claims, SECRET)).slice(0, 32))],
    ["a longer signature", async () => withSignature(`${hexOf(await hmacOf(claims, SECRET))}00`)],
    ["a signature by another secret", () => hmacTicket(claims, "another")],
    ["a signature by no secret", () => hmacTicket(claims, " ")],
    [
      "a signature for another user",
      async () => withSignature(hexOf(await hmacOf({ userId: "43", timestamp: NOW }, SECRET))),
    ],
    [
      "a signature for another time",
      async () => withSignature(hexOf(await hmacOf({ userId: "42", timestamp: NOW - 1 }, SECRET))),
    ],
    ["more than any ticket", () => json({ ...claims, signature: "0".repeat(64), more: "x".repeat(5000) })],
    ["a user's token", () => signed({ sub: "42" })],
  ])("%s", async (_, make) => {
    const token = await make();
    const { code, detail } = await refusalOf(verify(token));
    expect(code).toBe("unauthorized");
    expect([
      "The token is neither a JWT nor a ticket, base64 of JSON with userId, timestamp (ms) and signature.",
      "The ticket's signature does not fit any secret.",
    ]).toContain(detail);
  });

  test("anything at all", async () => {
    const anything = fc.oneof(
      fc.string(),
      fc.base64String(),
      fc.json().map((text) => base64Of(text)),
      fc
        .record({ userId: fc.jsonValue(), timestamp: fc.jsonValue(), signature: fc.jsonValue() })
        .map((value) => base64Of(JSON.stringify(value))),
    );
    await fc.assert(
      fc.asyncProperty(anything, async (token) => {
        const outcome = await verify(token).catch((error: unknown) => error);
        expect(outcome).toBeInstanceOf(CarillonError);
      }),
    );
  });

  test("a good one with any character changed to another value", async () => {
    const token = await hmacTicket(claims, SECRET);
    const text = atob(token);
    await fc.assert(
      fc.asyncProperty(fc.nat(text.length - 1), fc.integer({ min: 1, max: 255 }), async (at, by) => {
        const code = text.charCodeAt(at) ^ by;
        const changed = text.slice(0, at) + String.fromCharCode(code) + text.slice(at + 1);
        const outcome = await verify(btoa(changed)).catch((error: unknown) => error);
        // A signature in hex means the same in capitals, and nothing else is left to be changed.
        if (changed.toLowerCase() === text.toLowerCase() && !(outcome instanceof CarillonError)) return;
        expect(outcome).toBeInstanceOf(CarillonError);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("such a ticket is told from the others", () => {
  test("where the secret is set", async () => {
    expect(looksLikeHmacTicket(await hmacTicket(claims, SECRET), settings)).toBe(true);
    expect(looksLikeHmacTicket(await hmacTicket(claims, SECRET), configured())).toBe(false);
  });

  test("by having no dots", async () => {
    const identity = {
      userId: "42",
      roles: [],
      tenants: [],
      grants: [],
      issuedAt: NOW,
      expiresAt: NOW + 60_000,
    };
    const { token } = await issueTicket(identity, settings, NOW);
    expect(looksLikeHmacTicket(token, settings)).toBe(false);
    expect(looksLikeHmacTicket(await signed({ sub: "42" }), settings)).toBe(false);
  });
});
