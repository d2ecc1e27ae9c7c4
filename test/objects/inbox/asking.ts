import { exports } from "cloudflare:workers";
import { z } from "zod";
import { countsSchema, type ServerFrameOf } from "../../../src/protocol/frames.ts";
import { type Listener, type ListenOptions, ORIGIN, publish, tokenFor } from "../listener.ts";

/** What every notification of these tests says, unless it says otherwise. */
export const note = { type: "news", title: "A title", message: "A message" };

const position = z.object({ epoch: z.string(), offset: z.number() });
const time = z.number().nullable();

export const shownSchema = z.looseObject({
  id: z.string(),
  offset: z.number(),
  seenAt: time,
  readAt: time,
  archivedAt: time,
});

/** A notification as clients are shown it. */
export type Shown = z.output<typeof shownSchema>;

export const pageSchema = z.object({
  notifications: z.array(shownSchema),
  next: z.number().nullable(),
  counts: countsSchema,
  position,
});

const countedSchema = z.object({ counts: countsSchema, position });

/** Asks the service as the user whom the options name. @returns the answer's status and body. */
export async function ask(
  options: ListenOptions,
  method: string,
  path: string,
  body?: object,
): Promise<{ readonly status: number; readonly body: unknown }> {
  return request(await tokenFor(options), method, path, body);
}

/** Asks it as the backend. */
export async function operate(method: string, path: string, body?: object) {
  return request("dev-only-publish-key", method, path, body);
}

async function request(token: string, method: string, path: string, body?: object) {
  const response = await exports.default.fetch(`${ORIGIN}${path}`, {
    method,
    headers: { Authorization: `Bearer ${token}` },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as unknown };
}

/** The inbox, or what a query asks for of it. */
export async function readInbox(options: ListenOptions, query = "") {
  return pageSchema.parse((await ask(options, "GET", `/inbox${query}`)).body);
}

/** Ids of what is shown, newest first. */
export async function idsIn(options: ListenOptions, query = ""): Promise<string[]> {
  return (await readInbox(options, query)).notifications.map(({ id }) => id);
}

export async function mark(options: ListenOptions, request: object) {
  return countedSchema.parse((await ask(options, "POST", "/inbox/mark", request)).body);
}

/**
 * Publishes a notification to a user, or to whom `event` says. An id that goes to an audience must be fresh: one object
 * takes those of all tests.
 *
 * @returns the outcome at each target.
 * @throws where one failed.
 */
export async function notify(user: string, id: string, notification: object = {}, event: object = {}) {
  const { results } = await publish({
    ...{ id, event: "news", data: { n: id }, to: { users: [user] } },
    notification: { ...note, ...notification },
    ...event,
  });
  const targets = results[0]?.targets ?? [];
  if (targets.some(({ status }) => status === "failed")) throw new Error(JSON.stringify(targets));
  return targets;
}

/** Publishes a hundred at a time. */
export async function notifyMany(user: string, ids: readonly string[], more: object = {}): Promise<void> {
  for (let from = 0; from < ids.length; from += 100) {
    await publish(
      ids.slice(from, from + 100).map((id) => ({
        ...{ id, event: "news", to: { users: [user] } },
        notification: { ...note, ...more },
      })),
    );
  }
}

/** The inbox's own entries that a listener got, in their order. */
export function entriesOf(listener: Listener): ServerFrameOf<"event">[] {
  return listener
    .all("event")
    .filter(({ event, offset }) => event.startsWith("notification:") && offset !== undefined);
}

/** Waits for an entry of the inbox. */
export function nextEntry(listener: Listener, event: "new" | "updated" | "deleted", id?: string) {
  return listener.next(
    "event",
    (frame) =>
      frame.event === `notification:${event}` &&
      frame.offset !== undefined &&
      (id === undefined || frame.id === id),
  );
}
