import type { Context } from "hono";
import type { Settings } from "../config/settings.ts";
import { type CallPolicy, callObject, isOverloaded } from "../delivery/call.ts";
import type { Env } from "../objects/env.ts";
import { describe, type Fields, type LogLevel, report } from "../operation/report.ts";
import { CarillonError } from "../protocol/errors.ts";

/** What Hono's context carries for our routes: the bindings, and the settings once they are known to be good. */
export interface AppEnv {
  Bindings: Env;
  Variables: {
    settings: Settings;
    /** Of every request, from the first middleware on. */
    requestId: string;
    /** Whose request it is, once a route that says so in the log has found out. */
    user?: string;
  };
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
    tell(c, "error", "object call failed", { path: c.req.path, ...describe(error) });
    throw isOverloaded(error)
      ? new CarillonError("overloaded", "The service has too much to do just now.")
      : new CarillonError("unavailable", "The service could not be reached in time.");
  }
}

/** Reports something of a request, with its id. */
export function tell(
  c: Context<AppEnv>,
  level: Exclude<LogLevel, "off">,
  message: string,
  fields: Fields = {},
): void {
  report(level, message, { requestId: c.get("requestId"), ...fields });
}

/** How patiently a route calls an object. */
export function policyOf(c: Context<AppEnv>): CallPolicy {
  return {
    attempts: c.get("settings").PUBLISH_ATTEMPTS,
    wait: (ms) => scheduler.wait(ms),
    random: Math.random,
  };
}
