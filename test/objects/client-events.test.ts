import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { roomObject, userObject } from "../../src/objects/env.ts";
import { fresh, Listener, publishTo, sleepAll } from "./listener.ts";
import { rowsOf, rowsWritten, withSettings } from "./remembered.ts";

afterEach(() => vi.restoreAllMocks());

/** A clinic of its own, with people who are there over their own sockets and over the room's. */
function clinic(topic = "queue") {
  const tenant = fresh("clinic");
  const room = `clinic:${tenant}:${topic}`;
  const person = (name: string) => ({ user: fresh(name), tenants: [tenant] });
  return {
    room,
    relayed: async (name: string, client?: string) => {
      const who = { ...person(name), ...(client && { client }) };
      const listener = await Listener.greeted(who);
      await listener.follow(room);
      return Object.assign(listener, { user: who.user });
    },
    direct: async (name: string, client?: string) => {
      const who = { ...person(name), room, ...(client && { client }) };
      return Object.assign(await Listener.greeted(who), { user: who.user });
    },
    person,
  };
}

const say = (channel: string, event: string, data?: unknown, more: object = {}) => ({
  type: "publish",
  ref: 1,
  channel,
  event,
  ...(data !== undefined && { data }),
  ...more,
});

/** The rows of which events last in a room. */
const lasting = (room: string) =>
  rowsOf<{ user: string; event: string }>(roomObject(env, room), "SELECT user, event FROM lasting_event");

describe("an event that a client publishes", () => {
  it("reaches everybody in the room but the device that sent it, whichever way they are there (E1, E2)", async () => {
    const { room, relayed, direct } = clinic();
    // The same device name is another device where it is another user's.
    const anna = await relayed("anna", "tab");
    const ben = await relayed("ben", "tab");
    const cem = await direct("cem", "tab");
    const phone = await Listener.greeted({
      user: anna.user,
      tenants: [room.split(":")[1] ?? ""],
      client: "phone",
    });
    await phone.follow(room);
    for (const [sender, others] of [
      [anna, [phone, ben, cem]],
      [cem, [anna, phone, ben]],
    ] as const) {
      await sleepAll(roomObject(env, room), userObject(env, anna.user), userObject(env, ben.user));
      sender.send(say(room, "cursor", { x: 1, y: 2, more: "left out" }));
      expect(await sender.next("ok")).toEqual({ type: "ok", ref: 1 });
      for (const other of others) {
        expect(await other.next("event")).toEqual({
          type: "event",
          channel: room,
          event: "cursor",
          data: { x: 1, y: 2 },
          id: expect.any(String),
          at: expect.any(Number),
          from: sender.user,
        });
      }
    }
    await publishTo(room, "end");
    await anna.next("event", ({ event }) => event === "end");
    expect(anna.events).toEqual(["cursor@-", "end@1"]);
  });

  it("is not stored, and costs no row (E2)", async () => {
    const { room, direct } = clinic();
    const [anna, ben] = [await direct("anna"), await direct("ben")];
    await anna.next("presence", ({ count }) => count === 2);
    const before = await rowsWritten(roomObject(env, room));
    for (let n = 0; n < 20; n++) anna.send(say(room, "cursor", { x: n, y: n }));
    await ben.next("event", ({ data }) => JSON.stringify(data) === '{"x":19,"y":19}');
    expect(await rowsWritten(roomObject(env, room))).toBe(before);
    expect(ben.events).toEqual(Array.from({ length: 20 }, () => "cursor@-"));
  });

  it.each(["relayed", "direct"] as const)(
    "is refused with a code where no rule allows it (E1), %s",
    async (way) => {
      const { room, [way]: enter } = clinic();
      const anna = await enter("anna");
      const cases: [frame: object, code: string][] = [
        [say(room, "QUEUE_UPDATE", {}), "forbidden"],
        [say(room, "toString", {}), "forbidden"],
        [say(room, "no such name!", {}), "forbidden"],
        [say(room, "cursor", { x: "1" }), "invalid_data"],
        [say(room, "typing", { isTyping: 1 }), "invalid_data"],
        [say("clinic:another:queue", "typing"), "forbidden"],
        [say("user:somebody", "typing"), "forbidden"],
        [say("room:open", "typing"), "forbidden"],
      ];
      if (way === "relayed") cases.push([say("no-such:channel:of:any", "typing"), "unknown_channel"]);
      for (const [frame, code] of cases) {
        anna.send(frame);
        expect([frame, await anna.next("error")]).toMatchObject([frame, { ref: 1, code }]);
      }
      anna.send(say(room, "typing"));
      await anna.next("ok");
    },
  );

  it("with an id of its own is taken once, and is each user's own (E3)", async () => {
    const { room, relayed, direct } = clinic();
    const [anna, ben, cem] = [await relayed("anna"), await direct("ben"), await direct("cem")];
    const move = (x: number) => say(room, "cursor", { x, y: 0 }, { id: "move" });
    anna.send(move(1));
    await anna.next("ok");
    anna.send(move(1));
    await anna.next("ok");
    anna.send(move(2));
    expect(await anna.next("error")).toMatchObject({ ref: 1, code: "id_conflict" });
    ben.send(move(2));
    await ben.next("ok");
    expect(await publishTo(room, "end", { id: "move" })).toMatchObject({ duplicate: false, offset: 1 });
    await cem.next("event", ({ event }) => event === "end");
    expect(cem.all("event").map(({ id, data }) => [id, data])).toEqual([
      [`${anna.user}/move`, { x: 1, y: 0 }],
      [`${ben.user}/move`, { x: 2, y: 0 }],
      ["move", null],
    ]);
  });

  it("is stored where the rule says so, once for an id, and moves its sender's position (E2, E3)", async () => {
    const { room, relayed, direct } = clinic("board");
    const [anna, ben] = [await relayed("anna", "tab"), await direct("ben")];
    const write = (text: string) => say(room, "note", { text }, { id: text });
    anna.send(write("one"), write("one"), say(room, "note", { text: "two" }));
    await ben.until(() => ben.events.length === 2, "two notes");
    await anna.until(() => anna.all("ok").length === 3, "three answers");
    anna.send(say(room, "note", { text: "" }));
    expect(await anna.next("error")).toMatchObject({ code: "invalid_data" });
    ben.send(write("one"));
    await ben.next("ok");
    await anna.until(() => anna.events.length === 1, "the note of another");
    expect(ben.events).toEqual(["note@1", "note@2"]);
    expect(anna.events).toEqual(["note@3"]);
    expect(anna.all("skip")).toEqual([
      { type: "skip", channel: room, upTo: 1 },
      { type: "skip", channel: room, upTo: 2 },
    ]);
    const late = await Listener.greeted({ user: fresh("cem"), tenants: [room.split(":")[1] ?? ""] });
    await late.follow(room, "0.0");
    await late.next("live");
    expect(late.all("event").map(({ from, id, data }) => [from, id, data])).toEqual([
      [anna.user, `${anna.user}/one`, { text: "one" }],
      [anna.user, expect.any(String), { text: "two" }],
      [ben.user, `${ben.user}/one`, { text: "one" }],
    ]);
  });

  it("counts against the rate of the connection (C10)", async () => {
    await withSettings({ MESSAGE_BURST: 5, MESSAGE_PATIENCE: 2 }, async () => {
      const { room, direct } = clinic();
      const anna = await direct("anna");
      for (let n = 0; n < 8; n++) anna.send(say(room, "typing"));
      await anna.untilClosed();
      expect([anna.all("ok").length, anna.all("error").map(({ code }) => code)]).toEqual([
        5,
        ["rate_limited", "rate_limited"],
      ]);
      expect(anna.closed).toMatchObject({ code: 1008, reason: "rate_limited" });
    });
  });

  it.each(["relayed", "direct"] as const)("keeps the order of a client's frames (P1), %s", async (way) => {
    const { room, direct, [way]: enter } = clinic();
    const [anna, ben] = [await enter("anna"), await direct("ben")];
    const moves = Array.from({ length: 30 }, (_, x) =>
      say(room, "cursor", { x, y: 0 }, x % 3 ? {} : { id: `${x}` }),
    );
    anna.sendText(JSON.stringify(moves));
    await ben.until(() => ben.all("event").length === 30, "all of them");
    expect(ben.all("event").map(({ data }) => data)).toEqual(moves.map(({ data }) => data));
  });
});

describe("typing", () => {
  const typing = (listener: Listener) => listener.all("event").map(({ data }) => data);

  it("ends when the client says so, once (E4)", async () => {
    const { room, relayed, direct } = clinic();
    const [anna, ben] = [await relayed("anna"), await direct("ben")];
    anna.send(say(room, "typing"), say(room, "typing", { isTyping: true }));
    await ben.until(() => typing(ben).length === 2, "typing");
    expect(await lasting(room)).toEqual([{ user: anna.user, event: "typing" }]);
    anna.send(say(room, "typing", { isTyping: false }));
    await ben.until(() => typing(ben).length === 3, "its end");
    expect(typing(ben)).toEqual([{ isTyping: true }, { isTyping: true }, { isTyping: false }]);
    expect(await lasting(room)).toEqual([]);
  });

  it.each([false, true])(
    "ends by itself when nothing more is said, not before, and not for its sender (E4); asleep: %s",
    async (sleeps) => {
      await withSettings({ TYPING_SECONDS: 1 }, async () => {
        const { room, relayed, direct } = clinic();
        const [anna, ben, cem] = [await relayed("anna"), await direct("ben"), await relayed("cem")];
        anna.send(say(room, "typing"));
        await anna.next("ok");
        const began = Date.now();
        if (sleeps) await sleepAll(roomObject(env, room));
        for (const other of [ben, cem]) {
          const over = await other.next("event", ({ data }) => JSON.stringify(data) === '{"isTyping":false}');
          expect(over).toMatchObject({ channel: room, event: "typing", from: anna.user });
        }
        expect(Date.now() - began).toBeGreaterThan(900);
        await publishTo(room, "end");
        await anna.next("event", ({ event }) => event === "end");
        expect(anna.events).toEqual(["end@1"]);
        expect(await lasting(room)).toEqual([]);
      });
    },
  );

  it("lasts as long as it is repeated, and writes rows for the first word only (E4)", async () => {
    let now = Date.now();
    const clock = vi.spyOn(Date, "now").mockImplementation(() => now);
    const { room, direct } = clinic();
    const [anna, ben] = [await direct("anna"), await direct("ben")];
    await anna.next("presence", ({ count }) => count === 2);
    anna.send(say(room, "typing"));
    await anna.next("ok");
    const stub = roomObject(env, room);
    const before = await rowsWritten(stub);
    for (let n = 0; n < 5; n++) {
      now += 4_000;
      anna.send(say(room, "typing"));
      await anna.next("ok");
    }
    expect(await rowsWritten(stub)).toBe(before);
    await runInDurableObject(stub, (room) => room.alarm());
    expect(typing(ben)).not.toContainEqual({ isTyping: false });
    now += 5_000;
    await runInDurableObject(stub, (room) => room.alarm());
    await ben.next("event", ({ data }) => JSON.stringify(data) === '{"isTyping":false}');
    clock.mockRestore();
  });

  it("of a room that dies is ended after it", async () => {
    await withSettings({ TYPING_SECONDS: 1 }, async () => {
      const { room, relayed } = clinic();
      const [anna, ben] = [await relayed("anna"), await relayed("ben")];
      anna.send(say(room, "typing"));
      await ben.next("event");
      await runInDurableObject(roomObject(env, room), (_instance, ctx) =>
        ctx.abort("killed by the test"),
      ).catch(() => undefined);
      await ben.next("event", ({ data }) => JSON.stringify(data) === '{"isTyping":false}');
    });
  });
});
