import type { Context } from "hono";
import manifest from "../../package.json" with { type: "json" };
import { readSettings } from "../config/settings.ts";
import type { AppEnv } from "./context.ts";

/** `GET /health`: whether the service can work, and if not, which settings are to blame. */
export function getHealth(c: Context<AppEnv>): Response {
  const { name, version } = manifest;
  const result = readSettings(c.env);
  c.header("Cache-Control", "no-store");
  if (!result.ok) {
    return c.json({ ok: false, name, version, configured: false, problems: result.problems }, 503);
  }
  const environment = result.settings.ENVIRONMENT;
  return c.json({ ok: true, name, version, environment, configured: true });
}
