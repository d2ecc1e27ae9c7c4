import type { Settings } from "../config/settings.ts";
import type { Env } from "../objects/env.ts";

/** What Hono's context carries for our routes: the bindings, and the settings once they are known to be good. */
export interface AppEnv {
  Bindings: Env;
  Variables: { settings: Settings };
}
