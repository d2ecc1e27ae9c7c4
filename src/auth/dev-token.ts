import { SignJWT } from "jose";
import type { Settings } from "../config/settings.ts";
import { CarillonError } from "../protocol/errors.ts";
import { secretKey } from "./secret-keys.ts";

/** Whom a development token names. `ttl` is its life in seconds, `SESSION_SECONDS` if absent. */
export interface DevTokenRequest {
  readonly userId: string;
  readonly roles?: readonly string[] | undefined;
  readonly tenants?: readonly string[] | undefined;
  readonly name?: string | undefined;
  readonly locale?: string | undefined;
  readonly ttl?: number | undefined;
}

/** A development token, whom it names and when (ms since 1970) it expires. */
export interface DevToken {
  readonly token: string;
  readonly userId: string;
  readonly expiresAt: number;
}

/**
 * Signs a user's JWT with the first `JWT_SECRET`, as the identity provider would in production: for `POST /dev/token`
 * and the command line. Each claim goes by the first name that the `CLAIM_*` settings give it.
 *
 * @param now ms since 1970.
 * @throws {CarillonError} `not_configured` if there is no `JWT_SECRET`.
 * @example const { token } = await issueDevToken({ userId: "42", roles: ["admin"] }, settings, Date.now());
 */
export async function issueDevToken(
  request: DevTokenRequest,
  settings: Settings,
  now: number,
): Promise<DevToken> {
  const [secret] = settings.JWT_SECRET;
  if (secret === undefined) {
    throw new CarillonError("not_configured", "Set JWT_SECRET to sign development tokens.");
  }
  const { userId, roles = [], tenants = [], name, locale, ttl = settings.SESSION_SECONDS } = request;
  const iat = Math.floor(now / 1000);
  const exp = iat + ttl;
  const token = await new SignJWT({
    [settings.CLAIM_USER[0] ?? "sub"]: userId,
    [settings.CLAIM_ROLES[0] ?? "roles"]: roles,
    [settings.CLAIM_TENANTS[0] ?? "tenants"]: tenants,
    ...(name === undefined ? {} : { [settings.CLAIM_NAME[0] ?? "name"]: name }),
    ...(locale === undefined ? {} : { [settings.CLAIM_LOCALE[0] ?? "locale"]: locale }),
    ...(settings.JWT_ISSUER === "" ? {} : { iss: settings.JWT_ISSUER }),
    ...(settings.JWT_AUDIENCE === "" ? {} : { aud: settings.JWT_AUDIENCE }),
    iat,
    exp,
  })
    .setProtectedHeader({ alg: "HS256", typ: "JWT" })
    .sign(await secretKey(secret));
  return { token, userId, expiresAt: exp * 1000 };
}
