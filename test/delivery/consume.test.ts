import { describe, expect, onTestFinished, test, vi } from "vitest";
import { encodeParcel, type ParcelCall } from "../../src/delivery/parcel.ts";
import { DeadLetterObject } from "../../src/objects/dead-letter-object.ts";
import { fresh } from "../http/service.ts";
import { failDeliveries, platformError } from "./faults.ts";
import { logOf } from "./logged.ts";
import { Platform } from "./platform.ts";

/** A call that delivers one event to a user. */
function callFor(user: string, id = "e", data = "null"): ParcelCall {
  const events = [{ channel: `user:${user}`, event: "x", data, store: true }];
  return { object: { kind: "user", name: user }, publications: [{ id, hash: "h", events }] };
}

/** Lets a parcel wait in the queue of a platform. */
async function waiting(platform: Platform, calls: readonly ParcelCall[], attempt = 1): Promise<void> {
  await platform.deliveries.send(encodeParcel({ attempt, calls }));
}

function bodyOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

describe("a message that is consumed", () => {
  test("twice is delivered once", async () => {
    const platform = new Platform();
    const user = fresh("user");
    await waiting(platform, [callFor(user)]);
    const [message] = platform.deliveries.waiting.splice(0);
    if (!message) throw new Error("Nothing waits.");
    await platform.deliver(platform.deliveries, [message]);
    await platform.deliver(platform.deliveries, [message, message]);
    expect(await logOf(user)).toEqual(["e"]);
    expect([platform.deliveries.waiting, platform.undeliverable.waiting]).toEqual([[], []]);
  });

  test("sends on only what failed, later each time, until it succeeds", async () => {
    const platform = new Platform();
    const users = ["a", "b", "c"].map(fresh);
    const [, broken] = users;
    const calls: string[] = [];
    failDeliveries((name) => {
      calls.push(name);
      if (name === broken && calls.length < 6) throw platformError("It is being moved.");
    });
    await waiting(
      platform,
      users.map((user) => callFor(user)),
    );
    const delays: number[] = [];
    while (platform.deliveries.waiting.length > 0) {
      await platform.consume(platform.deliveries);
      delays.push(...platform.deliveries.waiting.map(({ delay }) => delay));
    }
    expect(calls.toSorted()).toEqual([...users, broken, broken, broken].toSorted());
    expect(await Promise.all(users.map(logOf))).toEqual([["e"], ["e"], ["e"]]);
    expect(delays).toHaveLength(3);
    for (const [index, [least, most]] of [
      [3, 8],
      [5, 15],
      [10, 30],
    ].entries()) {
      expect(delays[index]).toBeGreaterThanOrEqual(least ?? 0);
      expect(delays[index]).toBeLessThanOrEqual(most ?? 0);
    }
  });

  test("gives up after the last try, with the reason", async () => {
    const platform = new Platform({ QUEUE_ATTEMPTS: "3" });
    const user = fresh("user");
    let calls = 0;
    failDeliveries(() => {
      calls += 1;
      throw platformError("The disk is full.");
    });
    await waiting(platform, [callFor(user, "pay_1")]);
    await platform.drain();
    expect(calls).toBe(3);
    const { deadLetters } = await platform.deadLetters("?limit=1");
    expect(deadLetters).toEqual([
      {
        id: expect.any(Number),
        at: expect.any(Number),
        code: "unavailable",
        reason: "Error: The disk is full.",
        object: { kind: "user", name: user },
        publications: [{ id: "pay_1", events: [{ channel: `user:${user}`, event: "x" }] }],
      },
    ]);
  });

  test("does not call an overloaded object again at once", async () => {
    const platform = new Platform();
    let calls = 0;
    failDeliveries(() => {
      calls += 1;
      throw platformError("Too many requests are queued.", { overloaded: true, retryable: true });
    });
    await waiting(platform, [callFor(fresh("user"))]);
    await platform.consume(platform.deliveries);
    expect([calls, platform.deliveries.waiting.length]).toEqual([1, 1]);
  });

  test("makes a conflict a dead letter at once, as nobody waits for the answer", async () => {
    const platform = new Platform();
    const [user, other] = [fresh("user"), fresh("other")];
    await platform.publish({ id: "e", event: "x", data: "first", to: { users: [user] } });
    await waiting(platform, [callFor(user), callFor(other)]);
    await platform.consume(platform.deliveries);
    expect(platform.deliveries.waiting).toEqual([]);
    await platform.drain();
    expect(await logOf(other)).toEqual(["e"]);
    const { deadLetters } = await platform.deadLetters("?limit=1");
    expect(deadLetters).toMatchObject([{ code: "id_conflict", object: { name: user } }]);
  });

  test("is tried again where an object says that it may succeed later", async () => {
    const platform = new Platform();
    const user = fresh("user");
    let calls = 0;
    failDeliveries(() => {
      calls += 1;
      return calls === 1 ? [[{ status: "failed", code: "unavailable", message: "Not yet." }]] : undefined;
    });
    await waiting(platform, [callFor(user)]);
    await platform.consume(platform.deliveries);
    expect([platform.deliveries.waiting.length, platform.undeliverable.waiting.length]).toEqual([1, 0]);
    await platform.drain();
    expect(await logOf(user)).toEqual(["e"]);
  });

  test("keeps of a call only the publications that failed", async () => {
    const platform = new Platform();
    const user = fresh("user");
    await platform.publish({ id: "taken", event: "x", data: "first", to: { users: [user] } });
    const publications = ["one", "taken", "two"].flatMap((id) => callFor(user, id).publications);
    await waiting(platform, [{ object: { kind: "user", name: user }, publications }]);
    await platform.drain();
    expect(await logOf(user)).toEqual(["taken", "one", "two"]);
    const { deadLetters } = await platform.deadLetters("?limit=1");
    expect(deadLetters.map(({ publications }) => publications.map(({ id }) => id))).toEqual([["taken"]]);
  });

  test("forgets what failed and is not to be stored", async () => {
    const platform = new Platform();
    failDeliveries(() => {
      throw platformError("Not now.");
    });
    const user = fresh("user");
    const events = [{ channel: `user:${user}`, event: "typing", data: "null", store: false }];
    await waiting(platform, [
      { object: { kind: "user", name: user }, publications: [{ id: "e", hash: "", events }] },
    ]);
    await platform.consume(platform.deliveries);
    expect([platform.deliveries.waiting, platform.undeliverable.waiting]).toEqual([[], []]);
  });

  test("comes again as a whole where what failed cannot be put back", async () => {
    const platform = new Platform({ PUBLISH_ATTEMPTS: "1" });
    const [well, broken] = [fresh("user"), fresh("user")];
    let calls = 0;
    failDeliveries((name) => {
      if (name !== broken) return;
      calls += 1;
      if (calls === 1) throw platformError("Not now.");
    });
    await waiting(platform, [callFor(well), callFor(broken)]);
    platform.deliveries.refuse(1);
    await platform.consume(platform.deliveries);
    expect(platform.deliveries.waiting).toMatchObject([{ attempts: 2 }]);
    expect(platform.deliveries.waiting[0]?.delay).toBeGreaterThanOrEqual(3);
    await platform.drain();
    expect([await logOf(well), await logOf(broken)]).toEqual([["e"], ["e"]]);
  });

  test("does not keep others of its batch back", async () => {
    const platform = new Platform({ PUBLISH_ATTEMPTS: "1" });
    const [well, broken] = [fresh("user"), fresh("user")];
    failDeliveries((name) => {
      if (name === broken) throw platformError("Not now.");
    });
    await waiting(platform, [callFor(broken)]);
    await waiting(platform, [callFor(well)]);
    platform.deliveries.refuse(1);
    await platform.consume(platform.deliveries);
    expect(await logOf(well)).toEqual(["e"]);
    expect(platform.deliveries.waiting).toHaveLength(1);
  });

  test.each<[string, unknown]>([
    ["no parcel", bodyOf("nonsense")],
    ["a parcel of another version", bodyOf('{"version":2}\n')],
    ["an object", { version: 1, calls: [{ secret: "SENSITIVE" }] }],
    ["a text", "SENSITIVE"],
    ["a number that is no JSON", 10n],
    ["nothing", undefined],
  ])("and is %s becomes a dead letter at once, and is reported", async (_, body) => {
    const platform = new Platform();
    const reported = vi.spyOn(console, "error").mockImplementation(() => undefined);
    await platform.deliveries.send(body);
    await platform.consume(platform.deliveries);
    expect(platform.deliveries.waiting).toEqual([]);
    const lines = reported.mock.calls.map(([line]) => String(line));
    reported.mockRestore();
    expect(lines).toEqual([expect.stringContaining("queue message unreadable")]);
    expect(lines.join()).not.toContain("SENSITIVE");
    await platform.drain();
    const { deadLetters } = await platform.deadLetters("?limit=1");
    expect(deadLetters).toMatchObject([
      { code: "invalid_body", reason: "The message could not be read.", object: null, publications: [] },
    ]);
    const retried = await platform.retry(deadLetters[0]?.id ?? 0);
    expect([retried.status, (await platform.deadLetters("?limit=1")).deadLetters]).toEqual([
      422,
      deadLetters,
    ]);
  });

  test("waits where the service is not configured", async () => {
    const platform = new Platform({ PUBLISH_KEYS: "" });
    await waiting(platform, [callFor(fresh("user"))]);
    await platform.consume(platform.deliveries);
    expect(platform.deliveries.waiting).toMatchObject([{ delay: 600, attempts: 2 }]);
  });
});

describe("a message that the platform gave up", () => {
  test("because its consumer died each time becomes dead letters, with a reason of ours", async () => {
    const platform = new Platform();
    const users = [fresh("user"), fresh("user")];
    await platform.undeliverable.send(
      encodeParcel({ attempt: 2, calls: users.map((user) => callFor(user)) }),
    );
    await platform.drain();
    const { deadLetters } = await platform.deadLetters("?limit=2");
    expect(deadLetters.map(({ object }) => object?.name)).toEqual(users.toReversed());
    expect(deadLetters.map(({ reason }) => reason)).toEqual(
      Array(2).fill("The service was ended each time it tried to deliver this."),
    );
    expect(await Promise.all(users.map(logOf))).toEqual([[], []]);
  });

  test("comes again until it is kept", async () => {
    const platform = new Platform();
    const { keep } = DeadLetterObject.prototype;
    onTestFinished(() => {
      DeadLetterObject.prototype.keep = keep;
    });
    let calls = 0;
    DeadLetterObject.prototype.keep = async function (this: DeadLetterObject, ...letters) {
      calls += 1;
      if (calls === 1) throw new Error("The disk is full.");
      return keep.apply(this, letters);
    };
    const name = fresh("user");
    await platform.undeliverable.send(encodeParcel({ attempt: 2, calls: [callFor(name)] }));
    await platform.consume(platform.undeliverable);
    expect(platform.undeliverable.waiting).toMatchObject([{ attempts: 2 }]);
    await platform.drain();
    expect((await platform.deadLetters("?limit=1")).deadLetters).toMatchObject([{ object: { name } }]);
  });

  test("is kept once though it comes twice", async () => {
    const platform = new Platform();
    const name = fresh("user");
    await platform.undeliverable.send(encodeParcel({ attempt: 2, calls: [callFor(name)] }));
    const [message] = platform.undeliverable.waiting.splice(0);
    if (!message) throw new Error("Nothing waits.");
    await platform.deliver(platform.undeliverable, [message]);
    await platform.deliver(platform.undeliverable, [message]);
    const { deadLetters } = await platform.deadLetters();
    expect(deadLetters.filter(({ object }) => object?.name === name)).toHaveLength(1);
  });
});
