/**
 * Where the service is, with a slash at the end. Nothing but strings: not every platform has the whole of `URL`.
 *
 * @param url the service's address; `ws` and `wss` are understood, and a ticket's, which ends with `/connect`.
 */
export function addressOf(url: string): string {
  const base = url.replace(/^ws/, "http").replace(/(\/connect)?\/?(\?.*)?$/, "/");
  return base.startsWith("http") ? base : new URL(base, globalThis.location?.href).href;
}

/** What is `undefined` is left out. */
export type Query = Readonly<Record<string, string | number | undefined>>;

export function withQuery(path: string, query: Query): string {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : `${name}=${encodeURIComponent(value)}`,
  );
  return given.length > 0 ? `${path}?${given.join("&")}` : path;
}
