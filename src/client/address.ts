/**
 * Where the service is, with a slash at the end. Nothing but strings: not every platform has the whole of `URL`.
 *
 * @param url the service's address; `ws` and `wss` are understood, and a ticket's, which ends with `/connect`.
 */
export function addressOf(url: string): string {
  const base = url.replace(/^ws/, "http").replace(/(\/connect)?\/?(\?.*)?$/, "/");
  return base.startsWith("http") ? base : new URL(base, globalThis.location?.href).href;
}
