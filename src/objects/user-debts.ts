import { z } from "zod";
import { audienceShard, type Env, roomObject } from "./env.ts";

const attendance = z.object({
  asOf: z.number(),
  isHere: z.boolean(),
  inRooms: z.boolean(),
  counts: z.object({ own: z.number(), direct: z.number() }).optional(),
});

/** What a user's object must tell others in the end, even if that fails at first (rule F7). */
export const userDebt = z.union([
  /** A shard of the audience: nobody is here any more. */
  z.object({
    shard: z.number(),
    leave: z.object({
      user: z.string(),
      generation: z.number(),
      position: z.object({ epoch: z.string(), offset: z.number() }).optional(),
      isMoved: z.boolean().optional(),
      attendance: attendance.optional(),
    }),
  }),
  /** A shard of the audience: how many connections are there. */
  z.object({
    shard: z.number(),
    shards: z.number(),
    attendance,
  }),
  /** A room that holds direct connections: the backend has said as whom the user is known. */
  z.object({ revise: z.string() }),
  /** A room: nobody here follows it any more. */
  z.object({ room: z.string(), generation: z.number() }),
]);

export type UserDebt = z.output<typeof userDebt>;

/** Tells it. May be repeated. */
export async function payDebt(env: Env, user: string, debt: UserDebt): Promise<void> {
  if ("attendance" in debt) {
    await audienceShard(env, debt.shard).settle(user, debt.shards, debt.attendance);
  } else if ("leave" in debt) {
    await audienceShard(env, debt.shard).leave({ ...debt.leave, user, position: debt.leave.position });
  } else if ("revise" in debt) {
    await roomObject(env, debt.revise).reviseIdentity(user);
  } else {
    await roomObject(env, debt.room).unfollow(user, debt.generation);
  }
}
