import type { Context } from "hono";
import { requirePublisher } from "../auth/publish-key.ts";
import { publish } from "../delivery/publish.ts";
import { readJson } from "./body.ts";
import type { AppEnv } from "./context.ts";
import { limitPublishes } from "./rate.ts";

/** `POST /publish`: a backend posts one event or an array of them. */
export async function postPublish(c: Context<AppEnv>): Promise<Response> {
  const publisher = await requirePublisher(c.req.header("Authorization") ?? null, c.get("settings"));
  await limitPublishes(c, publisher.name);
  return publishBody(c);
}

/** Publishes the request's body, whoever was found to be allowed to. */
export async function publishBody(c: Context<AppEnv>): Promise<Response> {
  const settings = c.get("settings");
  const body = await readJson(c.req.raw, settings.MAX_BODY_BYTES);
  return c.json({ results: await publish(body, c.env, settings) });
}
