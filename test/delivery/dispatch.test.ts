import { describe, expect, test } from "vitest";
import { fresh } from "../http/service.ts";
import { failDeliveries, platformError } from "./faults.ts";
import { logOf } from "./logged.ts";
import { Platform } from "./platform.ts";

/** So many users whom no other test knows. */
function crowd(count: number): string[] {
  const name = fresh("crowd");
  return Array.from({ length: count }, (_, index) => `${name}-${index}`);
}

/** How many targets got each answer. */
function tally(targets: readonly { readonly status: string; readonly code?: string }[]) {
  const counts: Record<string, number> = {};
  for (const { status, code } of targets) {
    const name = code === undefined ? status : `${status} ${code}`;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

describe("a publish to many", () => {
  test("is delivered at once to 50 objects, and queued for the rest, who get it once", async () => {
    const platform = new Platform();
    const users = crowd(60);
    const targets = await platform.publish({ id: "e1", event: "x", to: { users } });
    expect(targets.map(({ status }) => status)).toEqual([
      ...Array(50).fill("stored"),
      ...Array(10).fill("queued"),
    ]);
    expect(targets.at(-1)).toEqual({
      channel: `user:${users.at(-1)}`,
      status: "queued",
      connections: 0,
      duplicate: false,
    });
    expect(await logOf(users[59] ?? "")).toEqual([]);
    expect(platform.deliveries.waiting.map(({ delay }) => delay)).toEqual([0]);
    await platform.drain();
    expect(await Promise.all(users.map(logOf))).toEqual(users.map(() => ["e1"]));
    expect((await platform.deadLetters()).deadLetters).toEqual([]);
  });

  test("is all delivered at once where there are no queues", async () => {
    const users = crowd(60);
    for (const vars of [
      { DELIVERIES: undefined, UNDELIVERABLE: undefined },
      { DELIVERIES: undefined },
      { UNDELIVERABLE: undefined },
    ]) {
      const targets = await new Platform(vars).publish({ event: "x", to: { users } });
      expect(tally(targets)).toEqual({ stored: 60 });
    }
  });

  test("counts objects, not targets, and takes rooms before users", async () => {
    const platform = new Platform({ INLINE_CALLS: "3" });
    const [anna, ben, carla] = crowd(3);
    const room = `room:${fresh("r")}`;
    const targets = await platform.publish({
      event: "x",
      to: { users: [anna, ben, carla], channels: [`user:${anna}:orders`, room, `user:${carla}:orders`] },
    });
    expect(targets.map(({ channel, status }) => `${channel} ${status}`)).toEqual([
      `user:${anna} stored`,
      `user:${ben} stored`,
      `user:${carla} queued`,
      `user:${anna}:orders stored`,
      `${room} stored`,
      `user:${carla}:orders queued`,
    ]);
  });

  test("never queues the audience", async () => {
    const platform = new Platform({ INLINE_CALLS: "0" });
    const [user] = crowd(1);
    const targets = await platform.publish({ event: "x", to: { users: [user], everyone: true } });
    expect(targets.map(({ channel, status }) => [channel, status === "queued"])).toEqual([
      [`user:${user}`, true],
      ["user:*", false],
    ]);
  });

  test("keeps a batch in one call for each object", async () => {
    const platform = new Platform({ INLINE_CALLS: "0" });
    const calls: number[] = [];
    failDeliveries((_, publications) => calls.push(publications.length));
    const users = crowd(3);
    const batch = ["one", "two"].map((id) => ({ id, event: "x", to: { users } }));
    expect(tally(await platform.publish(batch))).toEqual({ queued: 6 });
    await platform.drain();
    expect(calls).toEqual([2, 2, 2]);
    expect(await Promise.all(users.map(logOf))).toEqual(users.map(() => ["one", "two"]));
  });

  test("makes so many calls at once, and no more, also out of the queue", async () => {
    const platform = new Platform({ INLINE_CALLS: "10", PUBLISH_CONCURRENCY: "4" });
    let under = 0;
    let full = Promise.withResolvers<void>();
    const most: number[] = [];
    // Each takes until four are under way, and as long again as a fifth would need to come.
    failDeliveries(async () => {
      under += 1;
      most.push(under);
      if (under === 4) {
        await scheduler.wait(5);
        full.resolve();
        full = Promise.withResolvers();
      } else {
        await Promise.race([full.promise, scheduler.wait(500)]);
      }
      under -= 1;
    });
    await platform.publish({ event: "x", to: { users: crowd(20) } });
    expect(Math.max(...most.splice(0))).toBe(4);
    await platform.drain();
    expect(Math.max(...most)).toBe(4);
  });

  test("puts messages together that the platform takes in one call", async () => {
    const platform = new Platform({ INLINE_CALLS: "0", PARCEL_CALLS: "1" });
    const users = crowd(150);
    expect(tally(await platform.publish({ event: "x", to: { users } }))).toEqual({ queued: 150 });
    expect([platform.deliveries.calls, platform.deliveries.waiting.length]).toEqual([2, 150]);
  });

  test("delivers an event at once that is too large for a message, whatever the number of objects", async () => {
    const platform = new Platform({ INLINE_CALLS: "0", MAX_DATA_BYTES: "200000" });
    const users = crowd(3);
    const batch = [
      { id: "small", event: "x", to: { users } },
      { id: "large", event: "x", data: "x".repeat(150_000), to: { users } },
    ];
    const targets = await platform.publish(batch);
    expect(tally(targets.slice(0, 3))).toEqual({ queued: 3 });
    expect(tally(targets.slice(3))).toEqual({ stored: 3 });
    await platform.drain();
    expect(await Promise.all(users.map(logOf))).toEqual(users.map(() => ["large", "small"]));
  });

  test("fails where the queue takes nothing, and only there", async () => {
    const platform = new Platform({ INLINE_CALLS: "1", PUBLISH_ATTEMPTS: "2" });
    platform.deliveries.refuse(2);
    const users = crowd(3);
    const event = { id: "e", event: "x", to: { users } };
    expect(tally(await platform.publish(event))).toEqual({ stored: 1, "failed unavailable": 2 });
    platform.deliveries.refuse(1);
    expect(tally(await platform.publish(event))).toEqual({ stored: 1, queued: 2 });
    await platform.drain();
    expect(await Promise.all(users.map(logOf))).toEqual(users.map(() => ["e"]));
  });
});

describe("a call that fails", () => {
  test("is tried 3 times, then queued with a delay, and reaches its user once", async () => {
    const platform = new Platform();
    const [well, broken] = crowd(2);
    let calls = 0;
    failDeliveries((name) => {
      if (name !== broken) return;
      calls += 1;
      if (calls <= 3) throw platformError("The object was reset.", { retryable: true });
    });
    const targets = await platform.publish({ id: "e", event: "x", to: { users: [well, broken] } });
    expect(targets.map(({ status }) => status)).toEqual(["stored", "queued"]);
    expect(calls).toBe(3);
    const [message] = platform.deliveries.waiting;
    expect(message?.delay).toBeGreaterThanOrEqual(3);
    expect(message?.delay).toBeLessThanOrEqual(8);
    await platform.drain();
    expect([await logOf(well ?? ""), await logOf(broken ?? "")]).toEqual([["e"], ["e"]]);
  });

  test.each([
    ["overloaded", { overloaded: true, retryable: true } as const],
    ["broken in a way of its own", {}],
  ])("of an object that is %s is queued without another try", async (_, marks) => {
    const platform = new Platform();
    const [user] = crowd(1);
    let calls = 0;
    failDeliveries(() => {
      calls += 1;
      if (calls === 1) throw platformError("Not now.", marks);
    });
    expect(tally(await platform.publish({ id: "e", event: "x", to: { users: [user] } }))).toEqual({
      queued: 1,
    });
    expect(calls).toBe(1);
    await platform.drain();
    expect(await logOf(user ?? "")).toEqual(["e"]);
  });

  test.each([
    ["unavailable", {}],
    ["overloaded", { overloaded: true } as const],
  ])("has failed with %s where the queue does not take it", async (code, marks) => {
    const platform = new Platform({ PUBLISH_ATTEMPTS: "1" });
    failDeliveries(() => {
      throw platformError("Not now.", marks);
    });
    platform.deliveries.refuse(1);
    const targets = await platform.publish({ event: "x", to: { users: crowd(1) } });
    expect(tally(targets)).toEqual({ [`failed ${code}`]: 1 });
  });

  test("has failed where there is no queue, and where nothing of it is to be stored", async () => {
    failDeliveries(() => {
      throw platformError("Not now.");
    });
    const without = new Platform({ DELIVERIES: undefined });
    const stored = { event: "x", to: { users: crowd(1) } };
    expect(tally(await without.publish(stored))).toEqual({ "failed unavailable": 1 });
    const platform = new Platform();
    const passing = { ...stored, store: false };
    expect(tally(await platform.publish(passing))).toEqual({ "failed unavailable": 1 });
    expect(tally(await platform.publish([passing, stored]))).toEqual({ queued: 2 });
    const notification = { type: "news", title: "A title", message: "A message" };
    expect(tally(await platform.publish({ ...passing, notification }))).toEqual({ queued: 1 });
  });

  test("has failed where it is too large for a message", async () => {
    const platform = new Platform({ INLINE_CALLS: "0", MAX_DATA_BYTES: "200000" });
    failDeliveries(() => {
      throw platformError("Not now.");
    });
    const large = { event: "x", data: "x".repeat(150_000), to: { users: crowd(1) } };
    expect(tally(await platform.publish(large))).toEqual({ "failed unavailable": 1 });
  });

  test("is not a conflict, which stays as it is", async () => {
    const platform = new Platform();
    const users = crowd(1);
    await platform.publish({ id: "e", event: "x", data: 1, to: { users } });
    const targets = await platform.publish({ id: "e", event: "x", data: 2, to: { users } });
    expect(tally(targets)).toEqual({ "failed id_conflict": 1 });
    expect(platform.deliveries.waiting).toEqual([]);
  });
});

describe("a publish that is killed midway and repeated with its id", () => {
  // The same for each test: that an object is new costs more than all the rest.
  const users = crowd(260);

  test.each([
    ["before the queue has anything", 0],
    ["when the queue has a part of the rest", 1],
    ["when the queue has all the rest", 100],
  ])("%s reaches each of its users once", { timeout: 20_000 }, async (_, batches) => {
    // Each message alone, so that one batch is 100 users.
    const platform = new Platform({ PARCEL_CALLS: "1" });
    const event = { id: fresh("e"), event: "x", data: { text: "x".repeat(100) }, to: { users } };
    platform.deliveries.takes = () => platform.deliveries.calls < batches;
    let calls = 0;
    let isDead = false;
    failDeliveries(async (_name, _publications, deliver) => {
      calls += 1;
      if (isDead) throw new Error("Nobody is there any more.");
      if (calls < 20) return;
      // This one stored what it was given, and did not come to say so.
      await deliver();
      isDead = true;
      platform.deliveries.takes = () => false;
      throw new Error("The process was killed.");
    });
    // Nobody hears the answer.
    await platform.publish(event);
    expect(platform.deliveries.waiting).toHaveLength(Math.min(batches * 100, 210));
    isDead = false;
    calls = Number.NEGATIVE_INFINITY;
    platform.deliveries.takes = () => true;
    await platform.consume(platform.deliveries, 7);
    expect(tally(await platform.publish(event))).toEqual({ stored: 50, queued: 210 });
    await platform.drain();
    const logs = await Promise.all(users.map(logOf));
    const times = logs.map((ids) => ids.filter((id) => id === event.id).length);
    expect(times).toEqual(users.map(() => 1));
  });
});
