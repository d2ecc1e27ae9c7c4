import { type CryptoKey, SignJWT } from "jose";
import { z } from "zod";
import type { Settings } from "../config/settings.ts";
import { CarillonError } from "../protocol/errors.ts";
import { type Identity, identityFits, identitySchema } from "./identity.ts";
import { readHeader, verifyJwt } from "./jwt.ts";
import { derivedKey, secretKey } from "./secret-keys.ts";

/** The `typ` of a ticket's header. A user's token never has it, so neither can be taken for the other. */
const TICKET_TYPE = "carillon-ticket+jwt";

const PURPOSE = "carillon ticket v1";

const ticketClaims = z.object({ identity: identitySchema });

/** A ticket, and until when (ms since 1970) it opens a connection. */
export interface Ticket {
  readonly token: string;
  readonly expiresAt: number;
}

/**
 * Issues a ticket: a short-lived token that is fit for a URL. It opens a connection within `TICKET_SECONDS`; the
 * identity in it keeps its own `expiresAt`, so that the session ends with the credential that bought the ticket.
 *
 * @throws {CarillonError} `invalid_body` if the identity takes more than `MAX_IDENTITY_BYTES`.
 * @example const { token } = await issueTicket(identity, settings, Date.now()); // `${url}?token=${token}`
 */
export async function issueTicket(identity: Identity, settings: Settings, now: number): Promise<Ticket> {
  if (!identityFits(identity, settings)) {
    const limit = settings.MAX_IDENTITY_BYTES;
    throw new CarillonError("invalid_body", `The identity takes more than ${limit} bytes.`);
  }
  const [key] = await ticketKeys(settings);
  if (!key) throw new CarillonError("not_configured", "Set TICKET_SECRET or JWT_SECRET to issue tickets.");
  const iat = Math.floor(now / 1000);
  const exp = Math.min(iat + settings.TICKET_SECONDS, Math.floor(identity.expiresAt / 1000));
  const token = await new SignJWT({ identity, iat, exp })
    .setProtectedHeader({ alg: "HS256", typ: TICKET_TYPE })
    .sign(key);
  return { token, expiresAt: exp * 1000 };
}

/**
 * Verifies a ticket. There is no clock tolerance: this service issued it by its own clock.
 *
 * @throws {CarillonError} `token_expired` when the ticket or the identity in it has expired, else `unauthorized`.
 */
export async function verifyTicket(token: string, settings: Settings, now: number): Promise<Identity> {
  const claims = await verifyJwt(token, await ticketKeys(settings), {
    algorithms: ["HS256"],
    typ: TICKET_TYPE,
    requiredClaims: ["exp"],
    currentDate: new Date(now),
  });
  const parsed = ticketClaims.safeParse(claims);
  if (!parsed.success) throw new CarillonError("unauthorized", "The ticket holds no valid identity.");
  const { identity } = parsed.data;
  if (!identityFits(identity, settings)) {
    throw new CarillonError("unauthorized", "The ticket's identity is too large.");
  }
  if (identity.expiresAt <= now) {
    throw new CarillonError("token_expired", "The credential that bought the ticket has expired.");
  }
  return identity;
}

/** Whether the token says that it is a ticket; only `verifyTicket` tells whether that is true. */
export function looksLikeTicket(token: string): boolean {
  const type = readHeader(token)?.typ;
  if (typeof type !== "string") return false;
  // A media type has no case, and "application/" before it may be left out.
  return type.toLowerCase().replace(/^application\//, "") === TICKET_TYPE;
}

/** The first signs, all verify. */
function ticketKeys({ TICKET_SECRET, JWT_SECRET }: Settings): Promise<CryptoKey[]> {
  if (TICKET_SECRET.length > 0) return Promise.all(TICKET_SECRET.map(secretKey));
  return Promise.all(JWT_SECRET.map((secret) => derivedKey(secret, PURPOSE)));
}
