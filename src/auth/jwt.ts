import {
  type CryptoKey,
  decodeProtectedHeader,
  errors,
  type JWTPayload,
  type JWTVerifyOptions,
  jwtVerify,
  type ProtectedHeaderParameters,
} from "jose";
import { CarillonError } from "../protocol/errors.ts";

/** What a token's header says, not verified; `undefined` if it cannot be read. */
export function readHeader(token: string): ProtectedHeaderParameters | undefined {
  try {
    return decodeProtectedHeader(token);
  } catch {
    return undefined;
  }
}

/**
 * Verifies a compact JWT with the first of the keys that fits its signature, so that secrets can be rotated.
 *
 * @returns the claims.
 * @throws {CarillonError} `token_expired`, or `unauthorized` with the claim or the reason; never with anything of
 *   the token.
 */
export async function verifyJwt(
  token: string,
  keys: Iterable<CryptoKey> | AsyncIterable<CryptoKey>,
  options: JWTVerifyOptions,
): Promise<JWTPayload> {
  for await (const key of keys) {
    try {
      return (await jwtVerify(token, key, options)).payload;
    } catch (error) {
      if (!(error instanceof errors.JWSSignatureVerificationFailed)) throw refusal(error);
    }
  }
  throw new CarillonError("unauthorized", "The token's signature does not fit any key.");
}

function refusal(error: unknown): unknown {
  if (error instanceof errors.JWTExpired) return new CarillonError("token_expired", error.message);
  if (error instanceof errors.JWTClaimValidationFailed) {
    return new CarillonError("unauthorized", error.message);
  }
  // Other messages may repeat a part of the header, which belongs to the token.
  if (error instanceof errors.JOSEError) {
    return new CarillonError("unauthorized", "The token is not a well-formed JWT.");
  }
  return error;
}
