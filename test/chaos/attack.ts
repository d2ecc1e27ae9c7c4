import { z } from "zod";

/**
 * Where an object is struck.
 *
 * - `now`: at once, whatever it is doing.
 * - `store`: a publish has come and nothing is stored.
 * - `write`: in the block that stored a publish and sent it to the sockets; neither is let out yet.
 * - `answer`: a publish is durable and handed on, and not answered.
 * - `replay`: a connection with `since` is being served.
 * - `relay` (room): one of the user objects that follow is about to be handed a publish, the others too.
 * - `follow`, `resume`, `read` (room): a user object begins to follow, compares positions, fetches a page.
 * - `push`, `pushed` (user): a room hands something over; it is not taken yet, or taken and not acknowledged.
 * - `subscribe` (user): a connection has asked to follow a room.
 */
export const points = {
  user: ["now", "store", "write", "answer", "replay", "push", "pushed", "subscribe"],
  room: ["now", "store", "write", "answer", "replay", "relay", "follow", "resume", "read"],
} as const;

const point = z.enum([...new Set([...points.user, ...points.room])]);

export type Point = z.output<typeof point>;

/** Points that an object passes only when someone comes back to it. */
export const pointsOfReturn: ReadonlySet<Point> = new Set([
  "replay",
  "follow",
  "resume",
  "read",
  "subscribe",
] as const);

/** An order to strike one object, as the Worker under test takes it. */
export const attack = z.strictObject({
  object: z.enum(["user", "room"]),
  name: z.string(),
  point,
  /** `abort` ends the object there; `hold` lets it stand still for a while, so that the process can be killed. */
  deed: z.enum(["abort", "hold"]),
  /** Milliseconds between the point and the deed. */
  delay: z.number(),
  /** Milliseconds to wait for the point to be reached; the deed is done then, wherever the object is. */
  patience: z.number(),
});

export type Attack = z.output<typeof attack>;

/** What an object says when it is aborted. */
export const ABORTED = "Aborted by the chaos test.";

/** The address of the door by which attacks come in. */
export const DOOR = "/chaos/attack";

/** What became of an attack: `late` means that the point was not reached in time. */
export const attackAnswer = z.strictObject({ outcome: z.enum(["aborted", "held", "late"]) });
