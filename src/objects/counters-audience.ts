import { tally } from "../operation/metrics-tally.ts";
import type { AudiencePush } from "./audience-door.ts";
import type { PushAnswer } from "./follow.ts";

/** What was published longer ago (ms) was missed, and is no delivery that somebody waits for. */
const RECENT = 60_000;

const target = "audience";

/**
 * Counts what a member of the audience took, and how long after the publish. The shard does so, so that a user's object
 * which is woken for an event has nothing to hand over.
 */
export function countHandedOn(push: AudiencePush, answer: PushAnswer, now: number): void {
  if (push.kind !== "page" || answer.kind !== "taken") return;
  for (const { at } of [...push.page.entries, ...push.passing]) {
    if (now - at > RECENT) continue;
    tally.count("carillon_deliveries_total", { target }, answer.connections);
    tally.observe("carillon_delivery_latency_seconds", { target }, now - at);
  }
}
