import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { settingsOf } from "../../src/config/settings.ts";
import { answers } from "../../src/http/documentation/answers.ts";
import { audienceShard, roomObject, userObject } from "../../src/objects/env.ts";
import { ask, publisher } from "../http/service.ts";
import { draw } from "./draw.ts";
import { Listener, sleepAll } from "./listener.ts";

const STEPS = 1000;
/** Steps that do not wait for each other. */
const TOGETHER = 25;
const TENANT = "7";
const users = Array.from({ length: 40 }, (_, n) => ({ user: `user-${n}`, role: `role-${n % 3}` }));
const rooms = ["queue", "alerts"].map((topic) => `clinic:${TENANT}:${topic}`);

/** Somebody who is there: over a connection of their own, which may follow a room, or over the room's own socket. */
interface There {
  readonly user: string;
  readonly role: string;
  readonly listener: Listener;
  readonly kind: "own" | "relayed" | "direct";
  readonly room: string;
}

/** Numbers from 0 up to 1, the same for each seed. https://en.wikipedia.org/wiki/Linear_congruential_generator */
function numbersFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const abort = (stub: DurableObjectStub<undefined>) =>
  runInDurableObject(stub, (_instance, ctx) => ctx.abort("killed by the test")).catch(() => undefined);

const countBy = (names: readonly string[]) =>
  Object.fromEntries([...Map.groupBy(names, (name) => name)].map(([name, all]) => [name, all.length]));

/** What `GET /stats` is to say of those who are there. */
function expected(there: readonly There[]) {
  const unique = new Map(there.map((one) => [one.user, one.role]));
  const known = new Map(there.filter(({ kind }) => kind !== "direct").map((one) => [one.user, one.role]));
  const inRooms = rooms.flatMap((room) => {
    const direct = there.filter((one) => one.kind === "direct" && one.room === room).length;
    const relayed = new Set(
      there.filter((one) => one.kind === "relayed" && one.room === room).map(({ user }) => user),
    );
    return direct + relayed.size > 0 ? [[room, { direct, relayed: relayed.size }] as const] : [];
  });
  const counts = {
    connections: there.length,
    direct: there.filter(({ kind }) => kind === "direct").length,
    users: unique.size,
    rooms: Object.fromEntries(inRooms),
  };
  return { counts, known: countBy([...known.values()]), all: countBy([...unique.values()]) };
}

async function readStats(query: string) {
  const response = await ask(`/stats${query}`, { headers: publisher });
  const { connections, direct, users, rooms, roles } = answers.stats.parse(await response.json());
  const shown = rooms.map(({ room, direct, relayed }) => [room, { direct, relayed }] as const);
  return { connections, direct, users, rooms: Object.fromEntries(shown), roles };
}

async function membersOf(room: string) {
  const response = await ask(`/rooms/${encodeURIComponent(room)}`, { headers: publisher });
  const { presence } = answers.room.parse(await response.json());
  return { count: presence?.count, members: presence?.members?.map(({ user }) => user).toSorted() };
}

describe("a thousand who come and go, while objects sleep and die", () => {
  beforeAll(async () => {
    for (const level of ["log", "warn", "error"] as const)
      vi.spyOn(console, level).mockImplementation(() => undefined);
    const change = {
      MAX_CONNECTIONS_PER_USER: 1000,
      MAX_ROOM_CONNECTIONS_PER_USER: 1000,
      ROOM_GRACE_SECONDS: 0,
    };
    Object.assign(settingsOf(env), change);
    await runInDurableObject(env.USERS.getByName("any"), (instance) => {
      Object.assign(settingsOf((instance as unknown as { env: object }).env), change);
    });
  });

  it("are counted as they are: no count has drifted", { timeout: 60_000 }, async () => {
    const { seed } = draw("JOINS", { numRuns: 1, seed: 7 });
    const random = numbersFrom(seed);
    const pick = <Item>(items: readonly Item[]): Item => {
      const item = items[Math.floor(random() * items.length)];
      if (item === undefined) throw new Error("There is something to pick from.");
      return item;
    };
    let there: There[] = [];
    const forgetClosed = (fits: (one: There) => boolean) => {
      there = there.filter((one) => !fits(one));
    };
    const come = async () => {
      const { user, role } = pick(users);
      const [kind, room] = [pick(["own", "relayed", "direct"] as const), pick(rooms)];
      const who = { user, roles: [role], tenants: [TENANT] };
      const listener = await Listener.greeted(kind === "direct" ? { ...who, room } : who);
      if (kind === "relayed") await listener.follow(room);
      there.push({ user, role, listener, kind, room });
    };
    const go = () => {
      const one = pick(there);
      one.listener.close(1000, "bye");
      forgetClosed((other) => other === one);
    };
    const objects = () => {
      const { user } = pick(users);
      return pick([
        { stub: userObject(env, user), holds: (one: There) => one.user === user && one.kind !== "direct" },
        ...rooms.map((room) => ({
          stub: roomObject(env, room),
          holds: (one: There) => one.room === room && one.kind === "direct",
        })),
        { stub: audienceShard(env, Math.floor(random() * 4)), holds: () => false },
      ]);
    };
    const comeAndGo = async () => {
      const most = there.length > 60 ? 0.4 : 0.6;
      const coming = Array.from({ length: TOGETHER }, () => random()).filter((number) => number < most);
      for (let left = TOGETHER - coming.length; left > 0 && there.length > 0; left--) go();
      await Promise.all(coming.map(come));
    };
    for (let step = 0; step < STEPS / 2; step += TOGETHER) {
      if (random() < 0.5) await sleepAll(objects().stub);
      await comeAndGo();
    }
    // What has been said along the way is right, without asking anybody.
    await expect.poll(() => readStats(""), { timeout: 8000 }).toMatchObject(expected(there).counts);
    for (let step = 0; step < STEPS / 2; step += TOGETHER) {
      if (random() < 0.5) {
        const { stub, holds } = objects();
        await abort(stub);
        forgetClosed(holds);
      }
      await comeAndGo();
    }
    // Nobody is taken for somebody who is just being admitted.
    for (const { user } of users) {
      await runInDurableObject(userObject(env, user), (_instance, { storage: { sql } }) => {
        const tables = sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'room_socket'").toArray();
        if (tables.length > 0) sql.exec("UPDATE room_socket SET generation = generation - 60000");
      });
    }
    const { known, all, counts } = expected(there);
    await expect.poll(() => readStats("?probe=true"), { timeout: 8000 }).toMatchObject(counts);
    const { roles, ...rest } = await readStats("");
    expect(rest).toEqual(counts);
    for (const [role, most] of Object.entries(all)) {
      // Whoever is there over a room's socket alone is known by what was said of them before, if anything was.
      expect(roles[role] ?? 0).toBeGreaterThanOrEqual(known[role] ?? 0);
      expect(roles[role] ?? 0).toBeLessThanOrEqual(most);
    }
    for (const room of rooms) {
      const inRoom = there.filter((one) => one.kind !== "own" && one.room === room).map(({ user }) => user);
      const members = [...new Set(inRoom)].toSorted();
      await expect.poll(() => membersOf(room), { timeout: 4000 }).toEqual({ count: members.length, members });
    }
  });
});
