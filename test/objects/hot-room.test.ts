import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { roomObject, userObject } from "../../src/objects/env.ts";
import { parsePosition } from "../../src/protocol/position.ts";
import { fresh, Listener, publishTo, sleepAll } from "./listener.ts";
import { withSettings } from "./remembered.ts";

/** Asks to follow a room, and waits until that is answered one way or the other. */
async function ask(listener: Listener, room: string, since?: string): Promise<"subscribed" | string> {
  const ref = fresh("ref");
  listener.send({ type: "subscribe", ref, channels: [{ channel: room, ...(since && { since }) }] });
  const isAnswer = (frame: Listener["frames"][number]) => "ref" in frame && frame.ref === ref;
  await listener.until(() => listener.frames.some(isAnswer), "the answer");
  const answer = listener.frames.find(isAnswer);
  return answer?.type === "moved" ? answer.url : (answer?.type ?? "");
}

const pathOf = (room: string) => `/rooms/${encodeURIComponent(room)}/connect`;

describe("a hot room (N4)", () => {
  it("sends who comes beyond the limit to its own sockets, where nothing is lost or repeated", async () => {
    await withSettings({ ROOM_RELAY_LIMIT: 2 }, async () => {
      const room = `room:${fresh("hot")}`;
      const greeted = () => Listener.greeted({ user: fresh("user") });
      const [one, two, three] = [await greeted(), await greeted(), await greeted()];
      expect(await ask(one, room)).toBe("subscribed");
      expect(await ask(two, room)).toBe("subscribed");
      await publishTo(room, "a");
      expect(await ask(three, room, "0.0")).toBe(pathOf(room));
      await publishTo(room, "b");
      const since = parsePosition("0.0");
      const direct = await Listener.greeted({ user: fresh("user"), room, ...(since && { since }) });
      await publishTo(room, "c");
      for (const listener of [one, two, direct]) {
        await listener.next("event", ({ event }) => event === "c");
        expect(listener.events).toEqual(["a@1", "b@2", "c@3"]);
      }
      expect(three.events).toEqual([]);
    });
  });

  it("takes another device of who follows already, and another user in the place of who has left", async () => {
    await withSettings({ ROOM_RELAY_LIMIT: 1 }, async () => {
      const [room, user, other] = [`room:${fresh("hot")}`, fresh("user"), fresh("user")];
      const phone = await Listener.greeted({ user });
      expect(await ask(phone, room)).toBe("subscribed");
      await sleepAll(roomObject(env, room), userObject(env, user));
      const laptop = await Listener.greeted({ user });
      expect(await ask(laptop, room)).toBe("subscribed");
      const late = await Listener.greeted({ user: other });
      expect(await ask(late, room)).toBe(pathOf(room));
      for (const listener of [phone, laptop]) listener.send({ type: "unsubscribe", channels: [room] });
      for (const listener of [phone, laptop]) await listener.next("unsubscribed");
      await vi.waitFor(async () => expect(await ask(late, room)).toBe("subscribed"));
    });
  });

  it("sends away, too, whoever it had let go of without a word", async () => {
    await withSettings({ ROOM_RELAY_LIMIT: 1 }, async () => {
      const [room, user] = [`room:${fresh("hot")}`, fresh("user")];
      const phone = await Listener.greeted({ user });
      await ask(phone, room);
      await runInDurableObject(roomObject(env, room), (_instance, { storage: { sql } }) => {
        sql.exec("DELETE FROM follower");
      });
      await sleepAll(roomObject(env, room), userObject(env, user));
      const other = await Listener.greeted({ user: fresh("user") });
      expect(await ask(other, room)).toBe("subscribed");
      const laptop = await Listener.greeted({ user });
      expect(await ask(laptop, room)).toBe(pathOf(room));
      expect(await phone.next("moved")).toEqual({ type: "moved", channel: room, url: pathOf(room) });
      await publishTo(room, "a");
      await other.next("event");
      expect([...phone.events, ...laptop.events]).toEqual([]);
    });
  });

  it("sends everybody to its own sockets where the limit is none", async () => {
    await withSettings({ ROOM_RELAY_LIMIT: 0 }, async () => {
      const room = `room:${fresh("hot")}`;
      expect(await ask(await Listener.greeted({ user: fresh("user") }), room)).toBe(pathOf(room));
    });
  });
});

describe("a room that holds as many connections as an object can", () => {
  it("refuses the next, tells the operator once, and lets a device come again", async () => {
    const lines: string[] = [];
    const log = vi.spyOn(console, "error").mockImplementation((line: string) => void lines.push(line));
    try {
      await withSettings({ MAX_OBJECT_CONNECTIONS: 2 }, async () => {
        const room = `room:${fresh("full")}`;
        const [anna, ben] = [fresh("user"), fresh("user")];
        const first = await Listener.greeted({ user: anna, room, client: "phone" });
        await Listener.greeted({ user: ben, room });
        for (const user of [fresh("user"), fresh("user")]) {
          const refused = await Listener.open({ user, room });
          expect(await refused.next("close")).toMatchObject({ code: 1013, reason: "overloaded" });
        }
        await Listener.greeted({ user: anna, room, client: "phone" });
        expect(await first.next("close")).toMatchObject({ reason: "replaced" });
        expect(lines.filter((line) => line.includes("as many connections as it may"))).toHaveLength(1);
      });
    } finally {
      log.mockRestore();
    }
  });
});
