import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { Publication } from "../../src/objects/publication.ts";
import { UserObject } from "../../src/objects/user-object.ts";
import { fresh, Listener, publishTo, sleepAll } from "./listener.ts";

const userObject = (user: string) => env.USERS.getByName(user);
const roomObject = (room: string) => env.ROOMS.getByName(room);

/**
 * Makes the user's object, when the room next pushes to it, kill the room before it answers: the room dies between
 * storing and handing on.
 */
function abortRoomInMidPush(room: string, user: string): void {
  const { takeRoom } = UserObject.prototype;
  UserObject.prototype.takeRoom = async function (this: UserObject, ...push) {
    if ((this as unknown as { ctx: DurableObjectState }).ctx.id.name !== user)
      return takeRoom.apply(this, push);
    UserObject.prototype.takeRoom = takeRoom;
    await abort(roomObject(room));
    throw new Error("The room is gone; nobody hears this.");
  };
}

/** Calls the room as the Worker does, but once only. */
async function deliver(room: string, publications: Publication[]): Promise<void> {
  await roomObject(room).deliver(publications);
}

async function abort(stub: DurableObjectStub): Promise<void> {
  await runInDurableObject(stub, (_instance, ctx) => ctx.abort("killed by the test")).catch(() => undefined);
}

describe("an object that dies between storing and handing on (rule F3)", () => {
  it("lets the repeated publish reach a listener on another object, once", async () => {
    const room = `room:${fresh("lobby")}`;
    const user = fresh("user");
    const listener = await Listener.greeted({ user });
    await listener.follow(room);
    await publishTo(room, "one");
    await listener.next("event");
    abortRoomInMidPush(room, user);
    // The Worker's first call dies with the room; it repeats the call, and the room finds the id.
    expect(await publishTo(room, "two")).toMatchObject({ offset: 2, duplicate: true, connections: 1 });
    await listener.next("event", ({ event }) => event === "two");
    await publishTo(room, "three");
    await listener.next("event", ({ event }) => event === "three");
    expect(listener.events).toEqual(["one@1", "two@2", "three@3"]);
  });

  it("lets a listener of the dead object itself resume without loss", async () => {
    const room = `room:${fresh("lobby")}`;
    const user = fresh("user");
    const relayed = await Listener.greeted({ user });
    await relayed.follow(room);
    const direct = await Listener.greeted({ user: fresh("user"), room });
    await publishTo(room, "one");
    await direct.next("event");
    abortRoomInMidPush(room, user);
    await publishTo(room, "two");
    await direct.untilClosed();
    const again = await Listener.greeted({ user: fresh("user"), room, since: { epoch: "0", offset: 1 } });
    await again.next("live");
    expect(again.events).toEqual(["two@2"]);
  });

  it("lets the next publish uncover what was never repeated", async () => {
    const room = `room:${fresh("lobby")}`;
    const user = fresh("user");
    const listener = await Listener.greeted({ user });
    await listener.follow(room);
    await publishTo(room, "one");
    await listener.next("event");
    abortRoomInMidPush(room, user);
    // Called directly: nobody repeats it.
    const call = deliver(room, [
      { id: fresh("id"), hash: "", events: [{ channel: room, event: "two", data: "null", store: true }] },
    ]);
    await expect(call).rejects.toThrow();
    await sleepAll(userObject(user));
    await publishTo(room, "three");
    await listener.next("event", ({ event }) => event === "three");
    expect(listener.events).toEqual(["one@1", "two@2", "three@3"]);
  });

  it("serves a device that stayed when another of the same user follows anew", async () => {
    const room = `room:${fresh("lobby")}`;
    const user = fresh("user");
    const listener = await Listener.greeted({ user });
    await listener.follow(room);
    abortRoomInMidPush(room, user);
    const call = deliver(room, [
      { id: fresh("id"), hash: "", events: [{ channel: room, event: "one", data: "null", store: true }] },
    ]);
    await expect(call).rejects.toThrow();
    await sleepAll(userObject(user));
    const other = await Listener.greeted({ user });
    expect(await other.follow(room)).toMatchObject({ position: { offset: 1 } });
    await listener.next("event");
    expect(listener.events).toEqual(["one@1"]);
  });

  it("keeps what a user's object had stored when it dies", async () => {
    const user = fresh("user");
    const listener = await Listener.greeted({ user });
    await publishTo(`user:${user}`, "one");
    await listener.next("event");
    await abort(userObject(user));
    await listener.untilClosed();
    await publishTo(`user:${user}`, "two");
    const again = await Listener.greeted({ user, since: { epoch: "0", offset: 1 } });
    await again.next("live");
    expect(again.events).toEqual(["two@2"]);
  });
});
