import type { Context } from "hono";
import manifest from "../../package.json" with { type: "json" };
import { readSettings, settingsTable } from "../config/settings.ts";
import { deadLetterObject, type Env } from "../objects/env.ts";
import { inTime } from "../objects/in-time.ts";
import { describe } from "../operation/report.ts";
import { type AppEnv, tell } from "./context.ts";

/** How long (ms) an answer counts: anybody may ask for the health, and one object answers for all. */
const FRESH = 2000;

/** When an object last answered, for each environment's objects. */
const answeredAt = new WeakMap<object, number>();

/**
 * `GET /health`: whether the service can work, and if not, what is to blame: settings, or objects that do not answer. It
 * names what is configured and tells no value of it.
 */
export async function getHealth(c: Context<AppEnv>): Promise<Response> {
  const { name, version } = manifest;
  const result = readSettings(c.env);
  c.header("Cache-Control", "no-store");
  if (!result.ok) {
    return c.json({ ok: false, name, version, configured: false, problems: result.problems }, 503);
  }
  const { ENVIRONMENT: environment, REALTIME_ENABLED: enabled } = result.settings;
  const objects = await checkObjects(c);
  const ok = objects === "answering";
  const told = { ok, name, version, environment, configured: true, enabled, objects, ...namesIn(c.env) };
  return c.json(told, ok ? 200 : 503);
}

/** What was set by hand, and what is bound. */
function namesIn(env: Env) {
  const names = Object.entries(env).flatMap(([name, value]) =>
    value === undefined || value === "" ? [] : name,
  );
  const isSetting = (name: string) => Object.hasOwn(settingsTable, name);
  return {
    settings: names.filter(isSetting).toSorted(),
    bindings: names.filter((name) => !isSetting(name)).toSorted(),
  };
}

/** Asks the object that has the least to do; where it answers from its storage, the platform's objects work. */
async function checkObjects(c: Context<AppEnv>): Promise<"answering" | "not answering"> {
  const { DEAD_LETTERS } = c.env;
  if (Date.now() - (answeredAt.get(DEAD_LETTERS) ?? 0) < FRESH) return "answering";
  try {
    await inTime(async () => await deadLetterObject(c.env).answer());
    answeredAt.set(DEAD_LETTERS, Date.now());
    return "answering";
  } catch (error) {
    tell(c, "error", "objects do not answer", describe(error));
    return "not answering";
  }
}
