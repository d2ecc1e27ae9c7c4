import { shardOf } from "./audience-door.ts";
import type { Member, MemberRows, MemberWatcher } from "./member-rows.ts";
import type { RoomInUse } from "./room-register-rows.ts";

/** One shard's part of the statistics. */
export interface ShardCensus {
  readonly shard: number;
  /** Users of whom a connection is there. */
  readonly users: number;
  /** All connections, direct ones to rooms among them. */
  readonly connections: number;
  readonly direct: number;
  /** How many of these users have a role, or belong to a tenant. */
  readonly roles: Readonly<Record<string, number>>;
  readonly tenants: Readonly<Record<string, number>>;
  readonly roomsInUse: number;
  /** Those rooms that hold most. */
  readonly rooms: readonly RoomInUse[];
}

/** A user of whom a connection is there. */
interface Counted {
  readonly own: number;
  readonly direct: number;
  readonly facets: Member["facets"];
}

/**
 * The members of a shard who are there, and over how many connections. It is read from their rows once for each waking and
 * follows each change of one of them: what it says of a user is what the user's object has said, never a sum of steps.
 */
export class Census implements MemberWatcher {
  readonly #rows: () => MemberRows | undefined;
  #there: Map<string, Counted> | undefined;
  #connections = 0;

  /** @param rows the members' rows, once there are any. */
  constructor(rows: () => MemberRows | undefined) {
    this.#rows = rows;
  }

  /** Connections of all members. */
  get connections(): number {
    this.#load();
    return this.#connections;
  }

  /** Connections of one user. */
  connectionsOf(user: string): number {
    return sizeOf(this.#load().get(user));
  }

  /** Members who are there, in the order of their ids. */
  usersAfter(after: string | undefined, limit: number): string[] {
    const users = [...this.#load().keys()].filter((user) => after === undefined || user > after);
    return users.toSorted((one, other) => (one < other ? -1 : 1)).slice(0, limit);
  }

  /** Counts those who belong to `shard` by today's number of shards: others are on their way to another. */
  take(shard: number, shards: number, now: number): Omit<ShardCensus, "rooms" | "roomsInUse"> {
    const roles = new Map<string, number>();
    const tenants = new Map<string, number>();
    let [users, own, direct] = [0, 0, 0];
    for (const [user, counted] of this.#load()) {
      if (shardOf(user, shards) !== shard) continue;
      users += 1;
      own += counted.own;
      direct += counted.direct;
      const facets = counted.facets.filter(({ until }) => until > now);
      addEach(roles, new Set(facets.flatMap((facet) => facet.roles)));
      addEach(tenants, new Set(facets.flatMap((facet) => facet.tenants)));
    }
    const all = { roles: Object.fromEntries(roles), tenants: Object.fromEntries(tenants) };
    return { shard, users, connections: own + direct, direct, ...all };
  }

  changed(member: Member): void {
    if (!this.#there) return;
    const counted = countedOf(member);
    this.#connections += sizeOf(counted) - sizeOf(this.#there.get(member.user));
    if (sizeOf(counted) > 0) this.#there.set(member.user, counted);
    else this.#there.delete(member.user);
  }

  removed(user: string): void {
    if (!this.#there) return;
    this.#connections -= sizeOf(this.#there.get(user));
    this.#there.delete(user);
  }

  #load(): Map<string, Counted> {
    if (this.#there) return this.#there;
    this.#there = new Map();
    this.#connections = 0;
    for (const member of this.#rows()?.readThere() ?? []) this.changed(member);
    return this.#there;
  }
}

/** Whoever is there has one connection at least, though older code may not have said how many. */
function countedOf({ isOnline, rooms, counts, facets }: Member): Counted {
  return {
    own: isOnline ? Math.max(counts?.own ?? 1, 1) : 0,
    direct: rooms?.isThere ? Math.max(counts?.direct ?? 1, 1) : 0,
    facets,
  };
}

function sizeOf(counted: Counted | undefined): number {
  return counted ? counted.own + counted.direct : 0;
}

function addEach(counts: Map<string, number>, names: Iterable<string>): void {
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
}
