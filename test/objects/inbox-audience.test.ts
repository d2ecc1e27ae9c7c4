import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { shardOf } from "../../src/objects/audience-door.ts";
import { audienceShard, userObject } from "../../src/objects/env.ts";
import { UserObject } from "../../src/objects/user-object.ts";
import { ask, idsIn, nextEntry, note, notify, readInbox } from "./inbox/asking.ts";
import { fresh, Listener, type ListenOptions, publish, sleepAll } from "./listener.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

/** A user by name, and everybody who holds the user's role: a publish to either must come to the same. */
function ways() {
  const [user, role] = [fresh("user"), fresh("role")];
  return {
    user,
    role,
    reader: { user, roles: [role] },
    byName: { users: [user] },
    byRole: { roles: [role] },
  };
}

/** Somebody who listens and is known to the audience. */
async function present(reader: ListenOptions): Promise<Listener> {
  const listener = await Listener.greeted(reader);
  const shard = audienceShard(env, shardOf(reader.user, 4));
  await expect.poll(async () => (await shard.findMember(reader.user))?.isOnline).toBe(true);
  return listener;
}

/** From now on it is so many seconds later, for a user's object and the audience too. */
async function pass(seconds: number, user: string): Promise<void> {
  const now = Date.now;
  vi.spyOn(Date, "now").mockImplementation(() => now() + seconds * 1000);
  // An object has had its clock since it woke.
  await sleepAll(userObject(env, user), audienceShard(env, 0), audienceShard(env, shardOf(user, 4)));
}

describe("a notification of an event that is not stored", () => {
  it("lies in the inbox of who is away, sent by name and to an audience alike, and the event nowhere", async () => {
    const { reader, byName, byRole } = ways();
    const [one, two] = [fresh("id"), fresh("id")];
    await notify("", one, {}, { store: false, to: byName });
    const [target] = await notify("", two, {}, { store: false, to: byRole });
    expect(target).toMatchObject({ status: "stored", duplicate: false });
    const page = await readInbox(reader);
    expect(page.notifications.map(({ id }) => id)).toEqual([two, one]);
    expect(page).toMatchObject({ counts: { total: 2, unread: 2, unseen: 2 }, position: { offset: 2 } });
  });

  it("comes beside it to who is there, the event without an offset", async () => {
    const { reader, byName, byRole } = ways();
    const listener = await present(reader);
    const [one, two] = [fresh("id"), fresh("id")];
    await notify("", one, {}, { store: false, to: byName });
    await nextEntry(listener, "new", one);
    await notify("", two, {}, { store: false, to: byRole });
    await nextEntry(listener, "new", two);
    await listener.next("event", ({ id, offset }) => id === two && offset === undefined);
    for (const id of [one, two]) {
      const told = listener.all("event").filter((frame) => frame.id === id);
      expect(told.map(({ event, offset }) => [event, offset !== undefined]).toSorted()).toEqual([
        ["news", false],
        ["notification:new", true],
      ]);
    }
  });

  it("is there once, though it is published again, by objects that have slept too", async () => {
    const { user, reader, byName, byRole } = ways();
    const id = fresh("id");
    const again = async (to: object) => {
      await notify("", id, {}, { store: false, to });
      await sleepAll(audienceShard(env, 0), userObject(env, user));
    };
    for (const to of [byRole, byRole, byName, byName]) await again(to);
    expect(await idsIn(reader)).toEqual([id]);
    const other = await publish({ id, event: "other", store: false, to: byRole, data: "else" });
    expect(other.results[0]?.targets).toMatchObject([{ status: "failed", code: "id_conflict" }]);
  });
});

describe("a notification that is not wanted, of an event that is not stored", () => {
  it("is taken all the same: the shard goes on from there when the user's object has slept", async () => {
    const { user, reader, byRole } = ways();
    await ask(reader, "PUT", "/preferences", { types: { [note.type]: { inbox: false } } });
    const listener = await present(reader);
    const answers: string[] = [];
    const { takeAudience } = UserObject.prototype;
    vi.spyOn(UserObject.prototype, "takeAudience").mockImplementation(async function (
      this: UserObject,
      ...push
    ) {
      const answer = await takeAudience.apply(this, push);
      answers.push(answer.kind);
      return answer;
    });
    const id = fresh("id");
    await notify("", id, {}, { store: false, to: byRole });
    await listener.next("event", (frame) => frame.id === id);
    await sleepAll(userObject(env, user));
    await publish({ event: "next", to: byRole });
    await listener.next("event", ({ event }) => event === "next");
    expect(answers).toEqual(["taken", "taken"]);
    expect(listener.events).toEqual(["news@-", "next@1"]);
  });
});

describe("a notification of an event with a ttl", () => {
  it("outlives it for who is away, sent by name and to an audience alike", async () => {
    const { user, reader, byName, byRole } = ways();
    const [one, two] = [fresh("id"), fresh("id")];
    await notify("", one, {}, { ttl: 60, to: byName });
    await notify("", two, {}, { ttl: 60, to: byRole });
    await pass(61, user);
    expect(await idsIn(reader)).toEqual([two, one]);
    const listener = await Listener.greeted({ ...reader, since: { epoch: "0", offset: 0 } });
    await listener.next("live");
    const told = listener.all("event").map(({ event, id }) => [event, id]);
    expect(told).toEqual([
      ["notification:new", one],
      ["notification:new", two],
    ]);
  });

  it("does not come of an event without one, which ends with its ttl", async () => {
    const { user, reader, byRole } = ways();
    await publish({ event: "news", ttl: 60, to: byRole });
    await pass(61, user);
    const { position } = await readInbox(reader);
    expect(position.offset).toBe(0);
  });
});
