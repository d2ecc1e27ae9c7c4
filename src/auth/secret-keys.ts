import type { CryptoKey } from "jose";

const encoder = new TextEncoder();
const hmac = { name: "HMAC", hash: "SHA-256" };

// Finished keys are kept, never promises: in the Workers runtime a request that waits for what another request
// has under way may wait for ever.
const imported = new Map<string, CryptoKey>();
const derived = new Map<string, CryptoKey>();

/** The HS256 key that is this secret itself. Each secret is imported once for the life of the isolate. */
export async function secretKey(secret: string): Promise<CryptoKey> {
  let key = imported.get(secret);
  if (!key) {
    key = await crypto.subtle.importKey("raw", encoder.encode(secret), hmac, false, ["sign", "verify"]);
    imported.set(secret, key);
  }
  return key;
}

/**
 * An HS256 key derived from a secret for one purpose, by HKDF-SHA256. What is signed with it never verifies with
 * the secret itself, nor with the key of another purpose. Each key is derived once for the life of the isolate.
 */
export async function derivedKey(secret: string, purpose: string): Promise<CryptoKey> {
  const name = `${purpose}\n${secret}`;
  let key = derived.get(name);
  if (!key) {
    const base = await crypto.subtle.importKey("raw", encoder.encode(secret), "HKDF", false, ["deriveKey"]);
    const hkdf = {
      name: "HKDF",
      hash: "SHA-256",
      salt: new Uint8Array(),
      info: encoder.encode(purpose),
    };
    key = await crypto.subtle.deriveKey(hkdf, base, { ...hmac, length: 256 }, false, ["sign", "verify"]);
    derived.set(name, key);
  }
  return key;
}
