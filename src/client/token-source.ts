import { CarillonClientError } from "./client-error.ts";
import type { Platform, Timer } from "./platform.ts";
import { type Claims, claimsOf, ticketOf } from "./token-claims.ts";

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
  readonly getToken: (() => string | Promise<string>) | undefined;
  readonly ticketUrl: string | undefined;
  readonly platform: Platform;
}

/** Fetches tokens: one at a time, and not before the last one is about to expire. */
export class TokenSource {
  readonly #options: TokenSourceOptions;
  #token: Token | undefined;
  #fetching: Promise<Token> | undefined;
  /** What was being fetched for somebody who is not here any more; it is let finish before anything else is fetched. */
  #before: Promise<unknown> | undefined;

  constructor(options: TokenSourceOptions) {
    this.#options = options;
  }

  /** Whether there are tokens at all; otherwise there are cookies, or nothing. */
  get isThere(): boolean {
    return (this.#options.getToken ?? this.#options.ticketUrl) !== undefined;
  }

  /** The token is not good any more, or may not be: the next one is fetched. */
  forget(): void {
    this.#token = undefined;
  }

  /** Somebody else is here now, or nobody: what is being fetched is not for them. */
  discard(): void {
    this.forget();
    this.#before = this.#fetching ?? this.#before;
    this.#fetching = undefined;
  }

  /** The service has said how long it takes the token, of which nothing else is known. */
  learn(expiresAt: number): void {
    if (this.#token && this.#token.expiresAt === undefined) this.#token = { ...this.#token, expiresAt };
  }

  /**
   * A token that is good for a while.
   *
   * @throws {CarillonClientError} `token`, where it cannot be fetched.
   */
  async get(): Promise<Token | undefined> {
    if (!this.isThere) return undefined;
    const { expiresAt } = this.#token ?? {};
    if (this.#token && expiresAt !== undefined && expiresAt - MARGIN > this.#options.platform.now()) {
      return this.#token;
    }
    return this.#fetching ?? this.#follow(this.#fetch());
  }

  /** Keeps what is fetched, unless it was discarded meanwhile. */
  #follow(fetching: Promise<Token>): Promise<Token> {
    this.#fetching = fetching;
    const done = (token?: Token) => {
      if (this.#fetching !== fetching) return;
      this.#fetching = undefined;
      this.#token = token;
    };
    fetching.then(done, () => done());
    return fetching;
  }

  async #fetch(): Promise<Token> {
    const { platform } = this.#options;
    await this.#before?.catch(() => undefined);
    let timer: Timer | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = platform.setTimeout(() => reject(new Error("It took too long.")), TIMEOUT);
    });
    try {
      return await Promise.race([this.#ask(), late]);
    } catch (cause) {
      throw new CarillonClientError("token", "The token could not be fetched.", true, cause);
    } finally {
      platform.clearTimeout(timer);
    }
  }

  async #ask(): Promise<Token> {
    const { getToken, ticketUrl = "", platform } = this.#options;
    if (getToken) {
      const token = await getToken();
      return { token, ...claimsOf(token) };
    }
    const response = await platform.fetch(ticketUrl, { credentials: "include" });
    if (!response.ok) throw new Error(`It was answered ${response.status}.`);
    return ticketOf(await response.json());
  }
}
