import { decodeJwt } from "jose";
import { describe, expect, test } from "vitest";
import type { Identity } from "../../src/auth/identity.ts";
import { issueTicket, looksLikeTicket, verifyTicket } from "../../src/auth/ticket.ts";
import { configured } from "./configured.ts";
import { refusalOf } from "./refused.ts";
import { NOW, NOW_SECONDS, signed } from "./signed.ts";

const settings = configured();
const ticketHeader = { typ: "carillon-ticket+jwt" };

const identity: Identity = {
  userId: "42",
  roles: ["admin"],
  tenants: ["7"],
  grants: ["room:x"],
  name: "สมชาย",
  issuedAt: NOW - 1000,
  expiresAt: NOW + 3_600_000,
};

describe("a ticket", () => {
  test("brings the identity back as it was, its end included", async () => {
    const { token, expiresAt } = await issueTicket(identity, settings, NOW);
    expect(expiresAt).toBe(NOW + 60_000);
    expect(await verifyTicket(token, settings, NOW + 59_999)).toEqual(identity);
  });

  test("is fit for a URL", async () => {
    const { token } = await issueTicket(identity, settings, NOW);
    expect(encodeURIComponent(token)).toBe(token);
  });

  test("expires on the dot", async () => {
    const { token, expiresAt } = await issueTicket(identity, settings, NOW);
    expect((await refusalOf(verifyTicket(token, settings, expiresAt))).code).toBe("token_expired");
  });

  test("never outlives the identity", async () => {
    const short = { ...identity, expiresAt: NOW + 10_500 };
    const { token, expiresAt } = await issueTicket(short, settings, NOW);
    expect(expiresAt).toBe(NOW + 10_000);
    expect((await refusalOf(verifyTicket(token, settings, NOW + 10_000))).code).toBe("token_expired");
  });

  test("of an identity that has expired is refused, whoever signed it", async () => {
    const claims = { identity: { ...identity, expiresAt: NOW - 1 }, exp: NOW_SECONDS + 60 };
    const shared = configured({ TICKET_SECRET: "ticket-secret" });
    const token = await signed(claims, "ticket-secret", ticketHeader);
    expect(await refusalOf(verifyTicket(token, shared, NOW))).toEqual({
      code: "token_expired",
      detail: "The credential that bought the ticket has expired.",
    });
  });

  test("is not issued for an identity that a socket cannot remember", async () => {
    const large = {
      ...identity,
      tenants: Array.from({ length: 200 }, (_, n) => `tenant-number-${n}-of-many`),
    };
    expect(await refusalOf(issueTicket(large, settings, NOW))).toEqual({
      code: "invalid_body",
      detail: "The identity takes more than 4096 bytes.",
    });
  });
});

describe("its secret", () => {
  test("is derived from JWT_SECRET, and survives its rotation", async () => {
    const { token } = await issueTicket(identity, configured({ JWT_SECRET: "older-secret" }), NOW);
    const rotated = configured({ JWT_SECRET: "newer-secret,older-secret" });
    expect((await verifyTicket(token, rotated, NOW)).userId).toBe("42");
    const retired = configured({ JWT_SECRET: "newer-secret" });
    expect((await refusalOf(verifyTicket(token, retired, NOW))).code).toBe("unauthorized");
  });

  test("is TICKET_SECRET where that is set: the first signs, all verify", async () => {
    const { token } = await issueTicket(identity, configured({ TICKET_SECRET: "older,unused" }), NOW);
    const rotated = configured({ TICKET_SECRET: "newer,older" });
    expect((await verifyTicket(token, rotated, NOW)).userId).toBe("42");
    for (const other of [configured({ TICKET_SECRET: "newer,unused" }), settings]) {
      expect((await refusalOf(verifyTicket(token, other, NOW))).code).toBe("unauthorized");
    }
  });
});

describe("what is no ticket is refused", () => {
  const shared = configured({ TICKET_SECRET: "ticket-secret" });
  const claims = { identity, exp: NOW_SECONDS + 60 };

  test.each<[string, () => Promise<string>, string]>([
    ["a user's token", () => signed({ ...claims, sub: "42" }), "The token's signature does not fit any key."],
    [
      "a user's token signed with the ticket's secret",
      () => signed({ ...claims, sub: "42" }, "ticket-secret"),
      'unexpected "typ" JWT header value',
    ],
    [
      "one without an end",
      () => signed({ identity }, "ticket-secret", ticketHeader),
      'missing required "exp" claim',
    ],
    [
      "one without an identity",
      () => signed({ exp: claims.exp }, "ticket-secret", ticketHeader),
      "The ticket holds no valid identity.",
    ],
    [
      "one with half an identity",
      () => signed({ ...claims, identity: { userId: "42" } }, "ticket-secret", ticketHeader),
      "The ticket holds no valid identity.",
    ],
    ["garbage", async () => "garbage", "The token is not a well-formed JWT."],
  ])("%s", async (_, make, detail) => {
    expect(await refusalOf(verifyTicket(await make(), shared, NOW))).toEqual({
      code: "unauthorized",
      detail,
    });
  });

  test("a ticket with other contents", async () => {
    const { token } = await issueTicket(identity, settings, NOW);
    const changed = { ...decodeJwt(token), identity: { ...identity, userId: "1" } };
    const forged = await signed(changed, "whatever", ticketHeader);
    const [header, payload] = forged.split(".");
    const signature = token.split(".")[2];
    const outcome = verifyTicket([header, payload, signature].join("."), settings, NOW);
    expect((await refusalOf(outcome)).code).toBe("unauthorized");
  });
});

test("a ticket is told from a user's token by its header", async () => {
  expect(looksLikeTicket((await issueTicket(identity, settings, NOW)).token)).toBe(true);
  expect(looksLikeTicket(await signed({}, "s", { typ: "application/Carillon-Ticket+JWT" }))).toBe(true);
  expect(looksLikeTicket(await signed({}))).toBe(false);
  expect(looksLikeTicket("garbage")).toBe(false);
});
