import type { CryptoKey, JWTHeaderParameters, JWTVerifyOptions } from "jose";
import type { Settings } from "../config/settings.ts";
import { CarillonError } from "../protocol/errors.ts";
import { identityFromClaims } from "./claims.ts";
import type { Identity } from "./identity.ts";
import { readHeader, verifyJwt } from "./jwt.ts";
import { providerKeys } from "./provider-keys.ts";
import { secretKey } from "./secret-keys.ts";
import { looksLikeTicket } from "./ticket.ts";
import { claimsOf } from "./verified-claims.ts";

/** The algorithms that the identity provider's keys may sign with. Secrets sign with HS256 and nothing else. */
const providerAlgorithms: ReadonlySet<string> = new Set(["RS256", "ES256", "EdDSA"]);

/**
 * Verifies a user's JWT: HS256 with any of `JWT_SECRET`, or RS256, ES256 and EdDSA with the keys at `JWKS_URL`.
 * The algorithm chooses the kind of key, so that a public key can never serve as a secret.
 *
 * @param now ms since 1970. Clocks may differ by `JWT_CLOCK_TOLERANCE_SECONDS`.
 * @throws {CarillonError} `token_expired`; `unauthorized` with the claim or the reason, never the token;
 *   `unavailable` if the provider's keys cannot be fetched.
 * @example const { userId, roles } = await verifyUserToken(token, settings, Date.now());
 */
export async function verifyUserToken(token: string, settings: Settings, now: number): Promise<Identity> {
  const header = readHeader(token);
  if (!header) throw new CarillonError("unauthorized", "The token is not a well-formed JWT.");
  if (looksLikeTicket(token)) {
    throw new CarillonError("unauthorized", "A ticket cannot stand for a user's token.");
  }
  const alg = header.alg ?? "none";
  const claims = await claimsOf(token, settings, now, async () =>
    verifyJwt(token, await keysFor({ ...header, alg }, settings), {
      algorithms: [alg],
      currentDate: new Date(now),
      clockTolerance: settings.JWT_CLOCK_TOLERANCE_SECONDS,
      ...expectedClaims(settings),
    }),
  );
  return identityFromClaims(claims, settings, now);
}

async function keysFor(
  header: JWTHeaderParameters,
  settings: Settings,
): Promise<Iterable<CryptoKey> | AsyncIterable<CryptoKey>> {
  if (header.alg === "HS256" && settings.JWT_SECRET.length > 0) {
    return Promise.all(settings.JWT_SECRET.map(secretKey));
  }
  if (providerAlgorithms.has(header.alg) && settings.JWKS_URL !== "") {
    return providerKeys(settings.JWKS_URL, header);
  }
  throw new CarillonError("unauthorized", "The token's algorithm is not accepted.");
}

function expectedClaims({ JWT_ISSUER, JWT_AUDIENCE }: Settings): JWTVerifyOptions {
  return {
    ...(JWT_ISSUER === "" ? {} : { issuer: JWT_ISSUER }),
    ...(JWT_AUDIENCE === "" ? {} : { audience: JWT_AUDIENCE }),
  };
}
