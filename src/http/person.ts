import type { Context } from "hono";
import { shardOf } from "../objects/audience-door.ts";
import { audienceShard, deadLetterObject, userObject } from "../objects/env.ts";
import { describe } from "../operation/report.ts";
import { type AppEnv, askObject, tell } from "./context.ts";
import { identifyOperator } from "./identity.ts";
import { readUser } from "./users.ts";

const encoder = new TextEncoder();

/** `GET /users/:id/export`: everything that is kept of a user, as it is kept. */
export async function getExport(c: Context<AppEnv>): Promise<Response> {
  const operator = await identifyOperator(c);
  const user = readUser(c);
  const shard = shardOf(user, c.get("settings").AUDIENCE_SHARDS);
  const { connections, tables } = await askObject(c, async () => await userObject(c.env, user).holdings());
  const audience = await askObject(c, async () => await audienceShard(c.env, shard).findMember(user));
  tell(c, "info", "user exported", { user, by: operator.name });
  const beginning = JSON.stringify({ user, at: Date.now(), connections, audience: audience ?? null });
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const sending = send(writable, written(c, user, beginning, tables));
  c.executionCtx.waitUntil(sending.catch((error) => tell(c, "error", "export broken off", describe(error))));
  c.header("Content-Type", "application/json");
  c.header("Cache-Control", "no-store");
  return c.body(readable);
}

/** The document in pieces: a log may be larger than what a Worker can hold. */
async function* written(
  c: Context<AppEnv>,
  user: string,
  beginning: string,
  tables: readonly string[],
): AsyncGenerator<string> {
  yield `${beginning.slice(0, -1)},"tables":{`;
  for (const [index, table] of tables.entries()) {
    yield `${index > 0 ? "," : ""}${JSON.stringify(table)}:[`;
    for (let from: number | undefined = 0; from !== undefined; ) {
      const start: number = from;
      const page = await askObject(c, async () => await userObject(c.env, user).exportRows(table, start));
      yield `${start > 0 && page.rows.length > 0 ? "," : ""}${page.rows.join(",")}`;
      from = page.next;
    }
    yield "]";
  }
  yield "}}";
}

async function send(writable: WritableStream<Uint8Array>, pieces: AsyncIterable<string>): Promise<void> {
  const writer = writable.getWriter();
  try {
    for await (const piece of pieces) await writer.write(encoder.encode(piece));
    await writer.close();
  } catch (error) {
    // Who reads it must not take what came so far for the whole.
    await writer.abort(error);
    throw error;
  }
}

/**
 * `DELETE /users/:id`: ends a user's connections and takes away everything that is kept of them. Their tokens of before
 * are refused from then on. May be repeated; where it fails, it must be.
 */
export async function deleteUser(c: Context<AppEnv>): Promise<Response> {
  const operator = await identifyOperator(c);
  const user = readUser(c);
  const at = Date.now();
  await askObject(c, async () => await userObject(c.env, user).erase(at));
  await askObject(c, async () => await deadLetterObject(c.env).forgetUser(user));
  // What it had in memory goes along with it: the call fails, since the object that would answer is gone.
  await userObject(c.env, user)
    .restart()
    .catch(() => undefined);
  await askObject(c, async () => await userObject(c.env, user).disconnect({ revokeBefore: at }));
  tell(c, "info", "user deleted", { user, by: operator.name });
  return c.json({ user, at });
}
