import { hasFields } from "./json.ts";
import type { Token } from "./token-source.ts";

/** What the client can read of a token. It may be opaque: then it knows nothing. */
export interface Claims {
  readonly user?: string | undefined;
  /** ms since 1970. */
  readonly expiresAt?: number | undefined;
}

/** How long a ticket that a backend signed by itself opens connections, in ms. */
const SIGNED_TICKET_LIFE = 600_000;

/** Reads a JWT, or a ticket that is base64 JSON. Nothing is verified: the service does that. */
export function claimsOf(token: string): Claims {
  try {
    const part = (token.split(".")[1] ?? token).replace(/-/g, "+").replace(/_/g, "/");
    const bytes = Uint8Array.from(atob(part), (letter) => letter.charCodeAt(0));
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes));
    const [exp, timestamp] = [numberIn(claims, "exp"), numberIn(claims, "timestamp")];
    const end = timestamp && timestamp + SIGNED_TICKET_LIFE;
    return { user: textIn(claims, "sub") ?? textIn(claims, "userId"), expiresAt: exp ? exp * 1000 : end };
  } catch {
    return {};
  }
}

/** Reads what a ticket's address answered: `{ url, token, userId, expiresAt }`, or `{ wsUrl, token, userId }`. */
export function ticketOf(ticket: unknown): Token {
  const token = textIn(ticket, "token");
  if (token === undefined) throw new Error("There is no token.");
  const claims = claimsOf(token);
  return {
    token,
    url: textIn(ticket, "url") ?? textIn(ticket, "wsUrl"),
    user: textIn(ticket, "userId") ?? claims.user,
    expiresAt: numberIn(ticket, "expiresAt") ?? claims.expiresAt,
  };
}

function textIn(json: unknown, name: string): string | undefined {
  return hasFields(json, name) && typeof json[name] === "string" ? json[name] : undefined;
}

function numberIn(json: unknown, name: string): number | undefined {
  return hasFields(json, name) && typeof json[name] === "number" ? json[name] : undefined;
}
