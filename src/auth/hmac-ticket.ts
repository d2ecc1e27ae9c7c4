import { z } from "zod";
import type { Settings } from "../config/settings.ts";
import { CarillonError } from "../protocol/errors.ts";
import { type Identity, userId } from "./identity.ts";
import { secretKey } from "./secret-keys.ts";

/** In characters; a ticket for the longest user id is shorter. */
const LONGEST = 4096;

/** `timestamp` is in milliseconds since 1970. What else a ticket says is not signed and means nothing. */
const hmacTicket = z.object({
  userId: z.union([userId, z.int().transform(String)]),
  timestamp: z.int().nonnegative(),
  signature: z.string().max(64),
});

type HmacTicket = z.output<typeof hmacTicket>;

/**
 * Whether the token may be a ticket that a backend signed by itself. It is base64 and so has no dot; every JWT has two.
 * Only `verifyHmacTicket` tells whether it is one.
 */
export function looksLikeHmacTicket(token: string, { HMAC_TICKET_SECRET }: Settings): boolean {
  return HMAC_TICKET_SECRET.length > 0 && !token.includes(".");
}

/**
 * Verifies a ticket that a backend signed by itself: base64 (either alphabet) of JSON `{ userId, timestamp, signature }`,
 * the signature being the HMAC-SHA256 of `userId:timestamp` under any of `HMAC_TICKET_SECRET`, in hex or base64. It
 * opens a connection until `HMAC_TICKET_SECONDS` after its timestamp; the session then lasts `SESSION_SECONDS`.
 *
 * @returns an identity that names the user and nothing else: no roles, tenants or grants.
 * @throws {CarillonError} `token_expired` or `unauthorized`, never with anything of the ticket.
 * @example await verifyHmacTicket(url.searchParams.get("token"), settings, Date.now());
 */
export async function verifyHmacTicket(token: string, settings: Settings, now: number): Promise<Identity> {
  const ticket = readTicket(token);
  if (!ticket) {
    const form = "base64 of JSON with userId, timestamp (ms) and signature";
    throw new CarillonError("unauthorized", `The token is neither a JWT nor a ticket, ${form}.`);
  }
  if (!(await isSigned(ticket, settings.HMAC_TICKET_SECRET))) {
    throw new CarillonError("unauthorized", "The ticket's signature does not fit any secret.");
  }
  const { timestamp } = ticket;
  if (timestamp > now + settings.JWT_CLOCK_TOLERANCE_SECONDS * 1000) {
    throw new CarillonError("unauthorized", "The ticket's timestamp lies in the future.");
  }
  if (timestamp + settings.HMAC_TICKET_SECONDS * 1000 <= now) {
    throw new CarillonError("token_expired", "The ticket has expired; its timestamp is in milliseconds.");
  }
  const expiresAt = now + settings.SESSION_SECONDS * 1000;
  return { userId: ticket.userId, roles: [], tenants: [], grants: [], issuedAt: timestamp, expiresAt };
}

function readTicket(token: string): HmacTicket | undefined {
  const bytes = token.length <= LONGEST ? fromBase64(token) : undefined;
  if (!bytes) return undefined;
  try {
    return hmacTicket.safeParse(
      JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes)),
    ).data;
  } catch {
    return undefined;
  }
}

async function isSigned({ userId, timestamp, signature }: HmacTicket, secrets: readonly string[]) {
  const mac = /^[0-9a-f]{64}$/i.test(signature) ? fromHex(signature) : fromBase64(signature);
  if (mac?.byteLength !== 32) return false;
  const signed = new TextEncoder().encode(`${userId}:${timestamp}`);
  // The platform compares in constant time.
  const fits = await Promise.all(
    secrets.map(async (secret) => crypto.subtle.verify("HMAC", await secretKey(secret), mac, signed)),
  );
  return fits.includes(true);
}

/** Bytes from base64 in either alphabet, with padding or without. */
function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  // In a query that nobody encoded a plus has become a space.
  const standard = text.replace(/[ -]/g, "+").replaceAll("_", "/");
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(standard)) return undefined;
  try {
    return Uint8Array.from(atob(standard), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}

function fromHex(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
}
