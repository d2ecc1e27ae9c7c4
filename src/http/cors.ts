import { cors } from "hono/cors";
import { createMiddleware } from "hono/factory";
import { originAllowed } from "../auth/origin.ts";
import type { AppEnv } from "./context.ts";

/**
 * Lets pages of allowed origins call the service. Upgrades are left alone: their answers' headers cannot be changed,
 * and their Origin is checked where they are admitted.
 */
export const allowOrigins = createMiddleware<AppEnv>(async (c, next) => {
  if (c.req.header("Upgrade")?.toLowerCase() === "websocket") return next();
  const url = new URL(c.req.url);
  const settings = c.get("settings");
  const handler = cors({
    origin: (origin) => (originAllowed(origin, url, settings) ? origin : null),
    allowMethods: ["GET", "POST", "PUT", "DELETE"],
    allowHeaders: ["Authorization", "Content-Type", "X-Request-Id"],
    exposeHeaders: ["X-Request-Id"],
    credentials: !settings.ALLOWED_ORIGINS.includes("*"),
    maxAge: 600,
  });
  return handler(c, next);
});
