import type { Context } from "hono";
import type { AppEnv } from "./context.ts";
import { getAsset } from "./pages.ts";

/**
 * `GET /client.js`: the client as a module, which pages of any origin may import. Its address stays the same when the
 * service is updated, and an older one would ask for parts that are not there any more, so each page asks for it again, and
 * is answered 304 where it has not changed.
 */
export function getClientBundle(c: Context<AppEnv>): Promise<Response> {
  return getModule(c, "public, no-cache");
}

/**
 * `GET /client/:part`: a part of the client, which `/client.js` imports when it is needed. Its name changes with what is in
 * it, so it never has to be asked for again.
 */
export function getClientPart(c: Context<AppEnv>): Promise<Response> {
  return getModule(c, "public, max-age=31536000, immutable");
}

async function getModule(c: Context<AppEnv>, caching: string): Promise<Response> {
  const asset = await getAsset(c);
  asset.headers.set("Access-Control-Allow-Origin", "*");
  asset.headers.set("Cross-Origin-Resource-Policy", "cross-origin");
  asset.headers.set("Cache-Control", caching);
  return asset;
}
