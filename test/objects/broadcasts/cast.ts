/** Who takes part. A run gives each of them a name of its own, and with it a shard. */
export const users = ["anna", "ben", "carol", "dave", "eve", "frank"] as const;
export type User = (typeof users)[number];

/** Roles, which are the audiences. */
export const roles = ["red", "blue"] as const;
export type Role = (typeof roles)[number];

/** Everybody is known as the same person all the time. */
export const rolesOf: Readonly<Record<User, readonly Role[]>> = {
  anna: ["red"],
  ben: ["red"],
  carol: ["red", "blue"],
  dave: ["blue"],
  eve: ["blue"],
  frank: ["red"],
};

/** Who comes in the midst of a run, if at all; the others are members from its beginning. */
export const latecomer: User = "frank";

export interface Seat {
  readonly user: User;
  readonly device: string;
}

export const seats = {
  annaPhone: { user: "anna", device: "phone" },
  annaLaptop: { user: "anna", device: "laptop" },
  benPhone: { user: "ben", device: "phone" },
  carolLaptop: { user: "carol", device: "laptop" },
  davePhone: { user: "dave", device: "phone" },
  evePhone: { user: "eve", device: "phone" },
  frankPhone: { user: "frank", device: "phone" },
} as const satisfies Record<string, Seat>;
export type SeatName = keyof typeof seats;

export const seatNames = Object.keys(seats) as SeatName[];

/** Numbers of shards that a run changes between; it begins with the first. */
export const shardCounts = [4, 1, 3, 7] as const;
/** Every shard that there ever is. */
export const shards = [0, 1, 2, 3, 4, 5, 6] as const;

/** An object: a user's, or a shard by its number. */
export type ObjectKey = User | number;
