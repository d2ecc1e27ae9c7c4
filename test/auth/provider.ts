import {
  type CryptoKey,
  exportJWK,
  exportSPKI,
  generateKeyPair,
  type JWK,
  type JWTPayload,
  SignJWT,
} from "jose";
import { vi } from "vitest";

/**
 * A key of the provider: it signs with or without naming itself, `jwk` is what the provider publishes of it, `pem`
 * the same as text.
 */
export interface ProviderKey {
  readonly jwk: JWK;
  readonly pem: string;
  sign(claims: JWTPayload): Promise<string>;
  signUnnamed(claims: JWTPayload): Promise<string>;
}

/** Makes a key for RS256, ES256 or EdDSA. */
export async function providerKey(alg: string, kid: string): Promise<ProviderKey> {
  const pair: { publicKey: CryptoKey; privateKey: CryptoKey } = await generateKeyPair(alg, {
    extractable: true,
  });
  return {
    jwk: { ...(await exportJWK(pair.publicKey)), kid, alg, use: "sig" },
    pem: await exportSPKI(pair.publicKey),
    sign: (claims) => new SignJWT(claims).setProtectedHeader({ alg, kid }).sign(pair.privateKey),
    signUnnamed: (claims) => new SignJWT(claims).setProtectedHeader({ alg }).sign(pair.privateKey),
  };
}

/**
 * Stands in for the provider's server: answers `fetch` with these keys, or with what `respond` says, at a fresh
 * address. The keys may be changed; `fetches` counts.
 */
export class Provider {
  readonly address = `https://id-${crypto.randomUUID()}.example/jwks.json`;
  keys: ProviderKey[];
  fetches = 0;
  respond: () => Promise<Response> = async () => Response.json({ keys: this.keys.map(({ jwk }) => jwk) });

  constructor(...keys: ProviderKey[]) {
    this.keys = keys;
    vi.stubGlobal("fetch", (input: string | URL | Request) => {
      const url = input instanceof Request ? input.url : String(input);
      if (url !== this.address) throw new Error(`Nobody answers at ${url}.`);
      this.fetches += 1;
      return this.respond();
    });
  }
}
