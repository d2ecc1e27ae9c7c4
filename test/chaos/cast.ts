import type { Random } from "./random.ts";

/** How a client of the run behaves: it stays, it goes and comes back at random, or it joins later and asks for all. */
export type Habit = "steady" | "restless" | "late";

/** One client of the run. */
export interface Part {
  readonly client: string;
  readonly user: string;
  /** Each user has one role and belongs to one tenant, by which some events are aimed. */
  readonly role: string;
  readonly tenant: string;
  readonly rooms: readonly string[];
  /** It is one of three tabs that share one connection; the others are three devices with a connection each. */
  readonly isSharing: boolean;
  readonly habit: Habit;
}

/** Who takes part in a run. */
export interface Cast {
  readonly rooms: readonly string[];
  readonly users: readonly string[];
  readonly parts: readonly Part[];
}

export const roles = ["blue", "red"] as const;
export const tenants = ["north", "south", "west"] as const;

/** Tabs of each user, and the share of users whose tabs have one connection. */
const TABS = 3;
const SHARING = 0.4;
/** Clients for each room, and rooms at least: a room keeps 1,000 events, and nobody may be away for so many. */
const CROWD = 12;
const FEWEST_ROOMS = 8;

/** Makes up a cast: users with three tabs each, of which some follow several rooms and some only what is personal. */
export function makeCast(clients: number, random: Random): Cast {
  const rooms = Array.from(
    { length: Math.max(FEWEST_ROOMS, Math.ceil(clients / CROWD)) },
    (_, index) => `room:chaos-${index}`,
  );
  const users: string[] = [];
  const parts: Part[] = [];
  while (parts.length < clients) {
    const user = `user-${users.length}`;
    users.push(user);
    const role = roles[users.length % roles.length] ?? roles[0];
    const tenant = tenants[users.length % tenants.length] ?? tenants[0];
    const isSharing = random.chance(SHARING);
    for (let tab = 0; tab < TABS && parts.length < clients; tab++) {
      const followed = random.chance(0.75) ? someOf(rooms, random) : [];
      const habit = habitOf(random.next());
      parts.push({ client: `${user}-${tab}`, user, role, tenant, rooms: followed, isSharing, habit });
    }
  }
  return { rooms, users, parts };
}

export function userLog(user: string): string {
  return `user:${user}`;
}

/** Everything that a client follows. */
export function logsOf(part: Part): string[] {
  return [userLog(part.user), ...part.rooms];
}

function habitOf(number: number): Habit {
  if (number < 0.6) return "steady";
  return number < 0.9 ? "restless" : "late";
}

function someOf(rooms: readonly string[], random: Random): string[] {
  const wanted = 1 + random.below(4);
  return [...new Set(Array.from({ length: wanted }, () => random.pickEarly(rooms)))];
}
