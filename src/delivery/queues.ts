import type { Env } from "../objects/env.ts";

/** The queue of deliveries, and that of what could not be delivered. */
export interface Queues {
  readonly deliveries: Queue<Uint8Array>;
  readonly undeliverable: Queue<Uint8Array>;
}

/** The queues, where both of them are bound. */
export function queuesOf({ DELIVERIES, UNDELIVERABLE }: Env): Queues | undefined {
  return DELIVERIES && UNDELIVERABLE && { deliveries: DELIVERIES, undeliverable: UNDELIVERABLE };
}
