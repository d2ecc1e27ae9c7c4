import type { Context } from "hono";
import { CarillonError } from "../protocol/errors.ts";
import type { AppEnv } from "./context.ts";

/** Pages run their own scripts only, and may talk to any Carillon: an inspector can be pointed elsewhere. */
const contentSecurityPolicy =
  "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

/** Serves the built pages of `src/web/`. */
export async function getPage(c: Context<AppEnv>): Promise<Response> {
  const page = await getAsset(c);
  // Their names change with what is in them.
  if (c.req.path.startsWith("/assets/"))
    page.headers.set("Cache-Control", "public, max-age=31536000, immutable");
  page.headers.set("Content-Security-Policy", contentSecurityPolicy);
  page.headers.set("Referrer-Policy", "no-referrer");
  return page;
}

/** A file that was built, at its own address. @throws {CarillonError} `not_found` */
export async function getAsset(c: Context<AppEnv>): Promise<Response> {
  const asset = await c.env.ASSETS.fetch(c.req.raw);
  if (asset.status === 404) throw new CarillonError("not_found", "There is nothing at this address.");
  const headers = new Headers(asset.headers);
  headers.set("X-Content-Type-Options", "nosniff");
  return new Response(asset.body, { status: asset.status, headers });
}
