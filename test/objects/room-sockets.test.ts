import { describe, expect, it } from "vitest";
import { createRoomSocketTable, type RoomSocket, RoomSockets } from "../../src/objects/room-sockets.ts";
import { Schema } from "../../src/objects/schema.ts";
import { withSql } from "./stored.ts";

/** What is remembered in this storage, as an object has it when it wakes. */
const open = (sql: SqlStorage) => new RoomSockets(sql, new Schema(sql, [createRoomSocketTable]));

const socket = (more: Partial<RoomSocket> = {}): RoomSocket => ({
  room: "room:a",
  client: "tab",
  connection: "c1",
  generation: 1,
  ...more,
});

const nobodyAlive = async () => [];

describe("the rooms' sockets of a user (F7)", () => {
  it("are none, and need no table, before the first", () =>
    withSql(async (sql) => {
      const sockets = open(sql);
      expect(sockets.all).toEqual([]);
      sockets.remove(socket());
      expect(await sockets.makeRoom(socket(), 1, nobodyAlive)).toBe(true);
      expect(sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'room_socket'").toArray()).toEqual([]);
    }));

  it("are one for each device and room; a newer one takes the older one's place", () =>
    withSql((sql) => {
      const sockets = open(sql);
      sockets.add(socket());
      sockets.add(socket({ client: "phone", connection: "c2" }));
      sockets.add(socket({ room: "room:b", connection: "c3" }));
      sockets.add(socket({ connection: "c4", generation: 2 }));
      expect(
        open(sql)
          .all.map(({ connection }) => connection)
          .sort(),
      ).toEqual(["c2", "c3", "c4"]);
    }));

  it("are not overwritten by an older generation, nor removed by the end of a replaced connection", () =>
    withSql((sql) => {
      const sockets = open(sql);
      sockets.add(socket({ connection: "new", generation: 5 }));
      sockets.add(socket({ connection: "old", generation: 4 }));
      sockets.remove(socket({ connection: "old" }));
      sockets.remove(socket({ connection: "new", room: "room:b" }));
      expect(open(sql).all).toEqual([socket({ connection: "new", generation: 5 })]);
      sockets.remove(socket({ connection: "new" }));
      expect(open(sql).all).toEqual([]);
    }));

  it("ask no room while there are fewer than allowed", () =>
    withSql(async (sql) => {
      const sockets = open(sql);
      sockets.add(socket());
      const asked: string[] = [];
      const ask = async (room: string) => {
        asked.push(room);
        return [];
      };
      expect(await sockets.makeRoom(socket({ client: "phone" }), 2, ask)).toBe(true);
      // A device that comes again to the same room is not another one.
      expect(await sockets.makeRoom(socket(), 1, ask)).toBe(true);
      expect(asked).toEqual([]);
    }));

  it("ask each room once when there are as many as allowed, and forget those that are gone", () =>
    withSql(async (sql) => {
      const sockets = open(sql);
      sockets.add(socket({ client: "a", connection: "c1" }));
      sockets.add(socket({ client: "b", connection: "c2" }));
      sockets.add(socket({ client: "a", connection: "c3", room: "room:b" }));
      const asked: string[] = [];
      const ask = async (room: string) => {
        asked.push(room);
        return room === "room:a" ? ["c2"] : ["c3"];
      };
      const later = { client: "new", generation: 60_000 };
      expect(await sockets.makeRoom(socket(later), 3, ask)).toBe(true);
      expect(asked.sort()).toEqual(["room:a", "room:b"]);
      expect(await sockets.makeRoom(socket(later), 2, ask)).toBe(false);
      expect(open(sql).all.map(({ connection }) => connection)).toEqual(["c2", "c3"]);
    }));

  it("keep what is remembered of a room that cannot be asked", () =>
    withSql(async (sql) => {
      const sockets = open(sql);
      sockets.add(socket());
      const ask = () => Promise.reject(new Error("out of reach"));
      await expect(sockets.makeRoom(socket({ client: "new" }), 1, ask)).rejects.toThrow("out of reach");
      expect(sockets.all).toHaveLength(1);
    }));
});
