import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { z } from "zod";
import { settingsOf } from "../../src/config/settings.ts";
import { answers } from "../../src/http/documentation/answers.ts";
import { AudienceObject } from "../../src/objects/audience-object.ts";
import { audienceShard, roomObject, userObject } from "../../src/objects/env.ts";
import { type LogLevel, reportFrom } from "../../src/operation/report.ts";
import { ask, publisher } from "../http/service.ts";
import { fresh, Listener, type ListenOptions, sleepAll } from "./listener.ts";
import { letTimePass, withSettings } from "./remembered.ts";

type Stats = z.output<typeof answers.stats>;

const shards = () => [0, 1, 2, 3].map((shard) => audienceShard(env, shard));

const abort = (stub: DurableObjectStub<undefined>) =>
  runInDurableObject(stub, (_instance, ctx) => ctx.abort("killed by the test")).catch(() => undefined);

async function readStats(query = ""): Promise<Stats> {
  const response = await ask(`/stats${query}`, { headers: publisher });
  return answers.stats.parse(await response.json());
}

async function untilStats(expected: Partial<Stats>, query = ""): Promise<void> {
  await expect.poll(() => readStats(query), { timeout: 8000 }).toMatchObject(expected);
}

const open: Listener[] = [];

async function knock(options: ListenOptions): Promise<Listener> {
  const listener = await Listener.open(options);
  open.push(listener);
  return listener;
}

async function come(options: ListenOptions) {
  const listener = await knock(options);
  return Object.assign(listener, { welcome: await listener.next("welcome") });
}

/** Everybody goes, so that the next test counts its own. */
afterEach(async () => {
  vi.restoreAllMocks();
  for (const listener of open.splice(0)) if (!listener.closed) listener.close(1000, "bye");
  await withSettings({ ROOM_GRACE_SECONDS: 0 }, () =>
    untilStats({ connections: 0, users: 0, roomsInUse: 0 }, "?probe=true"),
  );
});

describe("GET /stats", () => {
  it("counts connections, users by role and tenant, and rooms, also while all objects sleep", () =>
    withSettings({ ROOM_GRACE_SECONDS: 0 }, async () => {
      const [anna, ben, cem] = [fresh("anna"), fresh("ben"), fresh("cem")];
      const [lobby, hall] = [`room:${fresh("lobby")}`, `room:${fresh("hall")}`];
      const before = Date.now();
      const phone = await come({ user: anna, roles: ["ADMIN"], tenants: ["7"], client: "phone" });
      await come({ user: anna, roles: ["ADMIN"], tenants: ["7"], client: "laptop" });
      await come({ user: ben, roles: ["nurse"], tenants: ["7", "8"] });
      await phone.follow(lobby);
      await come({ user: ben, room: lobby });
      await come({ user: cem, room: hall });
      await untilStats({ connections: 5, direct: 2, users: 3, roomsInUse: 2 });
      await expect.poll(async () => (await readStats()).rooms[0]?.connections).toBe(2);
      await sleepAll(...[anna, ben, cem].map((user) => userObject(env, user)), ...shards());
      await sleepAll(roomObject(env, lobby), roomObject(env, hall));
      const { at, shards: parts, rooms, ...rest } = await readStats();
      expect(rest).toEqual({
        ...{ limit: 10_000, connections: 5, direct: 2, users: 3, roomsInUse: 2 },
        ...{ roles: { admin: 1, nurse: 1 }, tenants: { 7: 2, 8: 1 } },
      });
      const since = expect.any(Number);
      expect(rooms).toEqual([
        { room: lobby, connections: 2, direct: 1, relayed: 1, since },
        { room: hall, connections: 1, direct: 1, relayed: 0, since },
      ]);
      expect(at).toBeGreaterThanOrEqual(before);
      expect(parts.map(({ shard }) => shard)).toEqual([0, 1, 2, 3]);
      for (const name of ["users", "connections", "roomsInUse"] as const) {
        expect(parts.reduce((sum, part) => sum + part[name], 0)).toBe(rest[name]);
      }
    }));

  it("follows who goes: one of two tabs, a room's last listener after a grace, the last connection", async () => {
    const [user, room] = [fresh("user"), `room:${fresh("lobby")}`];
    const [tab, other] = [await come({ user }), await come({ user })];
    const direct = await come({ user, room });
    await untilStats({ connections: 3, users: 1, roomsInUse: 1 });
    other.close(1000, "bye");
    await untilStats({ connections: 2, users: 1 });
    direct.close(1000, "bye");
    await untilStats({ connections: 1, direct: 0, users: 1, roomsInUse: 1 });
    await expect.poll(() => nextAlarm(room)).toBeLessThanOrEqual(Date.now() + 5000);
    await withSettings({ ROOM_GRACE_SECONDS: 0 }, async () => {
      await sleepAll(roomObject(env, room));
      await runDurableObjectAlarm(roomObject(env, room));
    });
    await untilStats({ roomsInUse: 0 });
    tab.close(1000, "bye");
    await untilStats({ connections: 0, users: 0 });
  });

  it("lists connections in pages, each once", async () => {
    const users = Array.from({ length: 7 }, () => fresh("user"));
    const room = `room:${fresh("lobby")}`;
    const listeners = await Promise.all(users.map((user) => come({ user, client: "tab" })));
    const direct = await come({ user: users[0] ?? "", client: "tab", room });
    await untilStats({ connections: 8 });
    const listed: NonNullable<Stats["list"]> = [];
    let pages = 0;
    for (let after = ""; ; pages++) {
      const page = await readStats(`?connections=true&limit=3${after}`);
      listed.push(...(page.list ?? []));
      if (page.next === null || page.next === undefined) break;
      after = `&after=${encodeURIComponent(page.next)}`;
    }
    expect(pages).toBe(2);
    const idOf = ({ connection }: { connection: string }) => connection;
    const expected = [...listeners, direct].map(({ welcome }) => welcome.connection);
    expect(listed.map(idOf).toSorted()).toEqual(expected.toSorted());
    expect(listed.find(({ direct }) => direct)).toEqual({
      ...{ connection: direct.welcome.connection, user: users[0], client: "tab" },
      ...{ since: expect.any(Number), rooms: [room], direct: true },
    });
  });

  it("finds connections that died without a word when it is told to ask", async () => {
    const [dead, lost, alive] = [fresh("dead"), fresh("lost"), fresh("alive")];
    const room = `room:${fresh("lobby")}`;
    for (const user of [dead, lost, alive]) await come({ user });
    await come({ user: alive, room });
    await untilStats({ connections: 4, users: 3, roomsInUse: 1 });
    await abort(userObject(env, dead));
    await letTimePass(userObject(env, lost), 100_000);
    await abort(roomObject(env, room));
    await runInDurableObject(userObject(env, alive), (_instance, { storage }) => {
      storage.sql.exec("UPDATE room_socket SET generation = generation - 60000");
    });
    expect(await readStats("?probe=true")).toMatchObject({ connections: 1, users: 1, roomsInUse: 0 });
    expect(await readStats()).toMatchObject({ connections: 1, direct: 0, users: 1, roomsInUse: 0 });
  });
});

describe("MAX_CONNECTIONS", () => {
  const refused = async (listener: Listener) => {
    expect(await listener.next("close")).toMatchObject({ code: 1013, reason: "overloaded" });
    expect(await listener.untilClosed()).toEqual({ code: 1013, reason: "overloaded" });
    expect(listener.all("welcome")).toEqual([]);
  };

  it("refuses whoever comes beyond it, of either kind, and takes one when another has gone", () =>
    withLimit(3, async () => {
      const [user, room] = [fresh("user"), `room:${fresh("lobby")}`];
      const first = await come({ user: fresh("user") });
      await come({ user, client: "tab" });
      await come({ user, client: "tab", room });
      vi.spyOn(console, "error").mockImplementation(() => undefined);
      await refused(await knock({ user }));
      await refused(await knock({ user: fresh("user") }));
      await refused(await knock({ user: fresh("user"), room }));
      // A device that comes again takes the place of its older connection.
      await come({ user, client: "tab" });
      await come({ user, client: "tab", room });
      first.close(1000, "bye");
      await untilStats({ connections: 2 });
      await come({ user: fresh("user") });
      await refused(await knock({ user }));
    }));

  it("holds when many come at once, and leaves no more than a place for each other shard unused", () =>
    withLimit(20, async () => {
      vi.spyOn(console, "error").mockImplementation(() => undefined);
      const listeners = await Promise.all(Array.from({ length: 60 }, () => knock({ user: fresh("user") })));
      await Promise.all(
        listeners.map((one) => one.until(() => one.frames.length > 0, "a welcome or a refusal")),
      );
      const welcome = listeners.filter((one) => one.all("welcome").length > 0);
      expect(welcome.length).toBeLessThanOrEqual(20);
      expect(welcome.length).toBeGreaterThanOrEqual(20 - 3);
      await untilStats({ connections: welcome.length });
    }));

  it("does not count for ever those who died without a word, and tells the operator", () =>
    withLimit(2, async () => {
      await Promise.all(shards().map((shard) => abort(shard)));
      const told = vi.spyOn(console, "error").mockImplementation(() => undefined);
      const users = [fresh("user"), fresh("user")];
      for (const user of users) await come({ user });
      await untilStats({ connections: 2 });
      for (const user of users) await abort(userObject(env, user));
      await refused(await knock({ user: users[0] ?? "" }));
      expect(told.mock.calls.map(([line]) => JSON.parse(String(line)))).toEqual([
        expect.objectContaining({
          message: "the service holds as many connections as it may",
          connections: 2,
          limit: 2,
        }),
      ]);
      await untilStats({ connections: 0 });
      await come({ user: users[0] ?? "" });
    }));

  it("lets everybody in where no shard answers", () =>
    withLimit(1, async () => {
      vi.spyOn(AudienceObject.prototype, "admit").mockRejectedValue(new Error("out of reach"));
      await come({ user: fresh("user") });
      await come({ user: fresh("user") });
    }));
});

describe("many connections", () => {
  it("are told in the log, once an hour and shard", () =>
    withSettings({ WARN_CONNECTIONS: 3, AUDIENCE_SHARDS: 1 }, async () => {
      await Promise.all(shards().map(abort));
      const told = vi.spyOn(console, "warn").mockImplementation(() => undefined);
      await withReports("warn", async () => {
        for (let n = 0; n < 2; n++) await come({ user: fresh("user") });
        await untilStats({ connections: 2 });
        expect(linesOf(told)).toEqual([]);
        await letMinutesPass(2, async () => {
          for (let n = 0; n < 3; n++) await come({ user: fresh("user") });
          await expect
            .poll(() => linesOf(told))
            .toEqual([
              expect.objectContaining({ message: "there are many connections", above: 3, limit: 10_000 }),
            ]);
        });
        await letMinutesPass(30, async () => {
          await come({ user: fresh("user") });
          await untilStats({ connections: 6 });
        });
        expect(linesOf(told)).toHaveLength(1);
      });
    }));
});

/** Lets there be so many connections at the most: for the objects, and for the Worker, which reads settings of its own. */
async function withLimit(limit: number, task: () => Promise<void>): Promise<void> {
  const ofWorker = settingsOf(env);
  const before = { ...ofWorker };
  Object.assign(ofWorker, { MAX_CONNECTIONS: limit });
  await withSettings({ MAX_CONNECTIONS: limit }, task).finally(() => Object.assign(ofWorker, before));
}

/** What was told of connections. */
const linesOf = (told: { mock: { calls: unknown[][] } }) =>
  told.mock.calls
    .map(([line]): { message: string } => JSON.parse(String(line)))
    .filter(({ message }) => message.includes("connections"));

/** Lets the clock of all objects be ahead during a task. */
async function letMinutesPass(minutes: number, task: () => Promise<void>): Promise<void> {
  const { now } = Date;
  const clock = vi.spyOn(Date, "now").mockImplementation(() => now() + minutes * 60_000);
  await task();
  clock.mockRestore();
}

/** Lets more be told than tests otherwise do. */
async function withReports(level: LogLevel, task: () => Promise<void>): Promise<void> {
  reportFrom(level);
  try {
    await task();
  } finally {
    reportFrom("error");
  }
}

async function nextAlarm(room: string): Promise<number> {
  const alarm = await runInDurableObject(roomObject(env, room), (_instance, { storage }) =>
    storage.getAlarm(),
  );
  return alarm ?? Number.POSITIVE_INFINITY;
}
