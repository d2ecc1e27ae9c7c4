import type { Context } from "hono";
import type { Settings } from "../config/settings.ts";
import { type CallPolicy, callObject, isOverloaded } from "../delivery/call.ts";
import type { Env } from "../objects/env.ts";
import { describe, report } from "../operation/report.ts";
import { CarillonError } from "../protocol/errors.ts";

/** What Hono's context carries for our routes: the bindings, and the settings once they are known to be good. */
export interface AppEnv {
  Bindings: Env;
  Variables: { settings: Settings };
}

/**
 * Calls an object for a route, patiently. The call must be one that may be repeated.
 *
 * @throws {CarillonError} `unavailable` or `overloaded` when the object cannot be reached.
 */
export async function askObject<Result>(c: Context<AppEnv>, call: () => Promise<Result>): Promise<Result> {
  try {
    return await callObject(call, policyOf(c));
  } catch (error) {
    report("error", "object call failed", { path: c.req.path, ...describe(error) });
    throw isOverloaded(error)
      ? new CarillonError("overloaded", "The service has too much to do just now.")
      : new CarillonError("unavailable", "The service could not be reached in time.");
  }
}

/** How patiently a route calls an object. */
export function policyOf(c: Context<AppEnv>): CallPolicy {
  return {
    attempts: c.get("settings").PUBLISH_ATTEMPTS,
    wait: (ms) => scheduler.wait(ms),
    random: Math.random,
  };
}
