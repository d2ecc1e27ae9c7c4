import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { verifyWebhook } from "../../src/publisher/index.ts";
import { Backend, problemIn } from "../support/backend.ts";
import { type Service, startService } from "../support/service.ts";
import { Socket } from "../support/socket.ts";
import { userToken } from "../support/token.ts";
import { type Received, WebhookReceiver } from "../support/webhook-receiver.ts";

const [NEW, OLD] = ["the-new-secret-of-at-least-32-bytes", "the-old-secret-of-at-least-32-bytes"];

let receiver: WebhookReceiver;
let service: Service;
let backend: Backend;
let isGenuine: (header: string | undefined, body: Buffer, secret: string, now?: number) => boolean;

beforeAll(async () => {
  isGenuine = await documented();
  receiver = await WebhookReceiver.start();
  const vars = {
    ...{ WEBHOOK_URL: receiver.url, WEBHOOK_SECRET: `${NEW},${OLD}` },
    ...{ WEBHOOK_ATTEMPTS: "2", WEBHOOK_TIMEOUT_SECONDS: "1", QUEUE_RETRY_SECONDS: "1" },
    ...{ PRESENCE_CHANNELS: "none", PRESENCE_GRACE_SECONDS: "1", ROOM_GRACE_SECONDS: "1" },
  };
  service = await startService({ vars });
  backend = new Backend(service);
});
afterAll(async () => {
  await service?.stop();
  await receiver?.stop();
});

/** The check that docs/webhooks.md shows for Node, as it stands there. */
async function documented(): Promise<typeof isGenuine> {
  const page = await readFile("docs/webhooks.md", "utf8");
  const [, code = ""] = /```js\n([\s\S]*?)```/.exec(page) ?? [];
  const folder = await mkdtemp(join(tmpdir(), "carillon-webhooks-"));
  try {
    const file = join(folder, "receiver.mjs");
    await writeFile(file, code);
    const module: { isGenuine: typeof isGenuine } = await import(pathToFileURL(file).href);
    return module.isGenuine;
  } finally {
    await rm(folder, { recursive: true });
  }
}

const webhook = z.strictObject({
  ...{ id: z.string(), event: z.string(), at: z.number() },
  ...{ source: z.string(), epoch: z.string(), sequence: z.number() },
  data: z.record(z.string(), z.unknown()),
});

/** What came that tells of somebody or something, each time that it came. */
function told(about: string): (z.output<typeof webhook> & { readonly received: Received })[] {
  return receiver.received.flatMap((received) => {
    const one = webhook.parse(JSON.parse(received.body.toString()));
    const { userId, room } = one.data;
    return userId === about || room === about ? [{ ...one, received }] : [];
  });
}

async function until(about: string, count: number) {
  await receiver.until(() => told(about).length >= count, `webhook ${count} about ${about}`);
  return told(about);
}

async function enter(user: string, path = "/connect"): Promise<Socket> {
  const token = await userToken(service, { sub: user });
  return Socket.greeted(`${service.wsUrl}${path}?token=${token}&client=tab`);
}

const letters = z.object({
  deadLetters: z.array(
    z.object({
      id: z.number(),
      code: z.string(),
      reason: z.string(),
      object: z.object({ kind: z.string(), name: z.string() }),
      publications: z.array(z.unknown()),
    }),
  ),
});

async function deadLetters(about: string) {
  const headers = { Authorization: `Bearer ${service.publishKey}` };
  const { text } = await backend.ask("/dead-letters", { headers });
  return letters.parse(JSON.parse(text)).deadLetters.filter(({ object }) => object.name === about);
}

/** Waits for a dead letter. */
async function deadLetter(about: string) {
  const late = AbortSignal.timeout(20_000);
  for (;;) {
    const [letter] = await deadLetters(about);
    if (letter) return letter;
    if (late.aborted) throw new Error(`Awaited a dead letter about ${about}.`);
  }
}

describe.concurrent("webhooks over the network", () => {
  test("tell who is online, signed with both secrets, and not that a page was loaded anew", async ({
    expect,
  }) => {
    const first = await enter("finn");
    const [online] = await until("finn", 1);
    first.close(1000, "bye");
    await first.ended();
    const second = await enter("finn");
    second.close(1000, "bye");
    await until("finn", 2);
    const all = told("finn");
    expect(all.map(({ event }) => event)).toEqual(["user.online", "user.offline"]);
    for (const { received } of all) {
      const { method, headers, signature, body, at } = received;
      expect([method, headers["content-type"], headers["user-agent"]]).toEqual([
        "POST",
        "application/json",
        "Carillon",
      ]);
      const seconds = Number(/^t=(\d+),v1=[0-9a-f]{64},v1=[0-9a-f]{64}$/.exec(signature ?? "")?.[1]);
      expect(Math.abs(at / 1000 - seconds)).toBeLessThan(5);
      expect([NEW, OLD].map((secret) => isGenuine(signature, body, secret))).toEqual([true, true]);
      expect(isGenuine(signature, Buffer.concat([body, Buffer.from(" ")]), NEW)).toBe(false);
      expect(isGenuine(signature, body, "another-secret-of-at-least-32-bytes")).toBe(false);
      expect(isGenuine(signature, body, NEW, at + 310_000)).toBe(false);
      expect(isGenuine(undefined, body, NEW)).toBe(false);
      expect(await verifyWebhook({ signature, body, secret: OLD })).toEqual(JSON.parse(body.toString()));
    }
    expect(online?.id).not.toBe(all[1]?.id);
  });

  test("tell of a room without presence, and what was read, with ids alone", async () => {
    const room = "room:quiet";
    const socket = await enter("gert", `/rooms/${room}/connect`);
    await until(room, 1);
    await backend.publish({
      ...{ id: "n1", event: "x", data: "SECRET", to: { users: ["gert"] } },
      notification: { type: "note", title: "SECRET", message: "SECRET" },
    });
    const reader = await enter("gert");
    reader.send({ type: "mark", ref: 1, as: "read", ids: ["n1"] });
    await reader.next("ok", "the mark's answer");
    socket.close(1000, "bye");
    const [occupied, vacated] = await until(room, 2);
    expect([occupied, vacated]).toMatchObject([
      { event: "room.occupied", source: room, sequence: 1, data: { room } },
      { event: "room.vacated", source: room, sequence: 2, data: { room } },
    ]);
    await until("gert", 2);
    const read = told("gert").find(({ event }) => event === "notification.read");
    expect(read).toMatchObject({ source: "user:gert", sequence: 1, data: { userId: "gert", ids: ["n1"] } });
    expect(receiver.received.map(({ body }) => body.toString()).join()).not.toContain("SECRET");
    reader.close();
  });

  test.each(["500", "redirect", "hang"])("come again under the same id after %s", async (name) => {
    const user = `again-${name}`;
    const fail = name === "500" ? 500 : name === "redirect" ? "redirect" : "hang";
    const { answer } = receiver;
    receiver.answer = (body) =>
      body.includes(`"${user}"`) ? (told(user).length === 1 ? fail : 204) : answer(body);
    const socket = await enter(user);
    const [first, second] = await until(user, 2);
    const { received: _, ...once } = first ?? {};
    expect(second).toMatchObject(once);
    expect(second?.received.path).toBe("/carillon");
    expect(isGenuine(second?.received.signature, second?.received.body ?? Buffer.of(), NEW)).toBe(true);
    socket.close();
  });

  test("become dead letters when the tries are used up, and can be sent again", async () => {
    const user = "letter";
    let status = 503;
    const { answer } = receiver;
    receiver.answer = (body) => (body.includes(`"${user}"`) ? status : answer(body));
    const socket = await enter(user);
    await until(user, 2);
    const letter = await deadLetter(`user:${user}`);
    const { id } = told(user)[0] ?? {};
    expect(letter).toEqual({
      ...{ id: expect.any(Number), code: "unavailable", reason: "The receiver answered 503." },
      object: { kind: "webhook", name: `user:${user}` },
      publications: [{ id, events: [{ channel: `user:${user}`, event: "user.online" }] }],
    });
    const headers = { Authorization: `Bearer ${service.publishKey}` };
    const retry = () => backend.ask(`/dead-letters/${letter.id}/retry`, { method: "POST", headers });
    expect(problemIn(await retry()).code).toBe("unavailable");
    status = 200;
    const { status: answered, text } = await retry();
    expect([answered, JSON.parse(text)]).toEqual([
      200,
      { id: letter.id, results: [{ id, event: "user.online", targets: [] }] },
    ]);
    expect(told(user).map((one) => one.id)).toEqual([id, id, id, id]);
    expect(await deadLetters(`user:${user}`)).toEqual([]);
    socket.close();
  });
});
