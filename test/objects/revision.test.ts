import { describe, expect, it } from "vitest";
import { UserObject } from "../../src/objects/user-object.ts";
import { ask, publisher } from "../http/service.ts";
import { fresh, Listener, publish, publishTo, tokenFor } from "./listener.ts";

/** Says, as the backend, as whom a user is known. */
async function say(user: string, statement: object): Promise<void> {
  const body = JSON.stringify(statement);
  const response = await ask(`/users/${user}/identity`, { method: "PUT", headers: publisher, body });
  expect(response.status).toBe(200);
}

/** Sends an event by name, and gives the names of all that came up to it. */
async function eventsUpTo(listener: Listener, last: string): Promise<string[]> {
  await publishTo(`user:${listener.all("welcome")[0]?.user}`, last);
  await listener.next("event", ({ event }) => event === last);
  return listener.all("event").map(({ event }) => event);
}

describe("a live connection of whom the backend says something else", () => {
  it("loses a role that the backend does not name any more, and has what its token says", async () => {
    const [user, role] = [fresh("user"), fresh("role")];
    const channel = `notifications:role:${role}`;
    await say(user, { roles: [role], tenants: ["8"] });
    const listener = await Listener.greeted({ user, tenants: ["7"] });
    await say(user, {});
    await publish({ event: "secret", to: { roles: [role], channels: [channel] } });
    await publish({ event: "for-clinic-8", to: { tenants: ["8"] } });
    await publish({ event: "for-clinic-7", to: { tenants: ["7"] }, only: { users: [user] } });
    await listener.next("event");
    expect(await eventsUpTo(listener, "last")).toEqual(["for-clinic-7", "last"]);
  });

  it("is put out of a room's own socket where its credential was revoked meanwhile", async () => {
    const user = fresh("user");
    const room = "clinic:7:queue";
    const direct = await Listener.greeted({
      user,
      tenants: ["7"],
      room,
      client: "tab",
      issuedAt: Date.now() - 60_000,
    });
    const body = JSON.stringify({ client: "phone", revokeBefore: Date.now() });
    await ask(`/users/${user}/disconnect`, { method: "POST", headers: publisher, body });
    await say(user, { tenants: [] });
    expect(await direct.untilClosed()).toMatchObject({ reason: "unauthorized" });
  });

  it("does not enter a room that it may not follow any more, having been admitted just before", async () => {
    const user = fresh("user");
    const { admitToRoom } = UserObject.prototype;
    UserObject.prototype.admitToRoom = async function (this: UserObject, claimed, socket) {
      const admission = await admitToRoom.call(this, claimed, socket);
      if (claimed.userId === user) await this.setIdentity({ tenants: [] });
      return admission;
    };
    try {
      const late = await Listener.open({ user, tenants: ["7"], room: "clinic:7:queue" });
      expect(await late.untilClosed()).toMatchObject({ reason: "forbidden" });
    } finally {
      UserObject.prototype.admitToRoom = admitToRoom;
    }
  });

  it("keeps, in a ticket, what its token says apart from what the backend says", async () => {
    const [user, role] = [fresh("user"), fresh("role")];
    await say(user, { roles: [role] });
    const Authorization = `Bearer ${await tokenFor({ user })}`;
    const bought = await ask("/auth/ticket", { method: "POST", headers: { Authorization } });
    const { token } = await bought.json<{ token: string }>();
    await say(user, {});
    const identity = await ask(`/events?token=${token}`);
    expect(identity.status).toBe(200);
    await publish({ event: "secret", to: { roles: [role] }, notification: note });
    const polled = await ask(`/events?since=0.0&token=${token}`);
    expect((await polled.json<{ events: object[] }>()).events).toEqual([]);
  });
});

const note = { type: "news", title: "Title", message: "Message" };
