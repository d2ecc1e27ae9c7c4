import type { Context } from "hono";
import type { Settings } from "../config/settings.ts";
import type { CallPolicy } from "../delivery/call.ts";
import type { Env } from "../objects/env.ts";

/** What Hono's context carries for our routes: the bindings, and the settings once they are known to be good. */
export interface AppEnv {
  Bindings: Env;
  Variables: { settings: Settings };
}

/** How patiently a route calls an object. */
export function policyOf(c: Context<AppEnv>): CallPolicy {
  return {
    attempts: c.get("settings").PUBLISH_ATTEMPTS,
    wait: (ms) => scheduler.wait(ms),
    random: Math.random,
  };
}
