import { type AudienceName, broadcastTargets } from "./audience.ts";
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

/** One way to broadcast. Each is done again and again, when the one before has reached everybody. */
export interface BroadcastLoad {
  readonly name: string;
  /** The place of the audience's target. */
  readonly target: number;
  /** Events in one request. */
  readonly batch: number;
  /** Seconds in which nothing happens before it, so that objects are put to sleep. It is done once then. */
  readonly silence: number;
  /** Whether each event brings a notification: each user then gets two entries. */
  readonly isNotified: boolean;
}

/** What is measured of broadcasts, in this order: as they come, and to users of whom nothing was heard for a while. */
export function broadcastLoads(silence: number): readonly BroadcastLoad[] {
  const { everyone, role } = broadcastTargets;
  const plain = { target: everyone, batch: 1, silence: 0, isNotified: false };
  return [
    { ...plain, name: "everyone" },
    { ...plain, name: "a role that half have", target: role },
    { ...plain, name: "everyone, 10 a request", batch: 10 },
    ...(silence > 0 ? [{ ...plain, name: `everyone, after ${silence} s of silence`, silence }] : []),
  ];
}
