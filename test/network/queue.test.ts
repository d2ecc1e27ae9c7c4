import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { Backend, problemIn } from "../support/backend.ts";
import { type Service, startService } from "../support/service.ts";
import { Socket } from "../support/socket.ts";
import { userToken } from "../support/token.ts";

let service: Service;
let backend: Backend;

beforeAll(async () => {
  service = await startService();
  backend = new Backend(service);
});
afterAll(() => service?.stop());

/** How long anything may take to come out of the queue, in ms. */
const PATIENCE = 20_000;

/** Asks again until the answer fits. */
async function eventually<Answer>(
  ask: () => Promise<Answer>,
  fits: (answer: Answer) => boolean,
  what: string,
) {
  const late = AbortSignal.timeout(PATIENCE);
  for (;;) {
    const answer = await ask();
    if (fits(answer)) return answer;
    if (late.aborted) throw new Error(`Awaited ${what}, but it is ${JSON.stringify(answer).slice(0, 1000)}`);
  }
}

const polled = z.object({ events: z.array(z.object({ id: z.string() })) });

/** Ids of all events in a user's log. */
async function eventsOf(user: string): Promise<string[]> {
  const headers = { Authorization: `Bearer ${await userToken(service, { sub: user })}` };
  const { text } = await backend.ask("/events?since=0.0", { headers });
  return polled.parse(JSON.parse(text)).events.map(({ id }) => id);
}

const listed = z.object({
  deadLetters: z.array(
    z.object({
      id: z.number(),
      code: z.string(),
      reason: z.string(),
      object: z.object({ name: z.string() }),
    }),
  ),
});

async function deadLetters() {
  const headers = { Authorization: `Bearer ${service.publishKey}` };
  return listed.parse(JSON.parse((await backend.ask("/dead-letters", { headers })).text)).deadLetters;
}

describe("a publish to more users than are waited for", () => {
  test("reaches everybody once, by socket and by polling, also when it is repeated", async () => {
    const users = Array.from({ length: 120 }, (_, index) => `crowd-${index}`);
    const token = await userToken(service, { sub: "crowd-119" });
    const socket = await Socket.greeted(`${service.wsUrl}/connect?token=${token}`);
    const event = { id: "to-all", event: "greeting", data: { text: "สวัสดี".repeat(500) }, to: { users } };
    const queued = [...Array(50).fill("stored"), ...Array(70).fill("queued")];
    for (const _ of ["once", "again"]) {
      expect((await backend.publish(event)).map(({ status }) => status)).toEqual(queued);
    }
    const { id, data } = await socket.next("event", "the event out of the queue");
    expect([id, data]).toEqual(["to-all", event.data]);
    // Local queues keep their order, so nothing is on its way any more once this is there.
    await backend.publish({ id: "last", event: "last", to: { users: users.slice(60) } });
    await socket.next("event", "the last event out of the queue", (frame) => frame.id === "last");
    const logs = await Promise.all(users.map(eventsOf));
    expect(logs.map((log) => log.filter((one) => one === "to-all").length)).toEqual(users.map(() => 1));
    expect(socket.all("event").map((frame) => frame.id)).toEqual(["to-all", "last"]);
    socket.close();
  });
});

describe("what the queue cannot deliver", () => {
  test("is listed with its reason, and kept when it fails again", async () => {
    const users = Array.from({ length: 60 }, (_, index) => `letter-${index}`);
    await backend.publish({ id: "taken", event: "x", data: "first", to: { users: ["letter-59"] } });
    await backend.publish({ id: "taken", event: "x", data: "other", to: { users } });
    const letters = await eventually(deadLetters, ({ length }) => length > 0, "a dead letter");
    expect(letters).toMatchObject([{ code: "id_conflict", object: { name: "letter-59" } }]);
    const headers = { Authorization: `Bearer ${service.publishKey}` };
    const retry = await backend.ask(`/dead-letters/${letters[0]?.id}/retry`, { method: "POST", headers });
    expect(problemIn(retry).code).toBe("id_conflict");
    expect(await deadLetters()).toEqual(letters);
  });
});
