import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { fresh, Listener, publishTo, sleepAll } from "./listener.ts";

const userObject = (user: string) => env.USERS.getByName(user);

const pings = (count: number) => Array.from({ length: count }, (_, ref) => ({ type: "ping", ref }));

/** One message for all, so that no time passes between the frames. */
const sendAtOnce = (listener: Listener, frames: object[]) => listener.sendText(JSON.stringify(frames));

describe("what one connection may send (C10)", () => {
  it("is a burst, then errors, then nothing: the connection is closed", async () => {
    const user = fresh("user");
    const listener = await Listener.greeted({ user });
    sendAtOnce(listener, pings(100));
    await listener.until(() => listener.all("pong").length === 100, "a hundred answers");
    // What is left of the bucket outlives the object's sleep.
    await sleepAll(userObject(user));
    sendAtOnce(listener, [
      { type: "ping", ref: 100 },
      { type: "subscribe", ref: 101, channels: ["room:a"] },
    ]);
    await listener.next("error", ({ ref }) => ref === 101);
    await sleepAll(userObject(user));
    sendAtOnce(listener, pings(30));
    expect(await listener.next("close")).toMatchObject({ code: 1008, reason: "rate_limited" });
    const errors = listener.all("error");
    expect(errors[0]).toMatchObject({ code: "rate_limited", retryable: true });
    // A token comes back each 0.9 s, so on a slow machine a few more may be answered.
    expect(listener.all("pong").length).toBeLessThan(104);
    expect(errors.length).toBeGreaterThanOrEqual(20);
    expect(errors.length).toBeLessThan(26);
    expect(listener.all("subscribed")).toEqual([]);
  });

  it("is counted for each connection by itself, and without heartbeats", async () => {
    const user = fresh("user");
    const one = await Listener.greeted({ user });
    const other = await Listener.greeted({ user });
    for (let at = 0; at < 150; at++) other.sendText('{"type":"ping"}');
    sendAtOnce(one, pings(100));
    await one.until(() => one.all("pong").length === 100, "a hundred answers");
    await other.until(() => other.all("pong").length === 150, "all heartbeats to be answered");
    sendAtOnce(other, pings(99));
    await other.until(() => other.all("pong").length === 249, "a burst beside the heartbeats");
    expect([...one.all("error"), ...other.all("error")]).toEqual([]);
  });

  it("does not keep a connection that sends too much from listening", async () => {
    const user = fresh("user");
    const listener = await Listener.greeted({ user });
    sendAtOnce(listener, pings(110));
    await listener.next("error");
    expect(await publishTo(`user:${user}`, "one")).toMatchObject({ connections: 1 });
    await listener.next("event");
  });
});
