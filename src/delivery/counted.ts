import type { Outcome } from "../objects/publication.ts";
import { tally } from "../operation/metrics-tally.ts";
import type { ObjectCall } from "./plan.ts";

/**
 * Counts what an object answered that it handed to sockets. What an audience is sent its shards count, as its members
 * take it.
 *
 * @param latency since the publish was taken (ms), where somebody waited for it.
 */
export function countDelivered(
  { object }: Pick<ObjectCall, "object">,
  outcomes: readonly (readonly Outcome[])[],
  latency?: number,
): void {
  const target = object.kind;
  let events = 0;
  let deliveries = 0;
  for (const outcome of outcomes.flat()) {
    if (outcome.status === "failed" || outcome.duplicate || outcome.connections === 0) continue;
    events += 1;
    deliveries += outcome.connections;
  }
  tally.count("carillon_deliveries_total", { target }, deliveries);
  if (latency !== undefined) tally.observe("carillon_delivery_latency_seconds", { target }, latency, events);
}

/** Counts calls that went through the queue. */
export function countQueued(outcome: "queued" | "delivered" | "retried" | "dead", calls: number): void {
  tally.count("carillon_queue_calls_total", { outcome }, calls);
}
