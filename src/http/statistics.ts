import type { ShardCensus } from "../objects/census.ts";

/** Roles, tenants and rooms that are named, at the most. */
const MOST = 100;

/** A room that somebody listens to, as it is shown. */
interface ShownRoom {
  readonly room: string;
  /** Both kinds together; who follows it over several connections of their own counts once. */
  readonly connections: number;
  /** The room's own sockets. */
  readonly direct: number;
  /** Users who follow it over connections of their own. */
  readonly relayed: number;
  /** Since when somebody listens (ms). */
  readonly since: number;
}

/** What all shards have counted, as one. */
export interface Statistics {
  readonly connections: number;
  readonly direct: number;
  readonly users: number;
  readonly roles: Readonly<Record<string, number>>;
  readonly tenants: Readonly<Record<string, number>>;
  readonly roomsInUse: number;
  readonly rooms: readonly ShownRoom[];
  readonly shards: readonly Pick<ShardCensus, "shard" | "users" | "connections" | "roomsInUse">[];
}

/** Adds up what the shards have counted; the largest roles, tenants and rooms come first. */
export function addUp(shards: readonly ShardCensus[]): Statistics {
  const sum = (numberOf: (shard: ShardCensus) => number) =>
    shards.reduce((total, shard) => total + numberOf(shard), 0);
  const rooms = shards
    .flatMap((shard) => shard.rooms)
    .map((room) => ({
      ...{ room: room.room, connections: room.direct + room.relayed },
      ...{ direct: room.direct, relayed: room.relayed, since: room.since },
    }));
  return {
    connections: sum(({ connections }) => connections),
    direct: sum(({ direct }) => direct),
    users: sum(({ users }) => users),
    roles: largest(shards.map(({ roles }) => roles)),
    tenants: largest(shards.map(({ tenants }) => tenants)),
    roomsInUse: sum(({ roomsInUse }) => roomsInUse),
    rooms: rooms
      .toSorted(
        byNumber(
          ({ connections }) => connections,
          ({ room }) => room,
        ),
      )
      .slice(0, MOST),
    shards: shards.map(({ shard, users, connections, roomsInUse }) => ({
      ...{ shard, users, connections, roomsInUse },
    })),
  };
}

function largest(counts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const all = new Map<string, number>();
  for (const [name, count] of counts.flatMap(Object.entries<number>)) {
    all.set(name, (all.get(name) ?? 0) + count);
  }
  const sorted = [...all].toSorted(
    byNumber(
      ([, count]) => count,
      ([name]) => name,
    ),
  );
  return Object.fromEntries(sorted.slice(0, MOST));
}

/** The highest number first; those with the same by name. */
function byNumber<Item>(numberOf: (item: Item) => number, nameOf: (item: Item) => string) {
  return (one: Item, other: Item) =>
    numberOf(other) - numberOf(one) || (nameOf(one) < nameOf(other) ? -1 : 1);
}
