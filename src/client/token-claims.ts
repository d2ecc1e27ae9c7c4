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
    const { exp, timestamp } = fieldsOf<number>(claims, "number");
    const { sub, userId } = fieldsOf<string>(claims, "string");
    const end = timestamp === undefined ? undefined : timestamp + SIGNED_TICKET_LIFE;
    return { user: sub ?? userId, expiresAt: exp === undefined ? end : exp * 1000 };
  } catch {
    return {};
  }
}

/** Reads what a ticket's address answered: `{ url, token, userId, expiresAt }`, or `{ wsUrl, token, userId }`. */
export function ticketOf(answer: unknown): Token {
  const { url, wsUrl, token, userId } = fieldsOf<string>(answer, "string");
  const { expiresAt } = fieldsOf<number>(answer, "number");
  if (token === undefined) throw new Error("There was no token in the answer.");
  const claims = claimsOf(token);
  return {
    token,
    url: url ?? wsUrl,
    user: userId ?? claims.user,
    expiresAt: expiresAt ?? claims.expiresAt,
  };
}

/** Those fields of a JSON object that have a certain type. */
function fieldsOf<Type>(json: unknown, type: string): Readonly<Record<string, Type | undefined>> {
  if (typeof json !== "object" || json === null) return {};
  return Object.fromEntries(Object.entries(json).filter(([, value]) => typeof value === type));
}
