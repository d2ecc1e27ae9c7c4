import { describe, expect, it } from "vitest";
import { addUp } from "../../src/http/statistics.ts";
import { ask, askWith, fresh, problemOf, publisher, tokenOf } from "./service.ts";

describe("GET /stats", () => {
  it("is for operators", async () => {
    expect(await problemOf(await ask("/stats"))).toMatchObject({ code: "unauthorized" });
    const headers = { Authorization: `Bearer ${await tokenOf(fresh("admin"), { roles: ["ADMIN"] })}` };
    expect(await problemOf(await ask("/stats", { headers }))).toMatchObject({ code: "forbidden" });
    const response = await askWith({ OPERATOR_ROLES: "admin" }, "/stats", { headers });
    expect([response.status, response.headers.get("Cache-Control")]).toEqual([200, "no-store"]);
  });

  it.each([
    ["probe=yes", "probe is true or false."],
    ["connections=1", "connections is true or false."],
    ["limit=0", "limit is a whole number from 1."],
    ["limit=many", "limit is a whole number from 1."],
    ["after=user", "after is the `next` of the page before."],
    ["after=0.", "after is the `next` of the page before."],
    ["after=x.user", "after is the `next` of the page before."],
  ])("refuses ?%s", async (query, detail) => {
    const response = await ask(`/stats?${query}`, { headers: publisher });
    expect(await problemOf(response)).toMatchObject({ code: "invalid_request", detail });
  });

  it("has the shards of the settings, and the limit", async () => {
    const vars = { AUDIENCE_SHARDS: "2", MAX_CONNECTIONS: "0" };
    const response = await askWith(vars, "/stats?connections=true&after=1.zzz", { headers: publisher });
    expect(await response.json()).toMatchObject({
      ...{ limit: 0, list: [], next: null },
      shards: [{ shard: 0 }, { shard: 1 }],
    });
  });
});

describe("what shards have counted", () => {
  const nothing = { users: 0, connections: 0, direct: 0, roles: {}, tenants: {}, roomsInUse: 0, rooms: [] };

  it("is added up, the largest first", () => {
    const { roles, rooms, ...rest } = addUp([
      { ...nothing, shard: 0, users: 2, connections: 3, roles: { nurse: 1, admin: 1 } },
      {
        ...{ ...nothing, shard: 1, users: 2, connections: 4, direct: 1, roles: { nurse: 1 }, roomsInUse: 2 },
        rooms: [
          { room: "room:b", direct: 1, relayed: 0, since: 2 },
          { room: "room:a", direct: 1, relayed: 1, since: 1 },
        ],
      },
    ]);
    expect(Object.entries(roles)).toEqual([
      ["nurse", 2],
      ["admin", 1],
    ]);
    expect(rooms.map(({ room, connections }) => [room, connections])).toEqual([
      ["room:a", 2],
      ["room:b", 1],
    ]);
    expect(rest).toMatchObject({ users: 4, connections: 7, direct: 1, roomsInUse: 2 });
  });

  it("names a hundred rooms and tenants, and counts all", () => {
    const names = Array.from({ length: 150 }, (_, n) => `n${n}`);
    const tenants = Object.fromEntries(names.map((name, n) => [name, n]));
    const rooms = names.map((name, n) => ({ room: `room:${name}`, direct: n, relayed: 0, since: 1 }));
    const added = addUp([{ ...nothing, shard: 0, tenants, rooms, roomsInUse: 150 }]);
    expect(Object.keys(added.tenants)).toHaveLength(100);
    expect(added.rooms).toHaveLength(100);
    expect([added.rooms[0]?.room, added.roomsInUse]).toEqual(["room:n149", 150]);
  });
});
