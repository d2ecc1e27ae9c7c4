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
  /** Where it connects: the user's object, or a room's own socket. */
  readonly home: { readonly kind: "user" } | { readonly kind: "room"; readonly room: string };
  /** Rooms that it follows over the user's object. */
  readonly relayed: readonly string[];
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

/** Devices of one user, within what the service allows by default. */
const MOST_DEVICES = 4;
/** Clients for each room, and rooms at least: a room keeps 1,000 events, and nobody may be away for so many. */
const CROWD = 12;
const FEWEST_ROOMS = 8;

/**
 * Makes up a cast: users with one to four devices, of which some hold a room's own socket, some follow several rooms
 * over the user's object and some only what is personal.
 */
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
    const devices = Math.min(1 + random.below(MOST_DEVICES), clients - parts.length);
    for (let device = 0; device < devices; device++) {
      const home = random.chance(0.35)
        ? ({ kind: "room", room: random.pickEarly(rooms) } as const)
        : ({ kind: "user" } as const);
      const relayed = home.kind === "user" && random.chance(0.75) ? someOf(rooms, random) : [];
      const habit = habitOf(random.next());
      parts.push({ client: `${user}-${device}`, user, role, tenant, home, relayed, habit });
    }
  }
  return { rooms, users, parts };
}

/** The log behind a client's connection. */
export function ownLog({ home, user }: Part): string {
  return home.kind === "room" ? home.room : userLog(user);
}

export function userLog(user: string): string {
  return `user:${user}`;
}

/** Everything that a client follows. */
export function logsOf(part: Part): string[] {
  return [ownLog(part), ...part.relayed];
}

function habitOf(number: number): Habit {
  if (number < 0.6) return "steady";
  return number < 0.9 ? "restless" : "late";
}

function someOf(rooms: readonly string[], random: Random): string[] {
  const wanted = 1 + random.below(4);
  return [...new Set(Array.from({ length: wanted }, () => random.pickEarly(rooms)))];
}
