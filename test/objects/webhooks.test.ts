import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { settingsOf } from "../../src/config/settings.ts";
import { shardOf } from "../../src/objects/audience-door.ts";
import { audienceShard, roomObject, userObject } from "../../src/objects/env.ts";
import { tellRead } from "../../src/objects/webhook-read.ts";
import type { WebhookContent } from "../../src/protocol/webhook.ts";
import { ask } from "../http/service.ts";
import { fresh, Listener, publish, sleepAll, tokenFor } from "./listener.ts";
import { rowsOf, tablesOf } from "./remembered.ts";
import { type ToldWebhook, withWebhooks } from "./told-webhooks.ts";

const shardFor = (user: string) => audienceShard(env, shardOf(user, settingsOf(env).AUDIENCE_SHARDS));
const allShards = () => [0, 1, 2, 3].map((shard) => audienceShard(env, shard));
const events = (told: readonly ToldWebhook[]) => told.map(({ event }) => event);

async function abort(stub: DurableObjectStub<undefined>): Promise<void> {
  await runInDurableObject(stub, (_instance, ctx) => ctx.abort("killed by the test")).catch(() => undefined);
}

async function go(listener: Listener): Promise<void> {
  listener.close(1000, "bye");
  await listener.untilClosed();
}

/** Waits until a user's shard knows that somebody is there, or nobody. */
async function known(user: string, isOnline: boolean): Promise<void> {
  const found = async () => (await shardFor(user).findMember(user))?.isOnline;
  await expect.poll(found, { timeout: 8000 }).toBe(isOnline);
}

/** Publishes notifications to a user under these ids. */
async function notify(user: string, ...ids: string[]): Promise<void> {
  const notification = { type: "note", title: "A title", message: "A message" };
  for (const id of ids) await publish({ id, event: "x", to: { users: [user] }, notification });
}

async function mark(user: string, body: object): Promise<void> {
  const headers = { Authorization: `Bearer ${await tokenFor({ user })}`, "Content-Type": "application/json" };
  const response = await ask("/inbox/mark", { method: "POST", headers, body: JSON.stringify(body) });
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
}

describe("where no webhook is configured", () => {
  it("nothing is written down", async () => {
    const [user, room] = [fresh("user"), `room:${fresh("lobby")}`];
    const listener = await Listener.greeted({ user });
    await listener.follow(room);
    await notify(user, "n1");
    await mark(user, { as: "read", all: true });
    for (const stub of [userObject(env, user), roomObject(env, room), shardFor(user)]) {
      expect((await tablesOf(stub)).filter((name) => name.startsWith("webhook"))).toEqual([]);
    }
  });
});

describe("webhooks of presence", () => {
  it("tell once that a user came and went, not of a page loaded anew, though objects die, and no channel is told", () =>
    withWebhooks({ PRESENCE_CHANNELS: ["none"], PRESENCE_GRACE_SECONDS: 1 }, async (queue) => {
      await sleepAll(...allShards());
      const user = fresh("user");
      let listener = await Listener.greeted({ user });
      await queue.until(`user:${user}`, 1);
      for (const between of [sleepAll, abort]) {
        await known(user, true);
        await go(listener);
        await known(user, false);
        await between(shardFor(user));
        listener = await Listener.greeted({ user });
      }
      await known(user, true);
      await go(listener);
      await known(user, false);
      await abort(shardFor(user));
      const [online, offline, ...more] = await queue.until(`user:${user}`, 2);
      expect(more).toEqual([]);
      const source = `audience/${shardOf(user, settingsOf(env).AUDIENCE_SHARDS)}`;
      const common = { source, epoch: online?.epoch, data: { userId: user } };
      expect(online).toMatchObject({ ...common, event: "user.online" });
      expect(offline).toMatchObject({ ...common, event: "user.offline" });
      expect(online?.id).toBe(`user.online:${online?.at}:${user}`);
      expect(offline?.sequence).toBeGreaterThan(online?.sequence ?? 0);
      expect(await rowsOf(shardFor(user), "SELECT id FROM log WHERE id LIKE 'presence:%'")).toEqual([]);
    }));
});

describe("webhooks of a room", () => {
  it("tell of the first member and of the last, over its own sockets and through users' objects alike", () =>
    withWebhooks({ ROOM_GRACE_SECONDS: 1 }, async (queue) => {
      const room = `room:${fresh("lobby")}`;
      const relayed = await Listener.greeted({ user: fresh("one") });
      await relayed.follow(room);
      const direct = await Listener.greeted({ user: fresh("two"), room });
      await queue.until(room, 1);
      relayed.send({ type: "unsubscribe", channels: [room] });
      await relayed.next("unsubscribed");
      await sleepAll(roomObject(env, room));
      await go(direct);
      // Within the grace nothing has happened.
      const again = await Listener.greeted({ user: fresh("two"), room });
      await abort(roomObject(env, room));
      await again.untilClosed();
      const last = await Listener.greeted({ user: fresh("two"), room });
      await go(last);
      const told = await queue.until(room, 2);
      expect(told).toMatchObject([
        { event: "room.occupied", source: room, sequence: 1, data: { room } },
        { event: "room.vacated", source: room, sequence: 2, epoch: told[0]?.epoch, data: { room } },
      ]);
    }));

  it("tell that a room is empty whose members died with it, or could not say that they went", () =>
    withWebhooks({ ROOM_GRACE_SECONDS: 1, PRESENCE_PROBE_SECONDS: 60 }, async (queue) => {
      const [direct, relayed] = [`room:${fresh("direct")}`, `room:${fresh("relayed")}`];
      const one = await Listener.greeted({ user: fresh("one"), room: direct });
      const user = fresh("two");
      const other = await Listener.greeted({ user });
      await other.follow(relayed);
      await Promise.all([direct, relayed].map((room) => queue.until(room, 1)));
      // The first alarm is the one that would have brought the webhook to the queue.
      for (const room of [direct, relayed]) await runDurableObjectAlarm(roomObject(env, room));
      await abort(roomObject(env, direct));
      await one.untilClosed();
      await abort(userObject(env, user));
      await other.untilClosed();
      await abort(roomObject(env, relayed));
      for (const room of [direct, relayed]) {
        const stub = roomObject(env, room);
        const due = await runInDurableObject(stub, (_instance, { storage }) => storage.getAlarm());
        expect((due ?? 0) - Date.now()).toBeGreaterThan(50_000);
        expect((due ?? 0) - Date.now()).toBeLessThanOrEqual(60_000);
        await runDurableObjectAlarm(stub);
        expect(events(await queue.until(room, 2))).toEqual(["room.occupied", "room.vacated"]);
      }
    }));
});

describe("webhooks of an inbox", () => {
  it("tell once for each mark what was read by it, and nothing of a mark that changes nothing", () =>
    withWebhooks({}, async (queue) => {
      const user = fresh("user");
      await notify(user, "n1", "n2", "n3", "n4");
      await mark(user, { as: "read", ids: ["n1", "n2", "none"] });
      await mark(user, { as: "read", ids: ["n1"] });
      await mark(user, { as: "seen", all: true });
      await mark(user, { as: "read", all: true });
      const told = await queue.until(`user:${user}`, 2);
      expect(told.map(({ event, sequence, source, data }) => ({ event, sequence, source, data }))).toEqual([
        {
          ...{ event: "notification.read", sequence: 1, source: `user:${user}` },
          data: { userId: user, ids: ["n1", "n2"] },
        },
        {
          ...{ event: "notification.read", sequence: 2, source: `user:${user}` },
          data: { userId: user, all: true, upTo: expect.any(Number) },
        },
      ]);
    }));

  it("are cut where the ids of a mark do not fit into a message", () => {
    const ids = Array.from({ length: 1000 }, (_, index) => `${index}`.padEnd(100, "ก"));
    const told: WebhookContent[] = [];
    tellRead({ tell: (content) => told.push(content) }, "u", { ids }, 1);
    expect(told.flatMap(({ data }) => ("ids" in data ? data.ids : []))).toEqual(ids);
    expect(told).toHaveLength(3);
    const sizes = told.map((content) => new TextEncoder().encode(JSON.stringify(content)).length);
    expect(Math.max(...sizes)).toBeLessThan(101_000);
  });
});

describe("a webhook that the queue does not take", () => {
  it("is kept, and brought by the alarm under its id and number though the object dies", () =>
    withWebhooks({ RETRY_SECONDS: 1 }, async (queue) => {
      const user = fresh("user");
      const stub = () => userObject(env, user);
      await notify(user, "n1", "n2");
      queue.takes = () => false;
      await mark(user, { as: "read", ids: ["n1"] });
      const kept = await rowsOf<{ id: string; sequence: number }>(stub(), "SELECT id, sequence FROM webhook");
      expect(kept).toMatchObject([{ sequence: 1 }]);
      await abort(stub());
      await mark(user, { as: "read", ids: ["n2"] });
      await sleepAll(stub());
      queue.takes = () => true;
      const told = await queue.until(`user:${user}`, 2);
      expect(told.map(({ data }) => data.ids)).toEqual([["n1"], ["n2"]]);
      expect(told[0]?.id).toBe(kept[0]?.id);
      expect(told.map(({ sequence }) => sequence)).toEqual([1, 2]);
      await expect.poll(() => rowsOf(stub(), "SELECT id FROM webhook")).toEqual([]);
    }));

  it("comes again under its id and number where the object dies before it knows that the queue has it", () =>
    withWebhooks({}, async (queue) => {
      const user = fresh("user");
      const stub = () => userObject(env, user);
      await notify(user, "n1");
      const { sendBatch } = queue;
      const { promise, resolve } = Promise.withResolvers<void>();
      queue.sendBatch = async (...batch) => {
        queue.sendBatch = sendBatch;
        const answer = await sendBatch.apply(queue, batch);
        await promise;
        return answer;
      };
      await mark(user, { as: "read", all: true });
      await queue.until(`user:${user}`, 1);
      const due = await runInDurableObject(stub(), (_instance, { storage }) => storage.getAlarm());
      expect((due ?? 0) - Date.now()).toBeLessThanOrEqual(5000);
      await abort(stub());
      await runDurableObjectAlarm(stub());
      const [first, second, ...more] = await queue.until(`user:${user}`, 2);
      expect([second, more]).toEqual([first, []]);
      resolve();
    }));
});
