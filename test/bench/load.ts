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
 * all, which for a room of 1,000 is one event every ten seconds to each; a room gets ten a second here.
 */
export function loads(seconds: number): readonly Load[] {
  const flood: Pace = { kind: "flood", publishers: PUBLISHERS, seconds };
  return [
    { name: "10 events/s", audience: "room", batch: 1, pace: { kind: "steady", perSecond: 10, seconds } },
    { name: "flood", audience: "room", batch: 1, pace: flood },
    { name: "flood, 100 a request", audience: "room", batch: 100, pace: flood },
    { name: "100 events/s", audience: "users", batch: 1, pace: { kind: "steady", perSecond: 100, seconds } },
    { name: "flood", audience: "users", batch: 1, pace: flood },
    { name: "flood, 100 a request", audience: "users", batch: 100, pace: flood },
  ];
}
