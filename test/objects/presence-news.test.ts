import { describe, expect, it } from "vitest";
import type { Publication } from "../../src/objects/publication.ts";
import { counting, GRACE, Shard, type ShardLimits, START, Surroundings } from "./shard.ts";
import { withSql } from "./stored.ts";

const CHANNELS = ["admin:system"];

function setUp(sql: SqlStorage, more: ShardLimits = { channels: CHANNELS }) {
  const surroundings = new Surroundings();
  const wake = () => new Shard(sql, surroundings, more);
  let shard = wake();
  return {
    surroundings,
    get shard() {
      return shard;
    },
    /** The object dies, and the next one knows what is stored. */
    die: () => {
      shard.die();
      shard = wake();
    },
    come: (user: string) => {
      surroundings.now += 1;
      shard.register(user, ["a"]);
    },
    go: (user: string) => {
      surroundings.now += 1;
      shard.members.leave({ user, generation: surroundings.now, position: undefined });
    },
    /** Time goes on, and the alarm rings if it was set for any time until then. */
    later: async (ms: number) => {
      surroundings.now += ms;
      if (surroundings.wakes.some((time) => time <= surroundings.now)) await shard.news.tell();
    },
  };
}

describe("what the audience is told of presence", () => {
  it("is that a user came, and a grace after the last connection that they went (U1, U2)", () =>
    withSql(async (sql) => {
      const { surroundings, come, go, later, shard } = setUp(sql);
      come("u1");
      await shard.news.tell();
      expect(surroundings.told).toEqual(["online u1 at 1"]);
      go("u1");
      await later(GRACE - 1);
      expect(surroundings.told).toHaveLength(1);
      await later(1);
      expect(surroundings.told).toEqual(["online u1 at 1", "offline u1 at 2"]);
      expect(shard.news.due).toBeUndefined();
    }));

  it("is nothing of a page that is loaded anew, though the shard dies in between (U1)", () =>
    withSql(async (sql) => {
      const set = setUp(sql);
      set.come("u1");
      await set.shard.news.tell();
      for (let round = 0; round < 5; round++) {
        set.go("u1");
        if (round % 2 === 0) set.die();
        await set.later(GRACE - 1000);
        set.come("u1");
        if (round % 3 === 0) set.die();
      }
      await set.later(10 * GRACE);
      expect(set.surroundings.told).toEqual(["online u1 at 1"]);
      expect(set.shard.members.find("u1")?.presence).toEqual({ since: START + 1, leftAt: undefined });
    }));

  it("is told by the alarm when the shard died before, in its order", () =>
    withSql(async (sql) => {
      const set = setUp(sql);
      set.surroundings.onTold = () => {
        throw new Error("Nobody hears this.");
      };
      set.come("u1");
      await set.shard.news.tell();
      set.go("u1");
      set.come("u2");
      set.die();
      set.surroundings.onTold = () => undefined;
      await set.later(GRACE + 10);
      expect(set.surroundings.told).toEqual(["online u1 at 1", "online u2 at 3", "offline u1 at 2"]);
    }));

  it("has the same id when it is told again, so that it counts once", () =>
    withSql(async (sql) => {
      const set = setUp(sql);
      const heard: Publication[] = [];
      set.surroundings.onTold = (publications) => {
        heard.push(...publications);
        throw new Error("The answer is lost.");
      };
      set.come("u1");
      await set.shard.news.tell();
      expect(set.shard.news.due).toBe(set.surroundings.now + 5000);
      await set.later(5000);
      set.die();
      await set.later(1);
      expect(heard).toHaveLength(3);
      expect(new Set(heard.map(({ id }) => id))).toEqual(new Set([`presence:online:${START + 1}:u1`]));
      expect(heard[0]?.events).toEqual([
        {
          channel: "admin:system",
          event: "user:presence",
          data: JSON.stringify({ userId: "u1", status: "online", timestamp: START + 1 }),
          store: true,
          ttl: 3600,
          aim: { except: { user: "u1" } },
        },
      ]);
    }));

  it("says that a user came again while it is being told that they went, after that", () =>
    withSql(async (sql) => {
      const set = setUp(sql);
      set.come("u1");
      await set.shard.news.tell();
      set.go("u1");
      const { promise, resolve } = Promise.withResolvers<void>();
      set.surroundings.onTold = () => promise;
      const telling = set.later(GRACE);
      await Promise.resolve();
      await Promise.resolve();
      set.come("u1");
      resolve();
      await telling;
      await set.shard.news.tell();
      expect(set.surroundings.told.map((text) => text.split(" ")[0])).toEqual([
        "online",
        "offline",
        "online",
      ]);
    }));

  it("leaves out that a user went and came again before anybody could be told (U3)", () =>
    withSql(async (sql) => {
      const set = setUp(sql);
      set.come("u1");
      await set.shard.news.tell();
      set.go("u1");
      // The alarm is late.
      set.surroundings.now += 2 * GRACE;
      set.come("u1");
      await set.later(2 * GRACE);
      expect(set.surroundings.told).toEqual(["online u1 at 1"]);
    }));

  it("is nothing, and costs nothing, where no channel is named", () =>
    withSql(async (sql) => {
      const set = setUp(sql, {});
      set.come("u1");
      set.go("u1");
      await set.later(2 * GRACE);
      expect(set.surroundings.told).toEqual([]);
      expect(set.surroundings.wakes).toEqual([]);
      set.come("u1");
      // Nobody was told; so it counts from when they came back.
      expect(set.shard.members.find("u1")?.presence).toEqual({ since: START + 2 * GRACE + 3 });
    }));

  it("holds who comes in the very millisecond up to which all was told, should the shard die then", () =>
    withSql(async (sql) => {
      const set = setUp(sql);
      set.come("u1");
      await set.shard.news.tell();
      set.surroundings.now -= 1;
      set.come("u2");
      set.die();
      await set.later(5000);
      expect(set.surroundings.told).toEqual(["online u1 at 1", "online u2 at 1"]);
    }));

  it("is not told again by a shard that slept", () =>
    withSql(async (sql) => {
      const set = setUp(sql);
      set.come("u1");
      await set.shard.news.tell();
      const heard: Publication[] = [];
      set.surroundings.onTold = (publications) => void heard.push(...publications);
      set.die();
      await set.shard.news.tell();
      set.come("u2");
      await set.shard.news.tell();
      expect(heard.map(({ id }) => id)).toEqual([`presence:online:${START + 2}:u2`]);
    }));

  it("is no old news: of what nobody could be told for an hour nobody is told", () =>
    withSql(async (sql) => {
      const set = setUp(sql);
      set.come("u1");
      set.die();
      await set.later(3_601_000);
      expect(set.surroundings.told).toEqual([]);
    }));

  it("writes one row for all who came at once", () =>
    withSql(async (sql) => {
      const counted = counting(sql);
      const { shard, come } = setUp(counted.sql);
      for (let n = 0; n < 50; n++) come(`u${n}`);
      counted.rowsWritten();
      await shard.news.tell();
      expect(counted.rowsWritten()).toBeLessThanOrEqual(2);
    }));
});

describe("a user who is deleted", () => {
  it("has gone for those who were told of them, though the shard dies before it is told (U2)", () =>
    withSql(async (sql) => {
      const set = setUp(sql);
      set.come("u1");
      await set.shard.news.tell();
      set.go("u1");
      set.shard.members.erase("u1");
      expect(set.shard.members.find("u1")).toBeUndefined();
      set.die();
      await set.later(GRACE);
      expect(set.surroundings.told).toEqual(["online u1 at 1", "offline u1 at 2"]);
      await set.later(GRACE);
      expect(set.surroundings.told).toHaveLength(2);
    }));

  it("is not told of where nobody has heard of them", () =>
    withSql(async (sql) => {
      const set = setUp(sql);
      set.come("u1");
      set.shard.members.erase("u1");
      await set.later(2 * GRACE);
      expect(set.surroundings.told).toEqual([]);
    }));
});

describe("what a user's object says that it sees", () => {
  it("puts right what the shard believes, and counts less than a registration that came after it", () =>
    withSql(async (sql) => {
      const { surroundings, shard, come } = setUp(sql);
      come("u1");
      const asOf = surroundings.now;
      shard.members.settle("u1", { asOf, isHere: false, inRooms: false });
      expect(shard.members.find("u1")).toMatchObject({ isOnline: true, presence: { since: asOf } });
      expect(shard.pushes.size).toBe(1);
      surroundings.now += 10;
      shard.members.settle("u1", { asOf: asOf + 1, isHere: false, inRooms: false });
      expect(shard.members.find("u1")).toMatchObject({ isOnline: false, presence: { leftAt: asOf + 10 } });
      expect(shard.pushes.size).toBe(0);
    }));

  it("counts by when it was so, in whatever order it comes", () =>
    withSql(async (sql) => {
      const { shard } = setUp(sql);
      const isThere = () => shard.members.find("u1")?.rooms?.isThere;
      shard.members.settle("u1", { asOf: 3, isHere: false, inRooms: true });
      expect(isThere()).toBe(true);
      shard.members.settle("u1", { asOf: 2, isHere: false, inRooms: false });
      expect(isThere()).toBe(true);
      shard.members.settle("u1", { asOf: 4, isHere: false, inRooms: false });
      expect(isThere()).toBe(false);
      shard.members.settle("u1", { asOf: 3, isHere: false, inRooms: true });
      expect(isThere()).toBe(false);
    }));

  it("keeps a user online whose last own connection goes while one to a room is there", () =>
    withSql(async (sql) => {
      const set = setUp(sql);
      set.come("u1");
      set.shard.members.settle("u1", { asOf: set.surroundings.now, isHere: true, inRooms: true });
      set.go("u1");
      await set.later(2 * GRACE);
      expect(set.surroundings.told).toEqual(["online u1 at 1"]);
      const asOf = set.surroundings.now;
      set.shard.members.settle("u1", { asOf, isHere: false, inRooms: false });
      await set.later(GRACE);
      expect(set.surroundings.told).toEqual(["online u1 at 1", `offline u1 at ${asOf - START}`]);
    }));
});

describe("a user whom another shard takes over", () => {
  /** What a shard knows that tells nobody, of a user who came there or came and went. */
  const knownElsewhere = (...steps: ("come" | "go")[]) =>
    withSql((sql) => {
      const set = setUp(sql, {});
      for (const step of steps) set[step]("u1");
      const known = set.shard.members.find("u1");
      if (!known) throw new Error("The shard knows who came.");
      return known;
    });

  it("has been online all the time: the new one tells nothing else, though it dies", async () => {
    const known = await knownElsewhere("come");
    await withSql(async (sql) => {
      const set = setUp(sql);
      set.surroundings.now += 1000;
      set.shard.members.adopt(known);
      set.come("u1");
      set.die();
      await set.later(2 * GRACE);
      // The id is that by which the old one has told it.
      expect(["online u1 at 1"]).toEqual(expect.arrayContaining(set.surroundings.told));
      expect(set.shard.members.find("u1")?.presence).toEqual({ since: START + 1 });
    });
  });

  it.each(["leave", "forget"] as const)("is not told of by the old one, which is told to %s", async (how) => {
    await withSql(async (sql) => {
      const set = setUp(sql);
      set.come("u1");
      await set.shard.news.tell();
      const generation = set.surroundings.now + 5;
      if (how === "forget") {
        set.go("u1");
        set.shard.members.forget("u1", generation);
      } else {
        set.shard.members.leave({ user: "u1", generation, position: undefined, isMoved: true });
      }
      set.die();
      await set.later(2 * GRACE);
      expect(set.surroundings.told).toEqual(["online u1 at 1"]);
      expect(set.shard.members.find("u1")?.presence).toBeUndefined();
    });
  });

  it("is told of by the new one when they do not come back", async () => {
    for (const [steps, told] of [
      [["come", "go"], "offline u1 at 2"],
      [["come"], "offline u1 at 1000"],
    ] as const) {
      const known = await knownElsewhere(...steps);
      await withSql(async (sql) => {
        const set = setUp(sql);
        set.surroundings.now += 1000;
        set.shard.members.adopt(known);
        await set.later(GRACE);
        expect(set.surroundings.told).toEqual([told]);
      });
    }
  });
});

describe("a thousand joins and leaves", () => {
  it.each([1, 2, 3])(
    "in any order, with deaths and failures, leave no count that drifts (%i)",
    async (seed) => {
      await withSql(async (sql) => {
        const set = setUp(sql);
        let state = seed * 7919;
        const draw = (below: number) => {
          state = (Math.imul(state, 1103515245) + 12345) >>> 0;
          return (state >>> 8) % below;
        };
        const users = Array.from({ length: 20 }, (_, n) => `u${n}`);
        const there = new Set<string>();
        for (let round = 0; round < 1000; round++) {
          const user = users[draw(users.length)] ?? "";
          if (there.delete(user)) set.go(user);
          else {
            there.add(user);
            set.come(user);
          }
          if (draw(20) === 0) set.die();
          const isDeaf = draw(10) === 0;
          set.surroundings.onTold = () => {
            if (isDeaf) throw new Error("Nobody hears this.");
          };
          await set.later(draw(3000));
        }
        set.surroundings.onTold = () => undefined;
        await set.later(60_000);
        await set.later(60_000);
        const { told } = set.surroundings;
        for (const user of users) {
          const own = told.filter((text) => text.split(" ")[1] === user).map((text) => text.split(" ")[0]);
          const isAlternating = own.every(
            (status, index) => status === (index % 2 === 0 ? "online" : "offline"),
          );
          expect({ user, own, isAlternating }).toMatchObject({ isAlternating: true });
          expect({ user, last: own.at(-1) ?? "offline" }).toEqual({
            user,
            last: there.has(user) ? "online" : "offline",
          });
        }
        expect(set.shard.rows.readThere().map((member) => member.user)).toEqual([...there].toSorted());
        expect(set.shard.pushes.size).toBe(there.size);
      });
    },
  );
});
