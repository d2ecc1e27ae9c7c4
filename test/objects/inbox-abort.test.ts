import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it } from "vitest";
import { userObject } from "../../src/objects/env.ts";
import { FanOut } from "../../src/objects/fan-out.ts";
import { UserObject } from "../../src/objects/user-object.ts";
import { ask, entriesOf, idsIn, mark, notify, notifyMany, operate, readInbox } from "./inbox/asking.ts";
import { fresh, Listener } from "./listener.ts";
import { rowsOf, withSettings } from "./remembered.ts";

const objectOf = (user: string) => userObject(env, user);
const counts = (total: number, unread: number, unseen: number) => ({ total, unread, unseen });
const start = { epoch: "0", offset: 0 };

interface Inner {
  readonly ctx: DurableObjectState;
}

const { send } = FanOut.prototype;
const { markInbox, deliver, alarm } = UserObject.prototype;
afterEach(() => {
  FanOut.prototype.send = send;
  Object.assign(UserObject.prototype, { markInbox, deliver, alarm });
});

function isOf(object: UserObject, user: string): boolean {
  return (object as unknown as Inner).ctx.id.name === user;
}

async function abort(user: string): Promise<void> {
  await runInDurableObject(objectOf(user), (_instance, ctx) => ctx.abort("killed by the test")).catch(
    () => undefined,
  );
}

/** Kills an object when what it has written is durable; what it has to send is lost. */
async function dieUnheard(object: UserObject): Promise<never> {
  const { ctx } = object as unknown as Inner;
  await ctx.storage.sync();
  ctx.abort("killed by the test");
  throw new Error("The object is gone; nobody hears this.");
}

/** From now on nothing that the objects of this file write is sent on, until it is called off. */
function deafen(): () => void {
  FanOut.prototype.send = () => undefined;
  return () => {
    FanOut.prototype.send = send;
  };
}

/** The counts of the last entry that tells of any, as it lies in the log. */
async function lastCounts(user: string): Promise<unknown> {
  const query =
    'SELECT frame FROM log WHERE frame LIKE \'%"event":"notification:%\' ORDER BY offset DESC LIMIT 1';
  const [row] = await rowsOf<{ frame: string }>(objectOf(user), query);
  const { data } = JSON.parse(row?.frame ?? "{}") as { data?: { counts: unknown } };
  return data?.counts;
}

describe("a user's object that dies between the write and the send", () => {
  it("of a mark has marked once, whether it is asked again or not, and every device learns of it", async () => {
    const user = fresh("user");
    await notifyMany(user, ["a", "b"]);
    const listener = await Listener.greeted({ user });
    const hear = deafen();
    let deaths = 0;
    UserObject.prototype.markInbox = async function (this: UserObject, ...asked) {
      const answer = await markInbox.apply(this, asked);
      if (!isOf(this, user) || deaths > 0) return answer;
      deaths += 1;
      hear();
      return dieUnheard(this);
    };
    // The Worker repeats the call.
    const answer = await mark({ user }, { as: "read", ids: ["a"] });
    expect(deaths).toBe(1);
    expect(answer).toMatchObject({ counts: counts(2, 1, 1), position: { offset: 5 } });
    await listener.untilClosed();
    expect(entriesOf(listener)).toEqual([]);
    const back = await Listener.greeted({ user, since: { epoch: "0", offset: 4 } });
    expect(back.welcome.counts).toEqual(counts(2, 1, 1));
    await back.next("live");
    expect(entriesOf(back)).toMatchObject([
      { offset: 5, data: { ids: ["a"], as: "read", counts: counts(2, 1, 1) } },
    ]);
  });

  it("of a mark by a frame has marked, and says the same to who asks again", async () => {
    const user = fresh("user");
    await notifyMany(user, ["a", "b"]);
    const listener = await Listener.greeted({ user });
    deafen();
    listener.send({ type: "mark", ref: 1, as: "archived", all: true });
    await listener.next("ok");
    FanOut.prototype.send = send;
    await abort(user);
    await listener.untilClosed();
    const back = await Listener.greeted({ user, since: { epoch: "0", offset: 4 } });
    back.send({ type: "mark", ref: 2, as: "archived", all: true });
    expect(await back.next("ok")).toMatchObject({ counts: counts(0, 0, 0) });
    await back.next("live");
    expect(entriesOf(back)).toMatchObject([{ offset: 5, data: { all: true, upTo: 4, as: "archived" } }]);
  });

  it("of a notification has it once, though it is published again", async () => {
    const user = fresh("user");
    const listener = await Listener.greeted({ user });
    const hear = deafen();
    let deaths = 0;
    UserObject.prototype.deliver = async function (this: UserObject, publications) {
      const outcomes = await deliver.call(this, publications);
      if (!isOf(this, user) || deaths > 0) return outcomes;
      deaths += 1;
      hear();
      return dieUnheard(this);
    };
    expect(await notify(user, "a", { collapseKey: "k" })).toMatchObject([{ offset: 1, duplicate: true }]);
    await listener.untilClosed();
    expect(await readInbox({ user })).toMatchObject({
      notifications: [{ id: "a", offset: 2 }],
      counts: counts(1, 1, 1),
      position: { offset: 2 },
    });
    const back = await Listener.greeted({ user, since: start });
    await back.next("live");
    expect(entriesOf(back)).toMatchObject([{ offset: 2, id: "a", data: { counts: counts(1, 1, 1) } }]);
  });

  it("of what it prunes has told of each batch in its log", async () => {
    const user = fresh("user");
    const ids = Array.from({ length: 700 }, (_, n) => `n${n}`);
    await notifyMany(user, ids);
    await withSettings({ INBOX_DAYS: 1e-9 }, async () => {
      await abort(user);
      let rings = 0;
      UserObject.prototype.alarm = async function (this: UserObject) {
        if (!isOf(this, user)) return alarm.call(this);
        rings += 1;
        if (rings !== 1) return alarm.call(this);
        const { ctx } = this as unknown as Inner;
        await alarm.call(this);
        await ctx.storage.sync();
        ctx.abort("killed by the test");
      };
      await runInDurableObject(objectOf(user), (object: UserObject) => object.alarm()).catch(() => undefined);
      const deadline = Date.now() + 4000;
      // The platform rings again for who died when it rang, and for what is left.
      while ((await readInbox({ user })).counts.total > 0 && Date.now() < deadline) await scheduler.wait(10);
    });
    const back = await Listener.greeted({ user, since: { epoch: "0", offset: 1400 } });
    await back.next("live");
    expect(entriesOf(back).flatMap(({ data }) => (data as { ids: string[] }).ids)).toEqual(ids);
    expect(entriesOf(back).at(-1)?.data).toMatchObject({ counts: counts(0, 0, 0) });
  });
});

describe("a user's object that dies in the midst of a write", () => {
  /** Kills the object in the synchronous block that writes, when it is about to send. */
  async function dieInWriting(user: string): Promise<void> {
    await runInDurableObject(objectOf(user), (_instance, ctx) => {
      FanOut.prototype.send = () => {
        FanOut.prototype.send = send;
        ctx.abort("killed by the test");
      };
    });
  }

  it.each([
    ["a mark of one", (user: string) => ask({ user }, "POST", "/inbox/mark", { as: "read", ids: ["b"] })],
    ["a mark of all", (user: string) => ask({ user }, "POST", "/inbox/mark", { as: "read", all: true })],
    ["a deletion", (user: string) => ask({ user }, "DELETE", "/inbox/c")],
    ["a deletion of all", (user: string) => ask({ user }, "DELETE", "/inbox")],
    ["a recall", (user: string) => operate("DELETE", `/users/${user}/inbox/c`)],
    ["a notification", (user: string) => notify(user, "d")],
    ["one that replaces another", (user: string) => notify(user, "d", { collapseKey: "k" })],
  ])("of %s has both the entry and what it tells of, or neither", async (_what, write) => {
    const user = fresh("user");
    await notifyMany(user, ["a", "b"]);
    await notify(user, "c", { collapseKey: "k" });
    await dieInWriting(user);
    await write(user).catch(() => undefined);
    FanOut.prototype.send = send;
    await abort(user);
    const { counts: counted, notifications } = await readInbox({ user });
    expect(await lastCounts(user)).toEqual(counted);
    expect(notifications).toHaveLength(counted.total);
    expect(notifications.filter(({ readAt }) => readAt === null)).toHaveLength(counted.unread);
    const device = await Listener.greeted({ user, since: start });
    await device.next("live");
    expect(device.welcome.counts).toEqual(counted);
    expect(entriesOf(device).at(-1)?.data).toMatchObject({ counts: counted });
    // It goes on as if nothing had been.
    await notify(user, "last");
    expect(await idsIn({ user })).toContain("last");
    expect(await lastCounts(user)).toEqual((await readInbox({ user })).counts);
  });
});
