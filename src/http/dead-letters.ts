import type { Context } from "hono";
import { redeliver } from "../delivery/dead-letters.ts";
import { deadLetterObject } from "../objects/env.ts";
import { CarillonError } from "../protocol/errors.ts";
import { type AppEnv, askObject, tell } from "./context.ts";
import { identifyOperator } from "./identity.ts";

/** Letters of one page, unless fewer are asked for. */
const PAGE = 50;
const LARGEST_PAGE = 100;

/** `GET /dead-letters?before=&limit=`: what could not be delivered, newest first. */
export async function getDeadLetters(c: Context<AppEnv>): Promise<Response> {
  await identifyOperator(c);
  const before = readNumber(c, "before");
  const limit = Math.min(readNumber(c, "limit") ?? PAGE, LARGEST_PAGE);
  const { letters, more } = await askObject(c, async () => await deadLetterObject(c.env).list(before, limit));
  const shown = letters.map(({ id, at, code, reason, object, publications }) => {
    const rest = JSON.stringify({ id, at, code, reason, object: object ?? null });
    // The publications are JSON already.
    return `${rest.slice(0, -1)},"publications":${publications}}`;
  });
  c.header("Content-Type", "application/json");
  c.header("Cache-Control", "no-store");
  return c.body(`{"deadLetters":[${shown.join(",")}],"more":${more}}`);
}

/**
 * `POST /dead-letters/:id/retry`: delivers one again, now. It is forgotten when that succeeds; when it fails it is kept,
 * and the error says why.
 */
export async function postDeadLetterRetry(c: Context<AppEnv>): Promise<Response> {
  const operator = await identifyOperator(c);
  const id = Number(c.req.param("id"));
  const letter = Number.isSafeInteger(id)
    ? await askObject(c, async () => await deadLetterObject(c.env).find(id))
    : undefined;
  if (!letter) throw new CarillonError("not_found", "There is no dead letter of this id (any more).");
  const redelivery = await redeliver(letter, c.env, c.get("settings"), c.get("requestId"));
  if (redelivery.kind === "failed") {
    const { code, message } = redelivery.failure;
    await askObject(c, async () => await deadLetterObject(c.env).note(id, { code, reason: message }));
    tell(c, "warn", "dead letter not delivered", { id, by: operator.name, code });
    throw new CarillonError(code, "It could not be delivered, and is kept; GET /dead-letters says why.");
  }
  await askObject(c, async () => await deadLetterObject(c.env).remove(id));
  tell(c, "info", "dead letter delivered", { id, by: operator.name });
  return c.json({ id, results: redelivery.results });
}

function readNumber(c: Context<AppEnv>, name: "before" | "limit"): number | undefined {
  const text = c.req.query(name);
  if (text === undefined) return undefined;
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= 1) return number;
  throw new CarillonError("invalid_request", `${name} is a whole number from 1.`);
}
