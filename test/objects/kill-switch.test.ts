import { runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { fresh, Listener, publishTo, sleepAll } from "./listener.ts";
import { withSettings } from "./remembered.ts";

const userObject = (user: string) => env.USERS.getByName(user);
const roomObject = (room: string) => env.ROOMS.getByName(room);

const isDisabled = async (listener: Listener) => {
  expect(await listener.next("close")).toMatchObject({ code: 1013, reason: "disabled" });
  expect(listener.events).toEqual([]);
};

describe("the kill switch (C11)", () => {
  it("closes open connections at the next event, which is kept", async () => {
    const user = fresh("user");
    const room = `room:${fresh("lobby")}`;
    const own = await Listener.greeted({ user });
    const direct = await Listener.greeted({ user, room });
    await sleepAll(userObject(user), roomObject(room));
    await withSettings({ REALTIME_ENABLED: false }, async () => {
      expect(await publishTo(`user:${user}`, "one")).toMatchObject({ status: "stored", offset: 1 });
      expect(await publishTo(room, "two")).toMatchObject({ status: "stored", offset: 1 });
      for (const listener of [own, direct]) await isDisabled(listener);
    });
    const again = await Listener.greeted({ user, since: { epoch: "0", offset: 0 } });
    await again.next("event");
    expect(again.events).toEqual(["one@1"]);
  });

  it("closes a connection that is followed for, when the room pushes", async () => {
    const user = fresh("user");
    const room = `room:${fresh("lobby")}`;
    const listener = await Listener.greeted({ user });
    await listener.follow(room);
    await withSettings({ REALTIME_ENABLED: false }, async () => {
      expect(await publishTo(room, "one")).toMatchObject({ status: "stored", connections: 0 });
      await isDisabled(listener);
    });
  });

  it("closes a connection at its own frame, and at the alarm", async () => {
    const [one, two] = [fresh("user"), fresh("user")];
    const speaking = await Listener.greeted({ user: one });
    const silent = await Listener.greeted({ user: two });
    await withSettings({ REALTIME_ENABLED: false }, async () => {
      speaking.send({ type: "ping", ref: 1 });
      await isDisabled(speaking);
      expect(speaking.all("pong")).toEqual([]);
      await runDurableObjectAlarm(userObject(two));
      await isDisabled(silent);
    });
  });

  it("refuses a connection that the Worker let through before it was thrown", async () => {
    await withSettings({ REALTIME_ENABLED: false }, async () => {
      const user = fresh("user");
      await isDisabled(await Listener.open({ user }));
      await isDisabled(await Listener.open({ user, room: `room:${fresh("lobby")}` }));
    });
  });
});
