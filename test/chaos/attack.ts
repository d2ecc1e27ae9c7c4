import { z } from "zod";

/**
 * Where something is struck. A `shard` is one of the audience's, `first` the one of them that numbers; the `worker` is
 * what calls the objects, for a publisher or for the queue.
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
 * - `hand`, `handed` (user): a shard hands something over; it is not taken yet, or taken and not acknowledged.
 * - `register`, `registered` (user): its shard is about to be told who is there, or has answered.
 * - `share` (first): another shard is about to be handed a publish.
 * - `copy`, `copied` (shard): a publish has come from the first one; it is not stored yet, or not acknowledged.
 * - `fill` (shard): it is new, and has fetched a page of what the first one has.
 * - `hand` (first, shard): a member is about to be handed what is stored.
 * - `register`, `registered` (first, shard): somebody has come, and is not noted yet, or noted and not answered.
 * - `leave` (first, shard): somebody has gone, which is not noted yet.
 * - `inline` (worker): one object has its part of a publish, the others may not.
 * - `queued` (worker): the queue has its part of a publish, whose publisher has no answer.
 * - `consume`, `midway`, `consumed` (worker): a batch has come from the queue; one object has its part; all have.
 */
export const points = {
  user: [
    "now",
    "store",
    "write",
    "answer",
    "replay",
    "push",
    "pushed",
    "subscribe",
    "hand",
    "handed",
    "register",
    "registered",
  ],
  room: ["now", "store", "write", "answer", "replay", "relay", "follow", "resume", "read"],
  first: ["now", "store", "write", "share", "answer", "hand", "register", "registered", "leave"],
  shard: ["now", "copy", "copied", "fill", "hand", "register", "registered", "leave"],
  worker: ["inline", "queued", "consume", "midway", "consumed"],
} as const;

const kind = z.enum(Object.keys(points) as [keyof typeof points]);
const point = z.enum([...new Set(Object.values(points).flat())]);

/** What is struck. */
export type Kind = z.output<typeof kind>;
export type Point = z.output<typeof point>;

/** Points that are passed only when somebody comes back. */
export const pointsOfReturn: ReadonlySet<Point> = new Set([
  "replay",
  "follow",
  "resume",
  "read",
  "subscribe",
  "register",
  "registered",
  "leave",
] as const);

/** An order to strike, as the Worker under test takes it. */
export const attack = z.strictObject({
  kind,
  /** The user, the room or the number of the shard; nothing for the worker. */
  name: z.string(),
  point,
  /** `abort` ends the object there; `hold` lets it stand still for a while, so that the process can be killed. */
  deed: z.enum(["abort", "hold"]),
  /** Milliseconds between the point and the deed. */
  delay: z.number(),
  /** Milliseconds to wait for the point to be reached; an object is aborted then, wherever it is. */
  patience: z.number(),
});

export type Attack = z.output<typeof attack>;

/** What an object says when it is aborted. */
export const ABORTED = "Aborted by the chaos test.";

/** The address of the door by which attacks come in. */
export const DOOR = "/chaos/attack";

/** What became of an attack: `late` means that the point was not reached in time. */
export const attackAnswer = z.strictObject({ outcome: z.enum(["aborted", "held", "late"]) });
