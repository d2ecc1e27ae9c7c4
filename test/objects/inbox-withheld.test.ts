import { describe, expect, it } from "vitest";
import { mark, notify, readInbox } from "./inbox/asking.ts";
import { fresh, Listener, type ListenOptions } from "./listener.ts";

const counts = (total: number, unread: number, unseen: number) => ({ total, unread, unseen });

/** A device that is where the log is now, and then away. */
async function away(device: ListenOptions): Promise<ListenOptions> {
  const { position } = await readInbox(device);
  return { ...device, since: position };
}

/** The counts that a device has been told last, when its replay is over. */
async function shownBy(device: ListenOptions) {
  const listener = await Listener.greeted(device);
  const { counts: told } = await listener.next("live");
  expect(listener.frames.at(-1)?.type).toBe("live");
  listener.close(1000, "bye");
  return told;
}

describe("a device from which entries were withheld while it was away", () => {
  it.each<[string, object, Partial<ListenOptions>]>([
    ["the device that caused it", { except: { client: "phone" } }, {}],
    ["this credential's roles", { only: { roles: ["admin"] } }, { roles: ["farmer"] }],
  ])("because they are not for %s, shows the user's counts after the replay (I7)", async (_, aim, more) => {
    const user = fresh("user");
    const phone = await away({ user, client: "phone", ...more });
    await notify(user, "one");
    await notify(user, "two", {}, aim);
    expect(await shownBy(phone)).toEqual(counts(2, 2, 2));
    await mark({ user }, { as: "read", ids: ["one"] });
    await notify(user, "three", {}, aim);
    expect(await shownBy(phone)).toEqual(counts(3, 2, 2));
  });

  it("and that has missed nothing else is told so too", async () => {
    const user = fresh("user");
    const phone = await away({ user, client: "phone" });
    await notify(user, "one", {}, { except: { client: "phone" } });
    const listener = await Listener.greeted(phone);
    expect(await listener.next("live")).toEqual({
      ...{ type: "live", channel: `user:${user}`, replayed: 0, counts: counts(1, 1, 1) },
    });
    await listener.follow("room:withheld", "0.0");
    expect(await listener.next("live", ({ channel }) => channel === "room:withheld")).not.toHaveProperty(
      "counts",
    );
  });

  it("because its identity has changed since, shows the user's counts after the replay", async () => {
    const user = fresh("user");
    const admin = await away({ user, client: "phone", roles: ["admin"] });
    await notify(user, "one", {}, { to: { channels: [`admin:${user}`] } });
    await notify(user, "two");
    expect(await shownBy({ ...admin, roles: ["farmer"] })).toEqual(counts(2, 2, 2));
  });
});

describe("a user who is left out by name", () => {
  it.each([
    ["excepted", (user: string) => ({ except: { user } })],
    ["not among the only ones", () => ({ only: { users: ["somebody-else"] } })],
  ])("being %s, is counted nothing that no device would show", async (_, aim) => {
    const user = fresh("user");
    const listener = await Listener.greeted({ user });
    await notify(user, "one", {}, aim(user));
    await notify(user, "two");
    await listener.next("event", ({ event, id }) => event === "notification:new" && id === "two");
    expect(await readInbox({ user })).toMatchObject({
      counts: counts(1, 1, 1),
      notifications: [{ id: "two" }],
    });
    expect(listener.all("event").filter(({ id }) => id === "one")).toEqual([]);
  });
});
