import { addressOf } from "./address.ts";
import { asClientError, CarillonClientError } from "./client-error.ts";
import { hasFields } from "./json.ts";
import type { Platform } from "./platform.ts";
import type { TokenSource } from "./token-source.ts";

export interface HttpOptions {
  readonly platform: Platform;
  readonly tokens: TokenSource;
  /** The service's address, where no ticket says another. */
  readonly url: string;
}

/** Knows an answer by its fields. */
export type Fits<Answer> = (answer: unknown) => answer is Answer;

/** Calls the service over HTTP, with the token, or with the page's cookies where there is none. */
export class Http {
  readonly #options: HttpOptions;

  constructor(options: HttpOptions) {
    this.#options = options;
  }

  get<Answer>(path: string, query: Query, fits: Fits<Answer>): Promise<Answer> {
    return this.ask("GET", withQuery(path, query), fits);
  }

  /**
   * @param fits whether an answer is one; the service is trusted with the rest of it.
   * @throws {CarillonClientError} with the code of the service, or `disconnected`.
   */
  async ask<Answer>(method: string, path: string, fits: Fits<Answer>, body?: unknown): Promise<Answer> {
    const { tokens, platform, url } = this.#options;
    const token = await tokens.get();
    const headers: Record<string, string> = {};
    if (token) headers.Authorization = `Bearer ${token.token}`;
    if (body !== undefined) headers["Content-Type"] = "application/json";
    try {
      const response = await platform.fetch(addressOf(token?.url ?? url) + path, {
        method,
        headers,
        ...(body !== undefined && { body: JSON.stringify(body) }),
        // A service of another origin that lets any page call takes no cookies.
        credentials: token ? "omit" : "include",
      });
      const answer: unknown = await response.json();
      if (response.ok && fits(answer)) return answer;
      if (response.status === 401) tokens.forget();
      throw problemIn(answer, response.status);
    } catch (thrown) {
      throw asClientError(thrown, "disconnected", true);
    }
  }
}

/** What is `undefined` is left out. */
type Query = Readonly<Record<string, string | number | undefined>>;

function withQuery(path: string, query: Query): string {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : `${name}=${encodeURIComponent(value)}`,
  );
  return given.length > 0 ? `${path}?${given.join("&")}` : path;
}

function problemIn(answer: unknown, status: number): CarillonClientError {
  const code = hasFields(answer, "code") ? String(answer.code) : "internal";
  const detail = hasFields(answer, "detail") ? String(answer.detail) : `It was answered ${status}.`;
  return new CarillonClientError(code, detail, status === 429 || status >= 500);
}
