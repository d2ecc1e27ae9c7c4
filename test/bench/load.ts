import { broadcastTargets } from "./audience.ts";
import type { Pace } from "./publisher-messages.ts";

/** One way to publish to an audience. */
export interface Load {
  readonly name: string;
  /** Events in one request. */
  readonly batch: number;
  readonly pace: Pace;
}

/** Requests under way in a flood: enough that the server always has some to work on, also one that answers late. */
const PUBLISHERS = 64;
/** The same where each brings many events. */
const BATCH_PUBLISHERS = 8;
const BATCH = 100;
/** The largest room that is flooded with batches: some peers would send for minutes. */
const LARGEST_FOR_BATCHES = 1000;

/**
 * What is measured of a room, in this order. A room multiplies each event: ten a second are 10,000 deliveries to 1,000
 * sockets, fifty are 50,000.
 */
export function roomLoads(sockets: number, seconds: number): readonly Load[] {
  return [
    steady(10, seconds),
    steady(50, seconds),
    ...floods(seconds).filter(({ batch }) => batch === 1 || sockets <= LARGEST_FOR_BATCHES),
  ];
}

/** The light load is what the owner's documents speak of: 100 events a second in all. */
export function userLoads(seconds: number): readonly Load[] {
  return [steady(100, seconds), ...floods(seconds)];
}

/** One listener has next to nothing to do with these: what they cost is taking events in. */
export function floods(seconds: number): readonly Load[] {
  return [
    { name: "flood", batch: 1, pace: { kind: "flood", publishers: PUBLISHERS, seconds } },
    {
      name: `flood, ${BATCH} a request`,
      batch: BATCH,
      pace: { kind: "flood", publishers: BATCH_PUBLISHERS, seconds },
    },
  ];
}

function steady(perSecond: number, seconds: number): Load {
  return { name: `${perSecond} events/s`, batch: 1, pace: { kind: "steady", perSecond, seconds } };
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
