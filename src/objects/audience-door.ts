import type { Position } from "../protocol/position.ts";
import type { Attendance } from "./attendance.ts";
import type { AudienceEntry, AudienceEvent } from "./audience-entry.ts";
import type { Push } from "./follow.ts";
import type { Member } from "./member-rows.ts";
import type { FacetChange } from "./standing.ts";

/** What a shard hands to one of its members. */
export type AudiencePush = Push<AudienceEntry, AudienceEvent>;

/** A user's object tells its shard that somebody is there, or as whom the user is known. */
export interface Registration {
  readonly user: string;
  /** Grows with each registration and leave (rule F7). */
  readonly generation: number;
  /** How many shards the user's object believes that there are. */
  readonly shards: number;
  readonly change: FacetChange;
  /** Since when it holds (ms): what is published from then on counts, though this call comes later. */
  readonly since: number;
  /** Up to where the user has what was for them, if the user's object knows. */
  readonly position: Position | undefined;
  /** Whether a connection is there. */
  readonly isOnline: boolean;
  /** Who is there, to be remembered along with this. */
  readonly attendance?: Attendance | undefined;
}

/** A user's object asks what was missed, without anybody being there: for a client that polls. */
export type Visit = Omit<Registration, "generation" | "isOnline" | "attendance">;

/** What is given to a user who comes. */
export interface Given {
  readonly kind: "given";
  /** Where the user stands before the page is applied. */
  readonly from: Position;
  readonly push: AudiencePush;
  /** Something that may have been for the user is gone. */
  readonly isLost: boolean;
  /** There is more after the page; whoever is online will be handed it. */
  readonly more: boolean;
}

/** A newer generation is known already. */
export interface Stale {
  readonly kind: "stale";
  readonly generation: number;
}

/** How a user's object speaks to the shards of the audience. Each call may fail; all may be repeated. */
export interface AudienceDoor {
  register(shard: number, registration: Registration): Promise<Given | Stale>;
  visit(shard: number, visit: Visit): Promise<Given>;
  /** Never fails: what cannot be told now is told later. */
  leave(shard: number, leave: Leave): Promise<void>;
}

export interface Leave {
  readonly user: string;
  readonly generation: number;
  readonly position: Position | undefined;
  /** Another shard knows the user now: the user is not gone. */
  readonly isMoved?: boolean | undefined;
  /** Who is there, to be remembered along with this. */
  readonly attendance?: Attendance | undefined;
}

/** How a shard speaks to the others. */
export interface ShardDoor {
  /** Notes at the first shard how many there are said to be, and answers every number that was ever said. */
  noteShards(count: number): Promise<readonly number[]>;
  /** What another shard knows of a user. */
  findMember(shard: number, user: string): Promise<Member | undefined>;
  /** Another shard need not know a user any more. */
  forgetMember(shard: number, user: string, generation: number): Promise<void>;
}

/**
 * The shard that a user belongs to. FNV-1a, so that neighbouring ids do not fall together.
 * http://www.isthe.com/chongo/tech/comp/fnv/
 */
export function shardOf(user: string, shards: number): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(user)) {
    hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  }
  // The lowest bits of FNV-1a are its weakest: the upper half is folded in.
  return (((hash >>> 16) ^ hash) >>> 0) % shards;
}
