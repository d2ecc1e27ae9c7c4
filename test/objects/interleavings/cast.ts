import type { Aim } from "../../../src/objects/aim.ts";

/** Who takes part. A run gives each of them a name of its own; see `Names`. */
export const users = ["anna", "ben", "carol"] as const;
export type User = (typeof users)[number];

/** Rooms: one for everybody, two for people of a clinic. */
export const rooms = ["lobby", "clinic7", "clinic8"] as const;
export type Room = (typeof rooms)[number];

/** Each user and each room is one object with one log. */
export type LogKey = User | Room;
export const logs: readonly LogKey[] = [...users, ...rooms];

/** What a token says beside who the user is. */
export interface Badge {
  readonly tenants: readonly string[];
  readonly roles: readonly string[];
}

export const badges = {
  nurse7: { tenants: ["7"], roles: [] },
  nurse8: { tenants: ["8"], roles: [] },
  doctor: { tenants: ["7", "8"], roles: ["staff"] },
  porter: { tenants: [], roles: ["staff"] },
} as const satisfies Record<string, Badge>;
export type BadgeName = keyof typeof badges;

/** A device that connects: to the user's object, or to a room's own socket. */
export interface Seat {
  readonly user: User;
  readonly device: string;
  readonly room?: Room;
}

export const seats = {
  annaPhone: { user: "anna", device: "phone" },
  annaLaptop: { user: "anna", device: "laptop" },
  benPhone: { user: "ben", device: "phone" },
  carolLaptop: { user: "carol", device: "laptop" },
  annaInLobby: { user: "anna", device: "phone", room: "lobby" },
  benInClinic7: { user: "ben", device: "laptop", room: "clinic7" },
} as const satisfies Record<string, Seat>;
export type SeatName = keyof typeof seats;

export const seatNames = Object.keys(seats) as SeatName[];
export const badgeNames = Object.keys(badges) as BadgeName[];

/** A channel to publish to: a log's own, or the topic that lies in a user's log. */
export type Target = LogKey | `${User}:bills`;
export const targets: readonly Target[] = [...logs, "anna:bills", "ben:bills"];

/** Who looks on at some moment. */
export interface Onlooker extends Badge {
  readonly user: User;
  readonly device: string;
}

export function isUser(log: LogKey): log is User {
  return users.some((user) => user === log);
}

/** Whether someone may follow a room: the rules of src/config/channels.ts, told once more. */
export function mayEnter({ tenants }: Badge, room: Room): boolean {
  return room === "lobby" || tenants.includes(room === "clinic7" ? "7" : "8");
}

/** The aims that are published with; `only.users` and `except.user` get their names from the run. */
export const aims = {
  staff: { only: { roles: ["staff"] } },
  clinic7: { only: { tenants: ["7"] } },
  annaOnly: { only: { users: ["anna"] } },
  notBen: { except: { user: "ben" } },
  notPhones: { except: { client: "phone" } },
} as const satisfies Record<string, Aim>;
export type AimName = keyof typeof aims;
export const aimNames = Object.keys(aims) as AimName[];

/** Whether an event with this aim is for the onlooker: told once more, case by case, and not by the code under test. */
export function isFor(aim: AimName | undefined, { user, device, tenants, roles }: Onlooker): boolean {
  switch (aim) {
    case "staff":
      return roles.includes("staff");
    case "clinic7":
      return tenants.includes("7");
    case "annaOnly":
      return user === "anna";
    case "notBen":
      return user !== "ben";
    case "notPhones":
      return device !== "phone";
    case undefined:
      return true;
  }
}
