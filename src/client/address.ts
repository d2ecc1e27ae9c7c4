/** Where the service is, and what is where there. */
export class Address {
  readonly #base: URL;

  /** @param url the service's address; `ws` and `wss` are understood, and a ticket's, which ends with `/connect`. */
  constructor(url: string) {
    this.#base = new URL(url.replace(/^ws/, "http").replace(/(\/connect)?\/?(\?.*)?$/, "/"), pageAddress());
  }

  /** The address without a slash at the end, by which what is kept is told apart. */
  get text(): string {
    return this.#base.href.replace(/\/$/, "");
  }

  /** An address for `fetch`. @param path without a slash at the beginning. */
  http(path: string): string {
    return new URL(path, this.#base).href;
  }

  /** An address for a WebSocket. `path` may be one that the service has given, relative to its own address. */
  socket(path: string, query: Readonly<Record<string, string | undefined>>): string {
    const url = new URL(path.replace(/^\//, ""), this.#base);
    url.protocol = url.protocol.replace("http", "ws");
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) url.searchParams.set(name, value);
    return url.href;
  }
}

function pageAddress(): string | undefined {
  return globalThis.location?.href;
}
