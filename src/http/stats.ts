import type { Context } from "hono";
import { userId } from "../auth/identity.ts";
import type { ShardCensus } from "../objects/census.ts";
import { audienceShard, userObject } from "../objects/env.ts";
import { CarillonError } from "../protocol/errors.ts";
import { type AppEnv, askObject } from "./context.ts";
import { identifyOperator } from "./identity.ts";
import { addUp } from "./statistics.ts";

/** Users whose connections one page lists, unless fewer are asked for. */
const PAGE = 50;
const LARGEST_PAGE = 100;

/** Where a page of connections begins: after a user, in a shard. */
interface Place {
  readonly shard: number;
  readonly after: string | undefined;
}

/**
 * `GET /stats`: how many connections, users and rooms there are, by what their objects have said; with `probe=true`
 * each of them is asked first. With `connections=true` it also lists a page of the connections themselves.
 */
export async function getStats(c: Context<AppEnv>): Promise<Response> {
  await identifyOperator(c);
  const settings = c.get("settings");
  const isAsked = readFlag(c, "probe");
  const isListed = readFlag(c, "connections");
  const [place, limit] = [readPlace(c), readLimit(c)];
  const at = Date.now();
  const shards = await Promise.all(
    Array.from({ length: settings.AUDIENCE_SHARDS }, (_, shard) => censusOf(c, shard, isAsked)),
  );
  const page = isListed ? await listConnections(c, place, limit) : {};
  c.header("Cache-Control", "no-store");
  return c.json({ at, limit: settings.MAX_CONNECTIONS, ...addUp(shards), ...page });
}

function censusOf(c: Context<AppEnv>, shard: number, isAsked: boolean): Promise<ShardCensus> {
  return askObject(c, async () => await audienceShard(c.env, shard).census(isAsked));
}

/** The connections of the next users, as their own objects know them: each of these is asked. */
async function listConnections(c: Context<AppEnv>, { shard: first, after }: Place, limit: number) {
  const users: { readonly shard: number; readonly user: string }[] = [];
  const { AUDIENCE_SHARDS } = c.get("settings");
  // One more than asked for says whether there is another page.
  for (let shard = first; shard < AUDIENCE_SHARDS && users.length <= limit; shard++) {
    const rest = limit + 1 - users.length;
    const start = shard === first ? after : undefined;
    const found = await askObject(c, async () => await audienceShard(c.env, shard).usersAfter(start, rest));
    users.push(...found.map((user) => ({ shard, user })));
  }
  const shown = users.slice(0, limit);
  const views = await Promise.all(
    shown.map(({ user }) => askObject(c, async () => await userObject(c.env, user).presence())),
  );
  const list = views.flatMap(({ user, connections }) =>
    connections.map(({ connection, client, openedAt, rooms, direct }) => ({
      ...{ connection, user, client, since: openedAt, rooms, direct },
    })),
  );
  const last = users.length > limit ? shown.at(-1) : undefined;
  return { list, next: last ? `${last.shard}.${last.user}` : null };
}

function readFlag(c: Context<AppEnv>, name: "probe" | "connections"): boolean {
  const text = c.req.query(name);
  if (text === undefined || text === "false") return false;
  if (text === "true") return true;
  throw new CarillonError("invalid_request", `${name} is true or false.`);
}

function readLimit(c: Context<AppEnv>): number {
  const text = c.req.query("limit");
  if (text === undefined) return PAGE;
  const limit = Number(text);
  if (Number.isSafeInteger(limit) && limit >= 1) return Math.min(limit, LARGEST_PAGE);
  throw new CarillonError("invalid_request", "limit is a whole number from 1.");
}

function readPlace(c: Context<AppEnv>): Place {
  const text = c.req.query("after");
  if (text === undefined) return { shard: 0, after: undefined };
  const dot = text.indexOf(".");
  const user = userId.safeParse(text.slice(dot + 1));
  if (user.success && /^\d{1,3}\./.test(text)) return { shard: Number(text.slice(0, dot)), after: user.data };
  throw new CarillonError("invalid_request", "after is the `next` of the page before.");
}
