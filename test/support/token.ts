import { type JWTPayload, SignJWT } from "jose";
import type { Service } from "./service.ts";

/** Claims of a user's token; `exp` is an hour from now unless it is said. */
export type Claims = JWTPayload & Readonly<{ sub?: string; roles?: string[]; tenants?: string[] }>;

/** Seconds since 1970, so far from now. */
export function secondsFromNow(seconds: number): number {
  return Math.floor(Date.now() / 1000) + seconds;
}

/** A user's token, signed as the service trusts it or with another secret. */
export function userToken(
  service: Pick<Service, "jwtSecret">,
  claims: Claims,
  secret = service.jwtSecret,
): Promise<string> {
  return new SignJWT({ exp: secondsFromNow(3600), ...claims })
    .setProtectedHeader({ alg: "HS256", typ: "JWT" })
    .sign(new TextEncoder().encode(secret));
}
