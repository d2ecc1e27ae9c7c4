import type { Context } from "hono";
import type { AppEnv } from "./context.ts";
import { openApi } from "./documentation/openapi.ts";
import { documentationPage } from "./documentation/page.ts";

/** Made when somebody first asks: a service that is never asked does not pay for it when it starts. */
let document: string | undefined;
let page: string | undefined;

/** `GET /openapi.json`: the routes for programs. */
export function getOpenApi(c: Context<AppEnv>): Response {
  document ??= JSON.stringify(openApi());
  c.header("Content-Type", "application/json");
  c.header("Cache-Control", "public, max-age=300");
  return c.body(document);
}

/** `GET /docs`: the routes for people. */
export function getDocs(c: Context<AppEnv>): Response {
  page ??= documentationPage();
  c.header("Cache-Control", "public, max-age=300");
  c.header(
    "Content-Security-Policy",
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
  );
  c.header("X-Content-Type-Options", "nosniff");
  return c.html(page);
}
