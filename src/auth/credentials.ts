import type { Settings } from "../config/settings.ts";
import { CarillonError } from "../protocol/errors.ts";
import { bearerToken } from "./bearer.ts";
import { looksLikeHmacTicket, verifyHmacTicket } from "./hmac-ticket.ts";
import type { Identity } from "./identity.ts";
import { originAllowedForCookies } from "./origin.ts";
import { looksLikeTicket, verifyTicket } from "./ticket.ts";
import { verifyUserToken } from "./user-token.ts";

/** A token as it came, and by which of the four ways. */
export type Credential =
  | { readonly from: "authorization"; readonly token: string }
  | { readonly from: "subprotocol"; readonly token: string }
  | { readonly from: "query"; readonly token: string }
  | { readonly from: "cookie"; readonly token: string };

/**
 * The request's credential: `Authorization: Bearer`, else the subprotocol `bearer.<token>`, else `?token=`, else
 * the cookie `COOKIE_NAME`. One that is there but empty counts as absent.
 *
 * @param cookiesCount whether the page that sent the cookies may use them; see `originAllowedForCookies`.
 */
export function findCredential(
  headers: Headers,
  url: URL,
  settings: Settings,
  cookiesCount: boolean,
): Credential | undefined {
  const authorization = bearerToken(headers.get("Authorization"));
  if (authorization) return { from: "authorization", token: authorization };
  const subprotocol = subprotocolToken(headers.get("Sec-WebSocket-Protocol"));
  if (subprotocol) return { from: "subprotocol", token: subprotocol };
  const query = url.searchParams.get("token");
  if (query) return { from: "query", token: query };
  const cookie = cookiesCount ? cookieNamed(settings.COOKIE_NAME, headers.get("Cookie")) : undefined;
  if (cookie) return { from: "cookie", token: cookie };
  return undefined;
}

/**
 * Who sends this request, by its first credential: a user's JWT or, anywhere but in the cookie, a ticket. A first
 * credential that is bad is refused; later ones are not tried.
 *
 * @param now ms since 1970.
 * @throws {CarillonError} `unauthorized`, `token_expired`, or `unavailable` if the provider's keys cannot be
 *   fetched.
 * @example const identity = await authenticate(request, settings, Date.now());
 */
export async function authenticate(
  request: { readonly headers: Headers; readonly url: string },
  settings: Settings,
  now: number,
): Promise<Identity> {
  const { headers } = request;
  const url = new URL(request.url);
  const cookiesCount = originAllowedForCookies(headers.get("Origin"), url, settings);
  const credential = findCredential(headers, url, settings, cookiesCount);
  if (!credential) {
    throw new CarillonError(
      "unauthorized",
      "The request has no credential: Authorization, a bearer subprotocol, ?token= or a cookie of an allowed origin.",
    );
  }
  // A ticket is for one handshake; a cookie would send it along with every request.
  if (credential.from === "cookie") return verifyUserToken(credential.token, settings, now);
  return verifyToken(credential.token, settings, now);
}

/**
 * Whose token this is: a user's JWT, or a ticket, ours or one that a backend signed by itself.
 *
 * @throws {CarillonError} `unauthorized`, `token_expired` or `unavailable`
 */
export function verifyToken(token: string, settings: Settings, now: number): Promise<Identity> {
  if (looksLikeTicket(token)) return verifyTicket(token, settings, now);
  if (looksLikeHmacTicket(token, settings)) return verifyHmacTicket(token, settings, now);
  return verifyUserToken(token, settings, now);
}

/** Whether the token says that it is a ticket of either kind. */
export function isTicket(token: string, settings: Settings): boolean {
  return looksLikeTicket(token) || looksLikeHmacTicket(token, settings);
}

function subprotocolToken(header: string | null): string | undefined {
  const prefix = "bearer.";
  const offered = (header ?? "").split(",").map((protocol) => protocol.trim());
  return offered.find((protocol) => protocol.startsWith(prefix))?.slice(prefix.length);
}

function cookieNamed(name: string, header: string | null): string | undefined {
  for (const pair of (header ?? "").split(";")) {
    const equals = pair.indexOf("=");
    if (equals === -1 || pair.slice(0, equals).trim() !== name) continue;
    const value = pair.slice(equals + 1).trim();
    return value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value;
  }
  return undefined;
}
