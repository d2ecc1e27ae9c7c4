import { createMiddleware } from "hono/factory";
import { requestIdOf } from "../operation/caller.ts";
import type { AppEnv } from "./context.ts";

/**
 * Gives each request an id, its own or ours, by which the lines of the log that belong together are found, and answers
 * with it. An object's answer to an upgrade says it already: its headers cannot be changed here.
 */
export const nameRequest = createMiddleware<AppEnv>(async (c, next) => {
  const id = requestIdOf(c.req.raw.headers);
  c.set("requestId", id);
  await next();
  if (c.res.status !== 101) c.res.headers.set("X-Request-Id", id);
});
