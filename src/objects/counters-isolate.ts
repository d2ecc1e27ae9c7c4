import { readSettings, settingsOf } from "../config/settings.ts";
import { tally } from "../operation/metrics-tally.ts";
import { shardOf } from "./audience-door.ts";
import { Counters, type Give } from "./counters.ts";
import { audienceShard, type Env } from "./env.ts";
import { inTime } from "./in-time.ts";

/** One for the isolate, whoever runs in it. A life is named when there is something to hand over. */
const counters = new Counters({
  tally,
  wait: (ms) => scheduler.wait(ms),
  now: Date.now,
  newLife: () => crypto.randomUUID(),
});

/**
 * Hands what has been counted in this isolate to a shard of the audience before long. To be called after something was
 * counted, by whoever is awake then; costs nothing where somebody sees to it already.
 */
export function handOverSoon(ctx: Pick<ExecutionContext, "waitUntil">, env: Env): void {
  const read = readSettings(env);
  // A service that is not configured has no shards to hand anything to.
  if (!read.ok || read.settings.METRICS_SECONDS === 0) return;
  const handing = counters.soon(giverTo(env), read.settings.METRICS_SECONDS * 1000);
  if (handing) ctx.waitUntil(handing);
}

/** Hands it over now, for whoever reads the counters next. Never fails. */
export async function handOverNow(env: Env): Promise<void> {
  await counters.now(giverTo(env));
}

function giverTo(env: Env): Give {
  const { AUDIENCE_SHARDS } = settingsOf(env);
  return async (handOver) => {
    const shard = shardOf(handOver.life, AUDIENCE_SHARDS);
    await inTime(async () => await audienceShard(env, shard).addCounts(handOver));
  };
}
