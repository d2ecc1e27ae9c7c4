/** What a backend puts into a ticket of its own. */
export interface HmacClaims {
  readonly userId: unknown;
  readonly timestamp: unknown;
}

/** The HMAC-SHA256 of `userId:timestamp`. */
export async function hmacOf({ userId, timestamp }: HmacClaims, secret: string): Promise<Uint8Array> {
  const encoder = new TextEncoder();
  const hmac = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", encoder.encode(secret), hmac, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, encoder.encode(`${userId}:${timestamp}`)));
}

/** A ticket as the clinic's backend makes it: base64 JSON, signed in hex. */
export async function hmacTicket(claims: HmacClaims, secret: string): Promise<string> {
  const signature = hexOf(await hmacOf(claims, secret));
  return base64Of(JSON.stringify({ ...claims, signature }));
}

export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Standard base64, padded, of bytes or of a text in UTF-8. */
export function base64Of(what: Uint8Array | string): string {
  const bytes = typeof what === "string" ? new TextEncoder().encode(what) : what;
  return btoa(String.fromCharCode(...bytes));
}

/** The other alphabet, without padding. */
export function urlSafe(base64: string): string {
  return base64.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
