import type { Context } from "hono";
import { userObject } from "../objects/env.ts";
import { markRequestSchema } from "../objects/inbox-page.ts";
import { notificationSchema } from "../objects/notification.ts";
import { preferencesSchema } from "../objects/preferences.ts";
import { CarillonError } from "../protocol/errors.ts";
import { readJson } from "./body.ts";
import { type AppEnv, askObject, tell } from "./context.ts";
import { identifyByCredential, identifyOperator } from "./identity.ts";
import { parseBody } from "./parse.ts";
import { readUser } from "./users.ts";

/** Notifications of one page, unless fewer are asked for. */
const PAGE = 50;
const LARGEST_PAGE = 200;

/** `GET /inbox`: a page of notifications, newest first, with counts and position of the same moment. */
export async function getInbox(c: Context<AppEnv>): Promise<Response> {
  const limit = Math.min(readNumber(c, "limit", 1) ?? PAGE, LARGEST_PAGE);
  const query = {
    limit,
    before: readNumber(c, "before", 1),
    unread: readFlag(c, "unread"),
    archived: readFlag(c, "archived"),
    type: readType(c),
  };
  const { object, viewer } = await ownObject(c);
  const page = known(await askObject(c, async () => await object().inboxPage(viewer, query)));
  const { notifications, next, counts, position } = page;
  const rest = JSON.stringify({ next: next ?? null, counts, position });
  // The notifications are JSON already.
  return answerText(c, `{"notifications":[${notifications.join(",")}],${rest.slice(1)}`);
}

/** `GET /inbox/counts`: the badge alone. */
export async function getInboxCounts(c: Context<AppEnv>): Promise<Response> {
  const { object, viewer } = await ownObject(c);
  const { counts, position } = known(await askObject(c, async () => await object().inboxCounts(viewer)));
  return answer(c, { counts, position });
}

/** `GET /inbox/:id`: one notification. */
export async function getInboxItem(c: Context<AppEnv>): Promise<Response> {
  const id = c.req.param("id") ?? "";
  const { object, viewer } = await ownObject(c);
  const { item } = known(await askObject(c, async () => await object().inboxItem(viewer, id)));
  if (item === undefined) throw notThere();
  return answerText(c, item);
}

/** `POST /inbox/mark`: marks notifications, by id or all. */
export async function postInboxMark(c: Context<AppEnv>): Promise<Response> {
  const request = parseBody(markRequestSchema, await readJson(c.req.raw, c.get("settings").MAX_BODY_BYTES));
  const { object, viewer } = await ownObject(c);
  return answer(c, known(await askObject(c, async () => await object().markInbox(viewer, request))));
}

/** `DELETE /inbox/:id`: takes one notification away, for good. */
export async function deleteInboxItem(c: Context<AppEnv>): Promise<Response> {
  const id = c.req.param("id") ?? "";
  const { object, viewer } = await ownObject(c);
  const request = { as: "deleted" as const, ids: [id] };
  const marked = known(await askObject(c, async () => await object().deleteFromInbox(viewer, request)));
  if (!marked.isFound) throw notThere();
  const { counts, position } = marked;
  return answer(c, { counts, position });
}

/** `DELETE /inbox`: takes everything away that arrived up to `upTo`, an offset; without it, everything. */
export async function deleteInbox(c: Context<AppEnv>): Promise<Response> {
  const upTo = readNumber(c, "upTo", 0);
  const { object, viewer } = await ownObject(c);
  const request = { as: "deleted" as const, all: true as const, ...(upTo !== undefined && { upTo }) };
  return answer(c, known(await askObject(c, async () => await object().markInbox(viewer, request))));
}

/** `GET /preferences`: what the user wants of notifications. */
export async function getPreferences(c: Context<AppEnv>): Promise<Response> {
  const { object, viewer } = await ownObject(c);
  return answer(c, known(await askObject(c, async () => await object().preferences(viewer.identity))));
}

/** `PUT /preferences`: says what the user wants of notifications, in place of what was said before. */
export async function putPreferences(c: Context<AppEnv>): Promise<Response> {
  const preferences = parseBody(
    preferencesSchema,
    await readJson(c.req.raw, c.get("settings").MAX_BODY_BYTES),
  );
  const { object, viewer } = await ownObject(c);
  const set = async () => await object().setPreferences(viewer.identity, preferences);
  return answer(c, known(await askObject(c, set)));
}

/** `DELETE /users/:id/inbox/:id`: a publisher takes a notification back. */
export async function deleteNotification(c: Context<AppEnv>): Promise<Response> {
  const operator = await identifyOperator(c);
  const user = readUser(c);
  const id = c.req.param("notificationId") ?? "";
  const wasThere = await askObject(c, async () => await userObject(c.env, user).recall(id));
  if (!wasThere) throw notThere();
  tell(c, "info", "notification recalled", { user, id, by: operator.name });
  return answer(c, { user, id });
}

async function ownObject(c: Context<AppEnv>) {
  const identity = await identifyByCredential(c);
  const viewer = { identity, client: c.req.query("client") ?? "" };
  return { object: () => userObject(c.env, identity.userId), viewer };
}

type Revoked = { readonly kind: "revoked" };

/** An answer of the user's object, unless the credential was revoked. */
function known<Answer extends object>(answer: Answer): Exclude<Answer, Revoked> {
  if (isKnown(answer)) return answer;
  throw new CarillonError("unauthorized", "The token was revoked.");
}

function isKnown<Answer extends object>(answer: Answer): answer is Exclude<Answer, Revoked> {
  return !("kind" in answer && answer.kind === "revoked");
}

function notThere(): CarillonError {
  return new CarillonError("not_found", "The inbox has no notification of this id (any more).");
}

function answer(c: Context<AppEnv>, body: object): Response {
  return answerText(c, JSON.stringify(body));
}

/** Answers JSON that nobody but who asked may keep. */
function answerText(c: Context<AppEnv>, text: string): Response {
  c.header("Content-Type", "application/json");
  c.header("Cache-Control", "no-store");
  return c.body(text);
}

function readNumber(c: Context<AppEnv>, name: string, least: number): number | undefined {
  const text = c.req.query(name);
  if (text === undefined) return undefined;
  const number = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(number) && number >= least) return number;
  throw new CarillonError("invalid_request", `${name} is a whole number from ${least}.`);
}

function readFlag(c: Context<AppEnv>, name: string): boolean | undefined {
  const text = c.req.query(name);
  if (text === undefined) return undefined;
  if (text === "true" || text === "false") return text === "true";
  throw new CarillonError("invalid_request", `${name} is true or false.`);
}

function readType(c: Context<AppEnv>): string | undefined {
  const type = c.req.query("type");
  if (type === undefined || notificationSchema.shape.type.safeParse(type).success) return type;
  throw new CarillonError("invalid_request", "type is a type of notification, 1 to 64 characters.");
}
