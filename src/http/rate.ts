import type { Context } from "hono";
import type { Settings } from "../config/settings.ts";
import { CarillonError } from "../protocol/errors.ts";
import type { AppEnv } from "./context.ts";

/** The period of the limits in wrangler.toml, in seconds. */
const PERIOD = 10;

/** Limits how often connections are opened from one address. */
export async function limitUpgradesByAddress(c: Context<AppEnv>): Promise<void> {
  await limit(
    c,
    c.env.UPGRADES_BY_ADDRESS,
    c.req.header("CF-Connecting-IP"),
    "Connections are opened too fast.",
  );
}

/** Limits how often one user opens connections. */
export async function limitUpgradesByUser(c: Context<AppEnv>, user: string): Promise<void> {
  await limit(c, c.env.UPGRADES_BY_USER, user, "Connections are opened too fast.");
}

/** Limits how often one key publishes. */
export async function limitPublishes(c: Context<AppEnv>, key: string): Promise<void> {
  await limit(
    c,
    c.env.PUBLISHES_BY_KEY,
    key,
    "This key publishes too fast; put several events in one request.",
  );
}

/** Limits how often one user broadcasts: a person, not a backend. */
export async function limitBroadcasts(c: Context<AppEnv>, user: string): Promise<void> {
  await limit(c, c.env.BROADCASTS_BY_USER, user, "This user broadcasts too fast.");
}

/**
 * @param limiter absent where wrangler.toml binds none.
 * @param key whom to count for; nothing where it is not known.
 * @throws {CarillonError} `rate_limited`
 */
async function limit(
  c: Context<AppEnv>,
  limiter: RateLimit | undefined,
  key: string | undefined,
  detail: string,
): Promise<void> {
  if (!limiter || key === undefined || !areLimitsOn(c.get("settings"))) return;
  const { success } = await limiter.limit({ key });
  if (!success) throw new CarillonError("rate_limited", detail, { retryAfter: PERIOD });
}

function areLimitsOn({ RATE_LIMITS, ENVIRONMENT }: Settings): boolean {
  return RATE_LIMITS === "on" || (RATE_LIMITS === "auto" && ENVIRONMENT !== "development");
}
