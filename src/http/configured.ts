import { createMiddleware } from "hono/factory";
import { readSettings } from "../config/settings.ts";
import { CarillonError } from "../protocol/errors.ts";
import type { AppEnv } from "./context.ts";

/**
 * Lets nothing through while a setting is missing or wrong, naming the setting and never its value.
 */
export const requireConfigured = createMiddleware<AppEnv>(async (c, next) => {
  const result = readSettings(c.env);
  if (!result.ok) {
    const issues = result.problems.map(({ name, message }) => ({ path: name, message }));
    const names = [...new Set(result.problems.map(({ name }) => name))].join(", ");
    throw new CarillonError("not_configured", `These settings need attention: ${names}.`, { issues });
  }
  c.set("settings", result.settings);
  await next();
});
