import { type JWTHeaderParameters, type JWTPayload, SignJWT } from "jose";

/** 21 November 2026, 10:00 UTC, in ms: the time of these tests. */
export const NOW = Date.UTC(2026, 10, 21, 10);

/** The same in seconds, as claims have it. */
export const NOW_SECONDS = NOW / 1000;

/** A JWT signed HS256 with this secret. */
export function signed(
  claims: JWTPayload,
  secret = "first-secret-of-the-test",
  header: Partial<JWTHeaderParameters> = {},
): Promise<string> {
  return new SignJWT(claims)
    .setProtectedHeader({ alg: "HS256", typ: "JWT", ...header })
    .sign(new TextEncoder().encode(secret));
}
