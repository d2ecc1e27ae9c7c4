import { z } from "zod";
import { hmacTicket } from "../auth/hmac-signed.ts";
import { type Claims, secondsFromNow, userToken } from "../support/token.ts";
import type { Client } from "./client.ts";
import { BROADCASTER, OPERATOR, type Target } from "./target.ts";

/** What a user may show. */
export interface Tokens {
  /** Opens a connection of this user, who is a nurse of clinic 7. */
  readonly good: string;
  /** That one, and others of every kind: of other rights, of another user, a ticket, out of date, forged, damaged. */
  readonly all: readonly string[];
  /** Of somebody who may broadcast, and of an operator. */
  readonly broadcaster: string;
  readonly operator: string;
}

const ticket = z.object({ token: z.string() });

/** Patterns that a token may grant, however it came by them. */
const grants = [
  "clinic:*:queue",
  "*",
  "::",
  "{a}:{a}",
  "%ff:*",
  "room:\ud800",
  "__proto__:*",
  "x".repeat(200),
];

/** Makes a user's tokens. */
export async function tokensOf(user: string, target: Target, client: Client): Promise<Tokens> {
  const own: Claims = { sub: user, roles: ["Nurse"], tenants: ["7"] };
  const of = (claims: Claims, secret?: string) => userToken(target, claims, secret);
  const good = await of(own);
  const bought = await client.send({
    method: "POST",
    path: "/auth/ticket",
    headers: { Authorization: `Bearer ${good}` },
    sending: "whole",
  });
  const signed = (userId: string, timestamp: number, secret = target.hmacSecret) =>
    hmacTicket({ userId, timestamp }, secret);
  const [header = "", payload = "", signature = ""] = good.split(".");
  const unsigned = Buffer.from('{"alg":"none","typ":"JWT"}').toString("base64url");
  return {
    good,
    broadcaster: await of({ sub: `${user}-herald`, roles: [BROADCASTER.toUpperCase()] }),
    operator: await of({ sub: `${user}-operator`, roles: [OPERATOR] }),
    all: [
      // Half of the attempts should get further.
      ...Array<string>(9).fill(good),
      await of({ sub: user }),
      await of({ ...own, iat: secondsFromNow(0), channels: grants }),
      ticket.parse(JSON.parse(bought?.text ?? "")).token,
      await of({ sub: `${user}-other` }),
      await signed(user, Date.now()),
      await signed(`${user}-other`, Date.now() - 86_400_000),
      await signed(user, Date.now(), "a secret of somebody else"),
      await of({ sub: "__proto__", roles: ["admin"], exp: secondsFromNow(7200) }),
      await of({ ...own, exp: secondsFromNow(-60) }),
      await of({ ...own, nbf: secondsFromNow(3600) }),
      await of({ ...own, tenants: Array.from({ length: 200 }, (_, index) => `${index}-${"t".repeat(20)}`) }),
      await of({ roles: ["admin"] }),
      await of({ sub: "a\u0000b" }),
      await of({ sub: "\ud800" }),
      await of(own, "a secret of somebody else"),
      `${unsigned}.${payload}.`,
      `${header}.${payload}`,
      `${header}.${payload}.${signature.slice(0, -4)}`,
      `${header}.${"A".repeat(6000)}.${signature}`,
    ],
  };
}
