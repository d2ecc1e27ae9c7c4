import type { RequestLaneOptions } from "./request-lane.ts";
import { verdictOn } from "./verdict.ts";

/** As many notifications as a user has in the beginning. Their ids are among those that requests and frames name. */
const NOTIFICATIONS = 10;

/** Sees to it that there is something to find: notifications of this user, and dead letters. */
export async function provide(options: RequestLaneOptions): Promise<void> {
  const { user } = options;
  const notification = { type: "payment", title: "A title", message: "A message" };
  const greetings = Array.from({ length: NOTIFICATIONS }, (_, number) => {
    return { id: `fuzz-${number}`, event: "greeting", to: { users: [user] }, notification };
  });
  await publish(greetings, options);
  // Of both the rest is queued, and of one of them the queue finds that it is in conflict with the other.
  const users = Array.from({ length: 5 }, (_, number) => `${user}-reader-${number}`);
  for (const data of ["one", "other"]) {
    await publish([{ id: `${user}-conflict`, event: "greeting", data, to: { users } }], options);
  }
}

async function publish(
  events: readonly object[],
  { target, client, tally }: RequestLaneOptions,
): Promise<void> {
  const request = { method: "POST", path: "/publish" };
  const answer = await client.send({
    ...request,
    headers: { Authorization: `Bearer ${target.publishKey}` },
    body: new Uint8Array(Buffer.from(JSON.stringify(events))),
    sending: "whole",
  });
  if (answer?.status !== 200) throw new Error(`Provisions were answered ${answer?.status} ${answer?.text}`);
  const [, ...targets] = verdictOn(request, answer, target);
  for (const one of targets) tally.count(`target: ${one}`);
}
