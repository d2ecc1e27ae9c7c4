import type { Settings } from "../config/settings.ts";
import { report } from "../operation/report.ts";
import type { Env } from "./env.ts";
import { inTime } from "./in-time.ts";
import { Webhooks } from "./webhooks.ts";

/**
 * The webhooks that an object tells, or nothing where none are configured: nothing is remembered then.
 *
 * @param source the object, in what a receiver reads.
 */
export function webhooksOf(
  source: string,
  env: Env,
  settings: Settings,
  sql: SqlStorage,
  wakeAt: (time: number) => void,
): Webhooks | undefined {
  if (settings.WEBHOOK_URL === "") return undefined;
  if (!env.WEBHOOKS || !env.UNDELIVERABLE) {
    report("error", "webhooks are not told: their queue is not bound", { source });
    return undefined;
  }
  const { WEBHOOKS: queue } = env;
  return new Webhooks({
    ...{ sql, source, wakeAt, now: Date.now, retryDelay: settings.RETRY_SECONDS * 1000 },
    send: (messages) =>
      inTime(
        async () => await queue.sendBatch(messages.map((body) => ({ body, contentType: "bytes" as const }))),
      ),
  });
}
