/** Who has an inbox in a run. Cyd has no device that listens, and only asks. */
export const users = ["ada", "bob", "cyd"] as const;
export type User = (typeof users)[number];

/** The five devices. */
export const seats = {
  adaPhone: "ada",
  adaLaptop: "ada",
  adaTablet: "ada",
  bobPhone: "bob",
  bobLaptop: "bob",
} as const satisfies Record<string, User>;
export type Seat = keyof typeof seats;
export const seatNames = Object.keys(seats) as Seat[];

/** Whom a notification is published to: users by name, all who hold a role, or everyone but by way of the audience. */
export const targets = ["ada", "bob", "cyd", "pair", "all"] as const;
export type Target = (typeof targets)[number];

/** Who holds the role of the pair. */
export const pair: readonly User[] = ["ada", "cyd"];

/** The users whom a target stands for. */
export function usersOf(target: Target): readonly User[] {
  if (target === "all") return users;
  return target === "pair" ? pair : [target];
}
