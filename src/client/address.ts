/** Where the service is, and what is where there. Nothing but strings: not every platform has the whole of `URL`. */
export class Address {
  readonly #base: string;

  /** @param url the service's address; `ws` and `wss` are understood, and a ticket's, which ends with `/connect`. */
  constructor(url: string) {
    const base = url.replace(/^ws/, "http").replace(/(\/connect)?\/?(\?.*)?$/, "/");
    this.#base = base.startsWith("http") ? base : new URL(base, globalThis.location?.href).href;
  }

  /** An address for `fetch`. @param path without a slash at the beginning. */
  http(path: string): string {
    return this.#base + path;
  }

  /** An address for a WebSocket. `path` may be one that the service has given, relative to its own address. */
  socket(path: string, query: Query): string {
    return this.#base.replace("http", "ws") + withQuery(path.replace(/^\//, ""), query);
  }
}

/** What is `undefined` is left out. */
export type Query = Readonly<Record<string, string | number | undefined>>;

export function withQuery(path: string, query: Query): string {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
  );
  return given.length > 0 ? `${path}?${given.join("&")}` : path;
}
