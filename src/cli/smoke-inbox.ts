import { z } from "zod";
import { expectAnswer, inboxAnswer, markAnswer, problemAnswer, publishAnswer } from "./answers.ts";
import { Failure } from "./command.ts";
import type { Connection } from "./connection.ts";
import { ask } from "./request.ts";
import type { Steps } from "./steps.ts";

/** Where the inbox is tried, and as whom. */
export interface InboxTrial {
  readonly steps: Steps;
  readonly service: URL;
  readonly key: string;
  readonly token: string;
  /** The user's connection, greeted. */
  readonly connection: Connection;
  readonly user: string;
  /** The name of this run. */
  readonly run: string;
  readonly signal: AbortSignal;
}

/** After this a notification that a failed run has left goes by itself, in milliseconds. */
const LEFT_BEHIND = 3_600_000;

const updated = z.object({ ids: z.array(z.string()) });

/** Tries the inbox: a notification is published, found, read by a frame and deleted over HTTP. */
export async function tryInbox(trial: InboxTrial): Promise<void> {
  const { steps, service, key, token, connection, user, run, signal } = trial;
  const id = `inbox-${run}`;
  const notification = {
    type: "smoke",
    title: "Smoke test",
    message: "It deletes this by itself.",
    priority: "low",
    expiresAt: Date.now() + LEFT_BEHIND,
  };

  await steps.run("notify the user", async (note) => {
    const body = { id, event: "smoke", to: { users: [user] }, notification };
    const answer = await ask(service, { method: "POST", path: "publish", key, body }, signal);
    const status = expectAnswer(answer, publishAnswer).results[0]?.targets[0]?.status;
    if (status !== "delivered" && status !== "stored") throw new Failure(`it is ${status}`);
    note(status);
  });

  await steps.run("find it in the inbox", async (note) => {
    const answer = await ask(service, { method: "GET", path: "inbox?limit=200", key: token }, signal);
    const { notifications, counts } = expectAnswer(answer, inboxAnswer);
    const found = notifications.find((one) => one.id === id);
    if (!found) throw new Failure(`it is not among the newest ${notifications.length}`);
    if (found.title !== notification.title || found.readAt !== null) {
      throw new Failure("it is not as it was published");
    }
    note(`unread ${counts.unread} of ${counts.total}`);
  });

  await steps.run("read it", async (note) => {
    connection.send(JSON.stringify({ type: "mark", ref: "read", as: "read", ids: [id] }));
    const { counts } = await connection.next("ok", "the answer to the mark", ({ ref }) => ref === "read");
    if (!counts) throw new Failure("the answer says no counts");
    await connection.next("event", "the entry that tells of it", ({ event, data }) => {
      return event === "notification:updated" && (updated.safeParse(data).data?.ids.includes(id) ?? false);
    });
    note(`unread ${counts.unread} of ${counts.total}`);
  });

  await steps.run("delete it", async (note) => {
    const body = { as: "deleted", ids: [id] };
    const answer = await ask(service, { method: "POST", path: "inbox/mark", key: token, body }, signal);
    const { counts } = expectAnswer(answer, markAnswer);
    const gone = await ask(service, { method: "GET", path: `inbox/${id}`, key: token }, signal);
    const code = problemAnswer.safeParse(gone.body).data?.code;
    if (gone.status !== 404)
      throw new Failure(`it is still answered with ${gone.status} ${code ?? ""}`.trim());
    note(`unread ${counts.unread} of ${counts.total}`);
  });
}
