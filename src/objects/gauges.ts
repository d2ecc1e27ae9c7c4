import { audienceShard, type Env } from "./env.ts";

/** How many are there now. */
export interface Gauges {
  readonly connections: number;
  readonly usersOnline: number;
}

/** Asks shards of the audience, so many of them, who is there. Fails where one of them does not answer. */
export async function readGauges(env: Env, shards: number): Promise<Gauges> {
  const all = await Promise.all(
    Array.from({ length: shards }, async (_, shard) => await audienceShard(env, shard).attending()),
  );
  return {
    connections: all.reduce((sum, { connections }) => sum + connections, 0),
    usersOnline: all.reduce((sum, { usersOnline }) => sum + usersOnline, 0),
  };
}
