import type { JWTPayload } from "jose";
import type { Settings } from "../config/settings.ts";

/** How long (ms) a token that was verified is taken as verified: a client that polls sends the same one again and again. */
const KEPT = 60_000;
/** Tokens that are remembered; the oldest give way. */
const MOST = 1000;

interface Verified {
  readonly claims: JWTPayload;
  /** From when until when (ms) that counts. */
  readonly from: number;
  readonly until: number;
}

/** By settings, since what is accepted depends on them. Held by the isolate, and nowhere else. */
const verified = new WeakMap<Settings, Map<string, Verified>>();

/**
 * The claims of a token, verified by `verify` unless that was done less than a minute ago; never beyond the token's own
 * end. What is refused is not remembered.
 *
 * @param now ms since 1970.
 */
export async function claimsOf(
  token: string,
  settings: Settings,
  now: number,
  verify: () => Promise<JWTPayload>,
): Promise<JWTPayload> {
  const tokens = verified.get(settings) ?? new Map<string, Verified>();
  verified.set(settings, tokens);
  const known = tokens.get(token);
  if (known && known.from <= now && now < known.until) return known.claims;
  const claims = await verify();
  const end = claims.exp === undefined ? Number.POSITIVE_INFINITY : claims.exp * 1000;
  tokens.delete(token);
  tokens.set(token, { claims, from: now, until: Math.min(now + KEPT, end) });
  for (const oldest of tokens.keys()) {
    if (tokens.size <= MOST) break;
    tokens.delete(oldest);
  }
  return claims;
}
