import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { roomObject, userObject } from "../../src/objects/env.ts";
import { RoomObject } from "../../src/objects/room-object.ts";
import type { ServerFrameOf } from "../../src/protocol/frames.ts";
import { fresh, Listener, ORIGIN, publishTo, sleepAll, tokenFor } from "./listener.ts";
import { letTimePass, rowsOf, withSettings } from "./remembered.ts";

afterEach(() => vi.restoreAllMocks());

type Frame = ServerFrameOf<"presence" | "subscribed" | "welcome">;

/** Who is in a room, as a client has it that applies what it is told. */
function membersOf(listener: Listener): Record<string, unknown> {
  const members = new Map<string, unknown>();
  let version: { incarnation: string; seq: number } | undefined;
  for (const frame of listener.frames) {
    const told = toldBy(frame as Frame);
    if (!told) continue;
    const { incarnation, seq, count } = told;
    const isDiff = frame.type === "presence";
    if (isDiff && version?.incarnation === incarnation && seq <= version.seq) continue;
    if (isDiff) expect([incarnation, seq]).toEqual([version?.incarnation, (version?.seq ?? 0) + 1]);
    version = { incarnation, seq };
    if (!("joined" in told)) members.clear();
    for (const { user, state } of told.members ?? []) members.set(user, state);
    if (frame.type !== "presence") continue;
    for (const { user, state } of [...(frame.joined ?? []), ...(frame.updated ?? [])])
      members.set(user, state);
    for (const user of frame.left ?? []) members.delete(user);
    if (frame.joined) expect(members.size).toBe(count);
  }
  return Object.fromEntries(members);
}

function toldBy(frame: Frame) {
  if (frame.type === "presence") return frame;
  return frame.type === "subscribed" || frame.type === "welcome" ? frame.presence : undefined;
}

/** A clinic of its own, with people who are there over their own sockets and over the room's. */
function clinic(topic = "queue") {
  const tenant = fresh("clinic");
  const room = `clinic:${tenant}:${topic}`;
  const relayed = async (user: string, client?: string) => {
    const listener = await Listener.greeted({ user, tenants: [tenant], ...(client && { client }) });
    await listener.follow(room);
    return listener;
  };
  const direct = (user: string, client?: string) =>
    Listener.greeted({ user, room, tenants: [tenant], ...(client && { client }) });
  return { tenant, room, stub: roomObject(env, room), relayed, direct };
}

const until = (listener: Listener, members: Record<string, unknown>) =>
  listener.until(
    () => JSON.stringify(sorted(membersOf(listener))) === JSON.stringify(sorted(members)),
    `these members: ${JSON.stringify(members)}`,
  );

const sorted = (members: Record<string, unknown>) =>
  Object.entries(members).toSorted(([a], [b]) => (a < b ? -1 : 1));

const abort = (stub: DurableObjectStub<undefined>) =>
  runInDurableObject(stub, (_instance, ctx) => ctx.abort("killed by the test")).catch(() => undefined);

const stateOf = (room: string, state: unknown) => ({ type: "presence", ref: 7, channel: room, state });

/** What `GET /rooms/:room` answers to the backend. */
async function readRoom(room: string) {
  const response = await exports.default.fetch(`${ORIGIN}/rooms/${encodeURIComponent(room)}`, {
    headers: { Authorization: "Bearer dev-only-publish-key" },
  });
  return response.json<{ presence: { members: { user: string }[]; count: number } }>();
}

const usersIn = async (room: string) => {
  const { presence } = await readRoom(room);
  expect(presence.count).toBe(presence.members.length);
  return presence.members.map(({ user }) => user).toSorted();
};

describe("who is in a room", () => {
  it("is told with the greeting and the subscription, then by numbered changes, the same either way (M1, M2)", async () => {
    const { room, stub, relayed, direct } = clinic();
    const [a, b, c] = [fresh("a"), fresh("b"), fresh("c")];
    const anna = await relayed(a);
    const ben = await direct(b);
    expect(ben.welcome.presence?.members).toEqual([{ user: a }, { user: b }]);
    await sleepAll(stub, userObject(env, a));
    const cem = await relayed(c);
    for (const listener of [anna, ben, cem])
      await until(listener, { [a]: undefined, [b]: undefined, [c]: undefined });
    const last = ben.all("presence").at(-1);
    expect(last).toEqual({
      ...{ type: "presence", channel: room, joined: [{ user: c }], left: [], updated: [], count: 3 },
      ...{ incarnation: ben.welcome.presence?.incarnation, seq: expect.any(Number) },
    });
    await publishTo(room, "x");
    expect(anna.all("presence").at(-1)).toEqual(last);
  });

  it("is users, not sockets: another tab and another way change nothing (M1)", async () => {
    await withSettings({ ROOM_GRACE_SECONDS: 0 }, async () => {
      const { room, stub, relayed, direct } = clinic();
      const [a, b] = [fresh("a"), fresh("b")];
      const watcher = await direct(b);
      const tabs = [
        await relayed(a, "one"),
        await relayed(a, "two"),
        await direct(a, "three"),
        await direct(a, "four"),
      ];
      await until(watcher, { [a]: undefined, [b]: undefined });
      const before = watcher.all("presence").length;
      for (const tab of tabs.slice(0, 3)) {
        await sleepAll(stub, userObject(env, a));
        tab.close();
        await tab.untilClosed();
      }
      // What the room was told by then it has handled.
      await vi.waitFor(async () => expect(await rowsOf(stub, "SELECT user FROM follower")).toEqual([]));
      expect(watcher.all("presence").length).toBe(before);
      tabs[3]?.close();
      await until(watcher, { [b]: undefined });
      expect(watcher.all("presence").at(-1)).toMatchObject({ joined: [], left: [a], count: 1 });
      expect(await usersIn(room)).toEqual([b]);
    });
  });

  it("bears a reload without a word (M4)", async () => {
    const { stub, relayed, direct } = clinic();
    const [a, b, c] = [fresh("a"), fresh("b"), fresh("c")];
    const watcher = await direct(c);
    const [anna, ben] = [await relayed(a, "tab"), await direct(b, "tab")];
    await until(watcher, { [a]: undefined, [b]: undefined, [c]: undefined });
    const before = watcher.all("presence").length;
    for (const listener of [anna, ben]) {
      listener.close();
      await listener.untilClosed();
    }
    await vi.waitFor(async () => expect(await rowsOf(stub, "SELECT user FROM follower")).toEqual([]));
    await sleepAll(stub);
    await relayed(a, "tab");
    await direct(b, "tab");
    expect(watcher.all("presence").length).toBe(before);
  });

  it("loses who does not come back in time, asleep or not (M4)", async () => {
    await withSettings({ ROOM_GRACE_SECONDS: 1 }, async () => {
      const { stub, relayed, direct } = clinic();
      const [a, b, c] = [fresh("a"), fresh("b"), fresh("c")];
      const watcher = await direct(c);
      const [anna, ben] = [await relayed(a), await direct(b)];
      await until(watcher, { [a]: undefined, [b]: undefined, [c]: undefined });
      anna.close();
      ben.close();
      await ben.untilClosed();
      await sleepAll(stub);
      await until(watcher, { [c]: undefined });
    });
  });

  it("has gaps for nobody who comes back to a room in sleep, or subscribes again (M2)", async () => {
    await withSettings({ ROOM_GRACE_SECONDS: 0 }, async () => {
      const { room, stub, relayed, direct } = clinic();
      const [a, b] = [fresh("a"), fresh("b")];
      const anna = await relayed(a);
      for (let n = 0; n < 5; n++) {
        const ben = await (n % 2 ? relayed(b) : direct(b));
        await until(anna, { [a]: undefined, [b]: undefined });
        await sleepAll(stub, userObject(env, a), userObject(env, b));
        ben.close();
        await until(anna, { [a]: undefined });
      }
      anna.send({ type: "subscribe", ref: 9, channels: [room] });
      const again = await anna.next("subscribed", ({ ref }) => ref === 9);
      expect(again.presence).toMatchObject({ members: [{ user: a }], count: 1 });
      expect(again.presence?.seq).toBe(anna.all("presence").at(-1)?.seq);
    });
  });

  it("comes to those as well who are still being served what they missed (M2)", async () => {
    const { room, relayed, direct } = clinic();
    const [a, b] = [fresh("a"), fresh("b")];
    await publishTo(room, "old");
    const anna = await relayed(a);
    const { read } = RoomObject.prototype;
    const { promise: mayBeRead, resolve: letRead } = Promise.withResolvers<void>();
    vi.spyOn(RoomObject.prototype, "read").mockImplementation(async function (this: RoomObject, after) {
      await mayBeRead;
      return read.call(this, after);
    });
    anna.send({ type: "subscribe", ref: 9, channels: [{ channel: room, since: "0.0" }] });
    await anna.next("subscribed", ({ ref }) => ref === 9);
    await direct(b);
    await until(anna, { [a]: undefined, [b]: undefined });
    expect(anna.events).toEqual([]);
    letRead();
    await anna.next("live");
    expect(anna.events).toEqual(["old@1"]);
  });
});

describe("a member's state", () => {
  it("is told as an update, by whichever way it was set, and survives sleep (M3)", async () => {
    const { room, stub, relayed, direct } = clinic();
    const [a, b, c] = [fresh("a"), fresh("b"), fresh("c")];
    const [anna, ben] = [await relayed(a), await direct(b)];
    anna.send(stateOf(room, { at: "desk 1" }));
    expect(await anna.next("ok")).toEqual({ type: "ok", ref: 7 });
    await until(ben, { [a]: { at: "desk 1" }, [b]: undefined });
    expect(ben.all("presence").at(-1)).toMatchObject({
      ...{ joined: [], left: [], count: 2 },
      updated: [{ user: a, state: { at: "desk 1" } }],
    });
    await sleepAll(stub, userObject(env, a));
    ben.send(stateOf(room, "away"));
    await ben.next("ok");
    await until(anna, { [a]: { at: "desk 1" }, [b]: "away" });
    await sleepAll(stub);
    expect((await direct(c)).welcome.presence?.members).toEqual([
      { user: a, state: { at: "desk 1" } },
      { user: b, state: "away" },
      { user: c },
    ]);
    anna.send(stateOf(room, null));
    await ben.next("presence", ({ updated }) => JSON.stringify(updated) === `[{"user":"${a}","state":null}]`);
  });

  it("goes with its member, and stays through a reload (M3, M4)", async () => {
    const { room, relayed, direct } = clinic();
    const [a, b] = [fresh("a"), fresh("b")];
    const ben = await direct(b);
    const anna = await direct(a, "tab");
    anna.send(stateOf(room, 1));
    await anna.next("ok");
    anna.close();
    await anna.untilClosed();
    const again = await relayed(a);
    await until(again, { [a]: 1, [b]: undefined });
    await withSettings({ ROOM_GRACE_SECONDS: 0 }, async () => {
      await sleepAll(roomObject(env, room));
      again.close();
      await until(ben, { [b]: undefined });
      await relayed(a);
      await until(ben, { [a]: undefined, [b]: undefined });
    });
  });

  it("is refused where it is too large, of who is not there, and in rooms that tell nothing (M3)", async () => {
    const { tenant, room, relayed } = clinic();
    const anna = await relayed(fresh("a"));
    anna.send(stateOf(room, "x".repeat(1023)));
    expect(await anna.next("error")).toMatchObject({ ref: 7, code: "invalid_data" });
    anna.send(stateOf(room, "x".repeat(1022)));
    await anna.next("ok");
    for (const other of [`clinic:${tenant}:alerts`, "room:open", "clinic:another:queue"]) {
      anna.send(stateOf(other, 1));
      expect(await anna.next("error")).toMatchObject({ ref: 7, code: "forbidden" });
    }
  });
});

describe("ghosts", () => {
  it("of objects and connections that died are gone when presence is read (M5)", async () => {
    const { room, stub, relayed, direct } = clinic();
    const [a, b, c, d] = [fresh("a"), fresh("b"), fresh("c"), fresh("d")];
    await relayed(a);
    const watcher = await direct(b);
    await direct(c, "lost");
    await relayed(d);
    expect(await usersIn(room)).toEqual([a, b, c, d]);
    // The object of one dies and takes its sockets along; the devices of two others have lost their network.
    await evictDurableObject(userObject(env, a), { webSockets: "close" });
    await letTimePass(stub, 61_000, "lost");
    await letTimePass(userObject(env, d), 61_000);
    expect(await usersIn(room)).toEqual([b]);
    await until(watcher, { [b]: undefined });
  });

  it("are not left by a room that dies: who is there stays, who died with it is missed after the grace (M5)", async () => {
    await withSettings({ ROOM_GRACE_SECONDS: 1 }, async () => {
      const { room, stub, relayed, direct } = clinic();
      const [a, b, c] = [fresh("a"), fresh("b"), fresh("c")];
      const anna = await relayed(a);
      await direct(b, "tab");
      await direct(c);
      anna.send(stateOf(room, "here"));
      await until(anna, { [a]: "here", [b]: undefined, [c]: undefined });
      const before = anna.all("presence").length;
      await abort(stub);
      // One comes back, as a client does whose connection broke.
      const ben = await direct(b, "tab");
      expect(ben.welcome.presence).toMatchObject({ count: 3 });
      await until(anna, { [a]: "here", [b]: undefined });
      expect(anna.all("presence").slice(before)).toMatchObject([{ joined: [], left: [c], count: 2 }]);
      await until(ben, { [a]: "here", [b]: undefined });
    });
  });
});

describe("many members", () => {
  const tag = fresh("many");
  /** Users of one object each, which no other test has. */
  const name = (text: string) => `${tag}-${text}`;

  it("are counted above the number that the rule says, and named again below it (M6)", async () => {
    await withSettings({ ROOM_GRACE_SECONDS: 0, ROOM_RELAY_LIMIT: 1000 }, async () => {
      const { room, direct, relayed } = clinic("alerts");
      const watcher = await relayed(name("watcher"));
      const others = await Promise.all(Array.from({ length: 49 }, (_, n) => direct(name(`user-${n}`))));
      await watcher.next("presence", ({ count }) => count === 50);
      expect(Object.keys(membersOf(watcher))).toHaveLength(50);
      const late = await direct(name("late"));
      expect(late.welcome.presence).toEqual({
        count: 51,
        incarnation: expect.any(String),
        seq: expect.any(Number),
      });
      const counted = await watcher.next("presence", ({ count }) => count === 51);
      expect(Object.keys(counted).toSorted()).toEqual(["channel", "count", "incarnation", "seq", "type"]);
      late.close();
      const named = await watcher.next("presence", ({ members }) => members !== undefined);
      expect([named.count, named.members?.length, Object.keys(membersOf(watcher)).length]).toEqual([
        50, 50, 50,
      ]);
      for (const other of others) other.close();
      await until(watcher, { [name("watcher")]: undefined });
      expect(await usersIn(room)).toEqual([name("watcher")]);
    });
  });

  it("come and go a thousand times, over sleep and death, and the count is right (M2, M5)", {
    timeout: 60_000,
  }, async () => {
    await withSettings(
      { ROOM_GRACE_SECONDS: 0, ROOM_RELAY_LIMIT: 1000, MAX_CONNECTIONS_PER_USER: 1000 },
      async () => {
        const { room, relayed, direct } = clinic();
        // A stub of an object that was killed stays broken.
        const stub = () => roomObject(env, room);
        const watcher = await relayed(name("watcher"));
        const there = new Map<string, { listener: Listener; isDirect: boolean }>();
        const comeOrGo = async (n: number) => {
          const who = name(`user-${(n * 7) % 40}`);
          const open = there.get(who);
          const isDirect = n % 3 > 0;
          if (open) {
            there.delete(who);
            open.listener.close();
          } else there.set(who, { listener: await (isDirect ? direct(who) : relayed(who)), isDirect });
        };
        // Ten at once, each of them somebody else.
        for (let n = 0; n < 1000; n += 10) {
          await Promise.all(Array.from({ length: 10 }, (_, index) => comeOrGo(n + index)));
          if (n % 100 === 90) await sleepAll(stub());
          if (n % 400 !== 390) continue;
          await abort(stub());
          for (const [gone, one] of there) if (one.isDirect) there.delete(gone);
        }
        const expected = Object.fromEntries(
          [...there.keys(), name("watcher")].map((one) => [one, undefined]),
        );
        await until(watcher, expected);
        expect(await usersIn(room)).toEqual(Object.keys(expected).toSorted());
        expect(await rowsOf(stub(), "SELECT user FROM member ORDER BY user")).toHaveLength(
          Object.keys(expected).length,
        );
      },
    );
  });
});

describe("a room without presence", () => {
  it("tells nothing of who is there, and keeps nothing", async () => {
    const room = `room:${fresh("open")}`;
    const user = fresh("a");
    const anna = await Listener.greeted({ user });
    expect(await anna.follow(room)).not.toHaveProperty("presence");
    expect((await Listener.greeted({ user: fresh("b"), room })).welcome).not.toHaveProperty("presence");
    expect(await readRoom(room)).toEqual({ channel: room, position: { epoch: "0", offset: 0 } });
    expect(await rowsOf(roomObject(env, room), "SELECT * FROM member")).toEqual([]);
  });
});

describe("GET /rooms/:room", () => {
  it("is for operators and for who may follow the room", async () => {
    const { tenant, room } = clinic();
    const ask = async (token: string, name = room) => {
      const headers = { Authorization: `Bearer ${token}` };
      const response = await exports.default.fetch(`${ORIGIN}/rooms/${encodeURIComponent(name)}`, {
        headers,
      });
      return [response.status, await response.json<{ code?: string }>()] as const;
    };
    await publishTo(room, "x");
    const known = {
      channel: room,
      position: { epoch: expect.any(String), offset: 1 },
      presence: { count: 0, members: [] },
    };
    for (const token of ["dev-only-publish-key", await tokenFor({ user: fresh("a"), tenants: [tenant] })]) {
      expect(await ask(token)).toMatchObject([200, known]);
    }
    const stranger = await tokenFor({ user: fresh("b") });
    expect(await ask(stranger)).toMatchObject([403, { code: "forbidden" }]);
    expect(await ask("nonsense")).toMatchObject([401, { code: "unauthorized" }]);
    expect(await ask("dev-only-publish-key", "no:such:room:at:all")).toMatchObject([
      404,
      { code: "unknown_channel" },
    ]);
    expect(await ask("dev-only-publish-key", "user:a")).toMatchObject([403, { code: "forbidden" }]);
  });
});
