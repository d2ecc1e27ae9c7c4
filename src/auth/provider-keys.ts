import { type CryptoKey, createRemoteJWKSet, errors, type JWTHeaderParameters } from "jose";
import { CarillonError } from "../protocol/errors.ts";

/**
 * How long after a fetch an unknown key id does not cause another, in ms. It bounds what made-up key ids can cost
 * the provider (one fetch in this time for each isolate), and how long a key that was added just after a fetch is
 * refused.
 */
const COOLDOWN_MS = 10_000;

/** How long fetched keys serve, in ms: a key that the provider withdrew is refused after that. */
const MAX_AGE_MS = 600_000;

/** How long the provider may take to answer, in ms; somebody waits for it to connect. */
const TIMEOUT_MS = 5_000;

type KeySet = ReturnType<typeof createRemoteJWKSet>;

const keySets = new Map<string, KeySet>();

/**
 * The identity provider's public keys that may have signed a token with this header: the one that its key id
 * names, or every one that fits when it names none. The keys of an address are fetched once for the life of the
 * isolate, then again when they are old or the key id is unknown.
 *
 * @throws {CarillonError} `unavailable` if they cannot be fetched or read, `unauthorized` if none fits,
 *   `not_configured` if `JWKS_URL` is no address.
 */
export async function* providerKeys(address: string, header: JWTHeaderParameters): AsyncGenerator<CryptoKey> {
  let key: CryptoKey;
  try {
    key = await keySet(address)(header);
  } catch (error) {
    if (error instanceof errors.JWKSMultipleMatchingKeys) {
      yield* error;
      return;
    }
    throw refusal(error);
  }
  yield key;
}

function keySet(address: string): KeySet {
  let set = keySets.get(address);
  if (!set) {
    if (!URL.canParse(address)) throw new CarillonError("not_configured", "JWKS_URL is not an address.");
    set = createRemoteJWKSet(new URL(address), {
      cooldownDuration: COOLDOWN_MS,
      cacheMaxAge: MAX_AGE_MS,
      timeoutDuration: TIMEOUT_MS,
    });
    keySets.set(address, set);
  }
  return set;
}

function refusal(error: unknown): CarillonError {
  if (error instanceof CarillonError) return error;
  if (error instanceof errors.JWKSNoMatchingKey) {
    return new CarillonError("unauthorized", "No key of the identity provider fits the token.");
  }
  // Whatever else went wrong here was between us and the provider; the token has not been looked at yet.
  return new CarillonError("unavailable", "The identity provider's keys could not be fetched or read.");
}
