import { type AudienceName, broadcastTargets } from "./audience.ts";
import { type BroadcastLoad, broadcastLoads, floods, type Load, roomLoads, userLoads } from "./load.ts";

/** What is measured apart: nothing but speed, all but speed, and an inbox. */
export const stageNames = [
  ...(["room", "users", "broadcast", "deflate", "replay", "durable"] as const),
  ...(["costs", "inbox"] as const),
] as const;
export type StageName = (typeof stageNames)[number];

/** How large everything is. */
export interface Sizes {
  /** Sockets in the room, one size after the other. */
  readonly sockets: readonly number[];
  /** Users with a socket each, one size after the other. */
  readonly users: readonly number[];
  /** Users that a broadcast is for. */
  readonly members: number;
  /** Seconds after which objects are asleep, or 0 to leave that out. */
  readonly silence: number;
  /** How long each load lasts. */
  readonly seconds: number;
}

/** What is measured with one fresh server and one audience. */
export interface Scene {
  readonly audience: AudienceName;
  readonly sockets: number;
  readonly loads: readonly Load[];
  readonly broadcasts: readonly BroadcastLoad[];
  /** Events that each connection misses before all come back at once, to each target or to those at these places. */
  readonly missed: number;
  readonly missedAt?: readonly number[];
}

/** Sockets of which each misses the whole log. */
const REPLAYING = 100;
/** A room's log keeps as many. */
const REPLAYED = 1000;
/** Sockets that offer compression; each costs the server some hundred kilobytes. */
const MOST_DEFLATED = 1000;

/** The scenes of a stage. Costs and the inbox are no scenes: they are measured in ways of their own. */
export function scenesOf(name: Exclude<StageName, "costs" | "inbox">, sizes: Sizes): readonly Scene[] {
  const { sockets, users, members, silence, seconds } = sizes;
  const nothing = { loads: [], broadcasts: [], missed: 0 };
  switch (name) {
    case "room":
      return sockets.map((count) => {
        const loads = roomLoads(count, seconds);
        return { ...nothing, audience: "room", sockets: count, loads, missed: 50 };
      });
    case "users":
      return users.map((count) => {
        return { ...nothing, audience: "users", sockets: count, loads: userLoads(seconds), missed: 5 };
      });
    case "broadcast": {
      const broadcasts = broadcastLoads(silence);
      const missing = { missed: 5, missedAt: [broadcastTargets.everyone] };
      return [{ ...nothing, audience: "broadcast", sockets: members, broadcasts, ...missing }];
    }
    case "deflate": {
      const count = Math.min(MOST_DEFLATED, Math.max(...sockets));
      const loads = roomLoads(count, seconds);
      return [{ ...nothing, audience: "deflate", sockets: count, loads }];
    }
    case "replay":
      return [
        {
          ...{ ...nothing, audience: "room", missed: REPLAYED },
          sockets: Math.min(REPLAYING, Math.max(...sockets)),
        },
      ];
    case "durable":
      return [{ ...nothing, audience: "room", sockets: 1, loads: floods(seconds) }];
  }
}
