import type { AudienceName } from "./audience.ts";
import type { Pace } from "./publisher-messages.ts";

/** One way to publish to an audience. */
export interface Load {
  readonly name: string;
  readonly audience: AudienceName;
  /** Events in one request. */
  readonly batch: number;
  readonly pace: Pace;
}

/** Publishers of a flood: enough that the server always has a request to work on. */
const PUBLISHERS = 8;

/**
 * What is measured, in this order. The light loads are what the owner's documents speak of: 100 events a second in
 * all. A room multiplies each event: ten a second are 10,000 deliveries to 1,000 sockets, fifty are 50,000.
 */
export function loads(seconds: number): readonly Load[] {
  const flood: Pace = { kind: "flood", publishers: PUBLISHERS, seconds };
  return [
    { name: "10 events/s", audience: "room", batch: 1, pace: { kind: "steady", perSecond: 10, seconds } },
    { name: "50 events/s", audience: "room", batch: 1, pace: { kind: "steady", perSecond: 50, seconds } },
    { name: "flood", audience: "room", batch: 1, pace: flood },
    { name: "flood, 100 a request", audience: "room", batch: 100, pace: flood },
    { name: "100 events/s", audience: "users", batch: 1, pace: { kind: "steady", perSecond: 100, seconds } },
    { name: "flood", audience: "users", batch: 1, pace: flood },
    { name: "flood, 100 a request", audience: "users", batch: 100, pace: flood },
  ];
}
