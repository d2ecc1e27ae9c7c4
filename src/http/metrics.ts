import type { Context } from "hono";
import manifest from "../../package.json" with { type: "json" };
import { handOverNow } from "../objects/counters-isolate.ts";
import { audienceShard, deadLetterObject, type Env } from "../objects/env.ts";
import { readGauges } from "../objects/gauges.ts";
import { inTime } from "../objects/in-time.ts";
import { type GaugeName, type LabelsOf, seriesOf } from "../operation/metrics.ts";
import { addedUp, type Sums } from "../operation/metrics-tally.ts";
import { EXPOSITION_TYPE, expositionOf } from "../operation/metrics-text.ts";
import { describe } from "../operation/report.ts";
import { type AppEnv, askObject, tell } from "./context.ts";
import { identifyOperator } from "./identity.ts";

/**
 * `GET /metrics`: everything that is counted, for Prometheus. What this isolate has counted is handed over before; other
 * isolates may be a minute behind. Fails where a shard does not answer: sums without its share would go back.
 */
export async function getMetrics(c: Context<AppEnv>): Promise<Response> {
  await identifyOperator(c);
  await handOverNow(c.env);
  const { AUDIENCE_SHARDS } = c.get("settings");
  const first = async () => await audienceShard(c.env, 0).noteShards(AUDIENCE_SHARDS);
  // What was counted when there were more of them is in those still.
  const shards = Math.max(...(await askObject(c, first)));
  const [sums, gauges] = await Promise.all([
    Promise.all(
      Array.from({ length: shards }, (_, shard) =>
        askObject(c, async () => await audienceShard(c.env, shard).counts()),
      ),
    ),
    readAll(c, shards),
  ]);
  c.header("Content-Type", EXPOSITION_TYPE);
  c.header("Cache-Control", "no-store");
  return c.body(expositionOf(addedUp(sums), gauges));
}

async function readAll(c: Context<AppEnv>, shards: number): Promise<Sums> {
  const [{ connections, usersOnline }, deadLetters, backlogs] = await Promise.all([
    askObject(c, () => readGauges(c.env, shards)),
    askObject(c, async () => await deadLetterObject(c.env).count()),
    Promise.all([
      backlog(c, "deliveries", c.env.DELIVERIES),
      backlog(c, "undeliverable", c.env.UNDELIVERABLE),
      backlog(c, "webhooks", c.env.WEBHOOKS),
    ]),
  ]);
  return {
    ...gauge("carillon_info", { version: manifest.version }, 1),
    ...gauge("carillon_connections", {}, connections),
    ...gauge("carillon_users_online", {}, usersOnline),
    ...gauge("carillon_dead_letters", {}, deadLetters),
    ...Object.assign({}, ...backlogs),
  };
}

/** How much waits in a queue; nothing where there is none, or nobody says. */
async function backlog(
  c: Context<AppEnv>,
  name: string,
  queue: Env["DELIVERIES"] | undefined,
): Promise<Sums> {
  if (!queue) return {};
  try {
    const { backlogCount } = await inTime(async () => await queue.metrics());
    return gauge("carillon_queue_backlog_messages", { queue: name }, backlogCount);
  } catch (error) {
    tell(c, "debug", "a queue does not tell its backlog", { queue: name, ...describe(error) });
    return {};
  }
}

function gauge<Name extends GaugeName>(name: Name, labels: LabelsOf<Name>, value: number): Sums {
  return { [seriesOf(name, labels)]: value };
}
