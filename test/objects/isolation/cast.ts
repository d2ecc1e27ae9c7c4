/** Who takes part: ids that could be taken for parts of a channel's name, or for one another. */
export const users = ["anna", "ben", "ben:bills", "payments"] as const;
export type User = (typeof users)[number];

export const roles = ["farmer", "admin", "dtam_admin", "auditor", "nurse"] as const;
export const tenants = ["7", "8"] as const;

/** Channels that a credential may grant, some of which no grant can open. */
export const grants = [
  "clinic:7:*",
  "clinic:8:queue",
  "admin:payments",
  "admin:*",
  "notifications:role:*",
  "{any}:{thing}",
  "user:anna",
  "farmer:*:payments",
] as const;

/** The rooms that clients follow. */
export const rooms = [
  "clinic:7:queue",
  "clinic:7:alerts",
  "clinic:8:queue",
  "room:lobby",
  "public:news",
] as const;
export type Room = (typeof rooms)[number];

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
  billsPhone: { user: "ben:bills", device: "phone" },
  paymentsLaptop: { user: "payments", device: "laptop" },
  annaInClinic7: { user: "anna", device: "phone", room: "clinic:7:queue" },
  benInLobby: { user: "ben", device: "laptop", room: "room:lobby" },
} as const satisfies Record<string, Seat>;
export type SeatName = keyof typeof seats;

export const seatNames = Object.keys(seats) as SeatName[];
