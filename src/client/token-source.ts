import { CarillonClientError } from "./client-error.ts";
import type { Platform } from "./platform.ts";
import { type Claims, claimsOf, ticketOf } from "./token-claims.ts";
import { within } from "./within.ts";

/** How long a token must still be good for to be used again, in ms. */
const MARGIN = 30_000;
/** How long fetching one may take, in ms. */
const TIMEOUT = 30_000;

/** A token, and what is known of it. */
export interface Token extends Claims {
  readonly token: string;
  /** The service's address, where a ticket said it. */
  readonly url?: string | undefined;
}

export interface TokenSourceOptions {
  readonly getToken?: (() => string | Promise<string>) | undefined;
  readonly ticketUrl?: string | undefined;
  readonly platform: Platform;
}

export type TokenSource = ReturnType<typeof createTokenSource>;

/** Fetches tokens: one at a time, and not before the last one is about to expire. */
export function createTokenSource({ getToken, ticketUrl, platform }: TokenSourceOptions) {
  let token: Token | undefined;
  let fetching: Promise<Token> | undefined;
  /** What was being fetched for somebody who is not here any more; it is let finish before anything else is fetched. */
  let before: Promise<unknown> | undefined;
  const isThere = (getToken ?? ticketUrl) !== undefined;

  async function ask(): Promise<Token> {
    if (getToken) {
      const given = await getToken();
      return { token: given, ...claimsOf(given) };
    }
    const response = await platform.fetch(ticketUrl ?? "", { credentials: "include" });
    if (!response.ok) throw new Error(`It was answered ${response.status}.`);
    return ticketOf(await response.json());
  }

  async function fetchOne(): Promise<Token> {
    await before?.catch(() => undefined);
    try {
      return await within(platform, TIMEOUT, ask());
    } catch (cause) {
      throw new CarillonClientError("token", "There is no token.", true, cause);
    }
  }

  /** The token is not good any more, or may not be: the next one is fetched. */
  function forget(): void {
    token = undefined;
  }

  return {
    /** Whether there are tokens at all; otherwise there are cookies, or nothing. */
    isThere,
    forget,
    /** Somebody else is here now, or nobody: what is being fetched is not for them. */
    discard(): void {
      forget();
      before = fetching ?? before;
      fetching = undefined;
    },
    /** The service has said how long it takes the token, of which nothing else is known. */
    learn(expiresAt: number): void {
      if (token) token = { ...token, expiresAt: token.expiresAt ?? expiresAt };
    },
    /**
     * A token that is good for a while.
     *
     * @throws {CarillonClientError} `token`, where it cannot be fetched.
     */
    async get(): Promise<Token | undefined> {
      if (!isThere) return undefined;
      if (token && (token.expiresAt ?? 0) - MARGIN > platform.now()) return token;
      if (fetching) return fetching;
      const own = fetchOne();
      fetching = own;
      // It is kept, unless it was discarded meanwhile.
      const done = (fetched?: Token) => {
        if (fetching !== own) return;
        fetching = undefined;
        token = fetched;
      };
      own.then(done, () => done());
      return own;
    },
  };
}
