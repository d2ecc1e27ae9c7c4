import { describe, expect, it } from "vitest";
import { eventFor, facet, Shard, type ShardLimits, START, Surroundings, textOf } from "./shard.ts";
import { withSql } from "./stored.ts";

/** A shard in this storage, with so many members who are there and hold the role `a`: `u1`, `u2` … */
function setUp(sql: SqlStorage, members: number, more: ShardLimits = {}) {
  const surroundings = new Surroundings();
  const shard = new Shard(sql, surroundings, more);
  for (let at = 1; at <= members; at++) shard.register(`u${at}`, ["a"]);
  return { surroundings, shard, wake: () => new Shard(sql, surroundings, more) };
}

/** An answer that a test gives when it likes. */
function held() {
  const { promise, resolve, reject } = Promise.withResolvers<{ kind: "taken"; connections: number }>();
  return { promise, take: () => resolve({ kind: "taken", connections: 1 }), reject };
}

const unreachable = async () => {
  throw new Error("out of reach");
};

describe("a shard's members", () => {
  it("are handed what is for them, and nobody is called for whom nothing is", () =>
    withSql(async (sql) => {
      const { shard, surroundings } = setUp(sql, 2);
      shard.register("other", ["b"]);
      await shard.publish("e1", eventFor("a"));
      await shard.publish("e2", eventFor("b"), eventFor("a"));
      expect(surroundings.to("u1")).toEqual(["0-1:e1", "1-3:e2"]);
      expect(surroundings.to("u2")).toEqual(["0-1:e1", "1-3:e2"]);
      expect(surroundings.to("other")).toEqual(["0-3:e2"]);
      expect(shard.pushes.size).toBe(3);
    }));

  it("are called under the generation under which they came", () =>
    withSql(async (sql) => {
      const { shard, surroundings } = setUp(sql, 0);
      shard.register("u1", ["a"], { generation: 7 });
      await shard.publish("e1", eventFor("a"));
      expect(surroundings.pushed).toMatchObject([{ user: "u1", generation: 7 }]);
    }));

  it("are handed what was stored while they were handed something, with one call under way for each", () =>
    withSql(async (sql) => {
      const { shard, surroundings } = setUp(sql, 1);
      const first = held();
      surroundings.answer = () => first.promise;
      const handing = [shard.publish("e1", eventFor("a"))];
      await expect.poll(() => surroundings.to("u1")).toEqual(["0-1:e1"]);
      surroundings.answer = () => ({ kind: "taken", connections: 1 });
      handing.push(shard.publish("e2", eventFor("a")), shard.publish("e3", eventFor("a")));
      first.take();
      await Promise.all(handing);
      expect(surroundings.to("u1")).toEqual(["0-1:e1", "1-3:e2,e3"]);
      expect(surroundings.mostUnderWay).toBe(1);
    }));

  it("are called so many at once and not more", () =>
    withSql(async (sql) => {
      const { shard, surroundings } = setUp(sql, 12, { concurrency: 3 });
      surroundings.answer = async () => {
        await scheduler.wait(1);
        return { kind: "taken", connections: 1 };
      };
      await shard.publish("e1", eventFor("a"));
      expect(surroundings.pushed).toHaveLength(12);
      expect(surroundings.mostUnderWay).toBe(3);
    }));

  it("do not wait for one who does not answer, neither for this event nor for the next", () =>
    withSql(async (sql) => {
      const { shard, surroundings } = setUp(sql, 6, { concurrency: 2 });
      surroundings.answer = ({ user }) =>
        user === "u1" ? new Promise(() => undefined) : { kind: "taken", connections: 1 };
      void shard.publish("e1", eventFor("a"));
      await expect.poll(() => surroundings.to("u6")).toEqual(["0-1:e1"]);
      void shard.publish("e2", eventFor("a"));
      await expect.poll(() => surroundings.to("u6")).toEqual(["0-1:e1", "1-2:e2"]);
      expect(surroundings.to("u1")).toEqual(["0-1:e1"]);
      expect(shard.pushes.isDue).toBe(true);
    }));

  it("who are behind are served from where they say they are, whatever they were taken to have", () =>
    withSql(async (sql) => {
      const { shard, surroundings } = setUp(sql, 0);
      for (const id of ["e1", "e2", "e3"]) shard.store(id, eventFor("a"));
      shard.register("u1", ["a"]);
      surroundings.answer = ({ push }) =>
        push.kind === "page" && push.page.after > 1
          ? { kind: "behind", position: { epoch: shard.log.top.epoch, offset: 1 } }
          : { kind: "taken", connections: 1 };
      await shard.publish("e4", eventFor("a"));
      expect(surroundings.to("u1")).toEqual(["3-4:e4", "1-4:e2,e3,e4"]);
    }));

  it("who are where the log does not reach back to are told so, and go on from the top", () =>
    withSql(async (sql) => {
      const { shard, surroundings } = setUp(sql, 1);
      surroundings.answer = ({ push }) =>
        push.kind === "page" && push.page.after === 0
          ? { kind: "behind", position: { epoch: "other", offset: 9 } }
          : { kind: "taken", connections: 1 };
      await shard.publish("e1", eventFor("a"));
      await shard.publish("e2", eventFor("a"));
      expect(surroundings.to("u1")).toEqual(["0-1:e1", "reset 1", "1-2:e2"]);
    }));

  it("who say for ever that they are behind are given up, until the alarm", () =>
    withSql(async (sql) => {
      const { shard, surroundings } = setUp(sql, 1);
      surroundings.answer = () => ({ kind: "behind", position: { epoch: shard.log.top.epoch, offset: 0 } });
      await shard.publish("e1", eventFor("a"));
      expect(surroundings.pushed).toHaveLength(1000);
      expect(shard.pushes.retryDue()).toBe(START + 5000);
    }));

  it("whose objects hold no connection are not there any more, and keep their place", () =>
    withSql(async (sql) => {
      const { shard, surroundings } = setUp(sql, 2);
      await shard.publish("e1", eventFor("a"));
      surroundings.answer = () => ({ kind: "gone" });
      await shard.publish("e2", eventFor("a"));
      expect(shard.pushes.size).toBe(0);
      expect(shard.members.find("u1")).toMatchObject({ isOnline: false, at: 1, isOwed: false });
      await shard.publish("e3", eventFor("a"));
      expect(surroundings.to("u1")).toEqual(["0-1:e1", "1-2:e2"]);
      const given = shard.given("u1", ["a"], { generation: START + 1 });
      expect(textOf(given.push)).toBe("1-3:e2,e3");
    }));

  it("who came again while an older call was under way are not gone by its answer", () =>
    withSql(async (sql) => {
      const { shard, surroundings } = setUp(sql, 1);
      const { promise, resolve } = Promise.withResolvers<{ kind: "gone" }>();
      surroundings.answer = ({ generation }) =>
        generation === START ? promise : { kind: "taken", connections: 1 };
      const handing = shard.publish("e1", eventFor("a"));
      await expect.poll(() => surroundings.to("u1")).toHaveLength(1);
      expect(textOf(shard.given("u1", ["a"], { generation: START + 1 }).push)).toBe("0-1:e1");
      resolve({ kind: "gone" });
      await handing;
      expect(shard.members.find("u1")).toMatchObject({ isOnline: true, generation: START + 1 });
      await shard.publish("e2", eventFor("a"));
      expect(surroundings.pushed.at(-1)).toMatchObject({ generation: START + 1 });
    }));
});

describe("a member who cannot be reached", () => {
  it("is tried three times, then by the alarm, and written down meanwhile", () =>
    withSql(async (sql) => {
      const { shard, surroundings } = setUp(sql, 2);
      surroundings.answer = ({ user }) => (user === "u1" ? unreachable() : { kind: "taken", connections: 1 });
      await shard.publish("e1", eventFor("a"));
      expect(surroundings.to("u1")).toHaveLength(3);
      expect(surroundings.to("u2")).toHaveLength(1);
      expect(shard.members.find("u1")).toMatchObject({ isOnline: true, isOwed: true, at: 0 });
      expect(surroundings.wakes).toEqual([START + 5000]);
      expect(shard.pushes.retryDue()).toBe(START + 5000);
      await shard.publish("e2", eventFor("a"));
      expect(surroundings.to("u1")).toHaveLength(3);
      surroundings.answer = () => ({ kind: "taken", connections: 1 });
      await shard.pushes.retryFailed();
      expect(surroundings.to("u1")).toHaveLength(3);
      surroundings.now += 5000;
      await shard.pushes.retryFailed();
      expect(surroundings.to("u1").at(-1)).toBe("0-2:e1,e2");
      expect(shard.pushes.retryDue()).toBeUndefined();
      expect(shard.members.find("u1")).toMatchObject({ isOwed: false, at: 2 });
    }));

  it("is tried at growing intervals, a minute at most", () =>
    withSql(async (sql) => {
      const { shard, surroundings } = setUp(sql, 1);
      surroundings.answer = unreachable;
      await shard.publish("e1", eventFor("a"));
      const intervals: number[] = [];
      for (let round = 0; round < 6; round++) {
        const due = shard.pushes.retryDue() ?? 0;
        intervals.push(due - surroundings.now);
        surroundings.now = due;
        await shard.pushes.retryFailed();
      }
      expect(intervals).toEqual([5000, 10_000, 20_000, 40_000, 60_000, 60_000]);
      expect(surroundings.wakes).toHaveLength(7);
    }));

  it("counts as out of reach who takes too long to answer", () =>
    withSql(async (sql) => {
      const { shard, surroundings } = setUp(sql, 1);
      surroundings.answer = () => new Promise(() => undefined);
      const handing = shard.publish("e1", eventFor("a"));
      for (let attempt = 1; attempt <= 3; attempt++) {
        await expect.poll(() => surroundings.to("u1")).toHaveLength(attempt);
        surroundings.losePatience();
      }
      await handing;
      expect(shard.pushes.retryDue()).toBe(START + 5000);
    }));

  it("is not waited for after what was for them has expired: the alarm does not ring for ever", () =>
    withSql(async (sql) => {
      const { shard, surroundings } = setUp(sql, 1);
      surroundings.answer = unreachable;
      await shard.publish("e1", eventFor("a", { ttl: 1 }));
      surroundings.now += 5000;
      await shard.pushes.retryFailed();
      expect(shard.pushes.retryDue()).toBeUndefined();
      surroundings.answer = () => ({ kind: "taken", connections: 1 });
      await shard.publish("e2", eventFor("a"));
      expect(surroundings.to("u1").at(-1)).toBe("0-2:e2");
    }));

  it("loses a passing event, and the alarm does not ring for ever for it", () =>
    withSql(async (sql) => {
      const { shard, surroundings } = setUp(sql, 1);
      await shard.publish("e1", eventFor("a"));
      surroundings.answer = unreachable;
      await shard.publish("p1", eventFor("a", { store: false }));
      expect(shard.pushes.retryDue()).toBe(START + 5000);
      surroundings.now += 5000;
      await shard.pushes.retryFailed();
      expect(shard.pushes.retryDue()).toBeUndefined();
      surroundings.answer = () => ({ kind: "taken", connections: 1 });
      await shard.publish("e2", eventFor("a"));
      expect(surroundings.to("u1").at(-1)).toBe("1-2:e2");
    }));
});

describe("a member for whom nothing has come", () => {
  it("for longer than the log keeps anything misses nothing, and is not told so", () =>
    withSql(async (sql) => {
      const { shard, surroundings, wake } = setUp(sql, 1, { events: 10 });
      for (let at = 1; at <= 100; at++) await shard.publish(`b${at}`, eventFor("b"));
      shard.log.prune();
      expect(shard.log.floor).toBe(90);
      await shard.publish("e1", eventFor("a"));
      expect(surroundings.to("u1")).toEqual(["0-101:e1"]);
      for (let at = 101; at <= 200; at++) await shard.publish(`b${at}`, eventFor("b"));
      shard.log.prune();
      await wake().publish("e2", eventFor("a"));
      expect(surroundings.to("u1")[1]).toMatch(/-202:e2$/);
    }));

  it("is served from where their object stands, which need not say that it is behind", () =>
    withSql(async (sql) => {
      const { shard, surroundings, wake } = setUp(sql, 1);
      await shard.publish("e1", eventFor("b"));
      await wake().publish("e2", eventFor("a"));
      expect(surroundings.to("u1")).toEqual(["0-2:e2"]);
    }));

  it("but passing events stands where they stood before", () =>
    withSql(async (sql) => {
      const { shard, surroundings } = setUp(sql, 1);
      await shard.publish("e1", eventFor("b"));
      await shard.publish("p1", eventFor("a", { store: false }));
      await shard.publish("e2", eventFor("a"));
      expect(surroundings.to("u1")).toEqual(["0-1:[p1]", "0-2:e2"]);
    }));
});

describe("what was given to who came", () => {
  it("counts as owed until something that follows is taken, though more was looked through meanwhile", () =>
    withSql(async (sql) => {
      const { shard, surroundings } = setUp(sql, 0, { pageEvents: 2 });
      shard.store("e1", eventFor("a"));
      for (const id of ["b1", "b2", "b3"]) shard.store(id, eventFor("b"));
      const position = { ...shard.log.top, offset: 0 };
      expect(textOf(shard.given("u1", ["a"], { position }).push)).toBe("0-2:e1");
      // The page that was given does not reach the top; nothing of the rest is for this member.
      await shard.pushes.handOn();
      expect(surroundings.pushed).toEqual([]);
      expect(shard.members.find("u1")).toMatchObject({ isOwed: true, at: 0 });
      const again = shard.given("u1", ["a"], { position, generation: START + 1 });
      expect(textOf(again.push)).toBe("0-2:e1");
      await shard.publish("e2", eventFor("a"));
      expect(shard.members.find("u1")).toMatchObject({ isOwed: false, at: 5 });
    }));
});

describe("who comes after long", () => {
  /** One for them behind so much for others that it is looked through in three turns, with two entries a page. */
  function setUpLong(sql: SqlStorage) {
    const world = setUp(sql, 0, { pageEvents: 2 });
    for (let at = 1; at <= 20; at++) world.shard.store(`b${at}`, eventFor("b"));
    world.shard.store("e1", eventFor("a"));
    return { ...world, position: { ...world.shard.log.top, offset: 0 } };
  }

  it("is answered before everything is looked through, and handed what is found", () =>
    withSql(async (sql) => {
      const { shard, surroundings, position } = setUpLong(sql);
      const given = shard.given("u1", ["a"], { position });
      expect([textOf(given.push), given.more]).toEqual(["0-8:", true]);
      expect(shard.members.find("u1")).toMatchObject({ isOwed: true, at: 8 });
      await shard.pushes.handOn();
      expect(surroundings.to("u1")).toEqual(["8-21:e1"]);
      expect(shard.members.find("u1")).toMatchObject({ isOwed: false, at: 21 });
    }));

  it("is looked through for in turns, between which others are served", () =>
    withSql(async (sql) => {
      const { shard, surroundings, position } = setUpLong(sql);
      const { wait } = surroundings;
      const turns: string[] = [];
      Object.assign(surroundings, {
        wait: (ms: number) => {
          turns.push(`${ms}: ${surroundings.to("u1").length}`);
          return wait(ms);
        },
      });
      const woken = new Shard(sql, surroundings, { pageEvents: 2 });
      expect(woken.given("u1", ["a"], { position }).more).toBe(true);
      await woken.pushes.handOn();
      expect(turns).toContain("0: 0");
      expect(shard.members.find("u1")).toMatchObject({ isOwed: false, at: 21 });
    }));

  it("is owed nothing where nothing was for them", () =>
    withSql(async (sql) => {
      const { shard, surroundings, position } = setUpLong(sql);
      expect(shard.given("u1", ["c"], { position }).more).toBe(true);
      await shard.pushes.handOn();
      expect(surroundings.pushed).toEqual([]);
      expect(shard.members.find("u1")).toMatchObject({ isOwed: false });
      expect(shard.pushes.isDue).toBe(false);
    }));

  it("is handed the rest though the shard is put away meanwhile and nothing else happens", () =>
    withSql(async (sql) => {
      const { shard, surroundings, position, wake } = setUpLong(sql);
      await shard.pushes.handOn();
      surroundings.answer = () => new Promise(() => undefined);
      shard.given("u1", ["a"], { position });
      expect(surroundings.wakes).toEqual([START + 5000]);
      await expect.poll(() => surroundings.to("u1")).toEqual(["8-21:e1"]);
      surroundings.answer = () => ({ kind: "taken", connections: 1 });
      const woken = wake();
      expect(woken.pushes.isDue).toBe(true);
      await woken.pushes.handOn();
      expect(surroundings.to("u1")).toEqual(["8-21:e1", "8-21:e1"]);
      expect(woken.pushes.isDue).toBe(false);
    }));

  it("wakes nobody later where all was given at once", () =>
    withSql((sql) => {
      const { shard, surroundings } = setUp(sql, 0);
      shard.store("e1", eventFor("a"));
      expect(textOf(shard.given("u1", ["a"], { position: { ...shard.log.top, offset: 0 } }).push)).toBe(
        "0-1:e1",
      );
      expect(surroundings.wakes).toEqual([]);
    }));
});

describe("an entry that this code cannot read", () => {
  it("is written down as a failure, and tried again by the alarm", () =>
    withSql(async (sql) => {
      const { shard, surroundings, wake } = setUp(sql, 2);
      shard.store("e1", eventFor("a"));
      sql.exec("UPDATE log SET frame = '{}' WHERE id = 'e1'");
      const woken = wake();
      await woken.pushes.handOn();
      expect(woken.pushes.retryDue()).toBe(START + 5000);
      surroundings.now += 5000;
      await woken.pushes.retryFailed();
      expect(woken.pushes.retryDue()).toBe(START + 15_000);
      expect(surroundings.pushed).toEqual([]);
    }));
});

describe("passing events", () => {
  it("go to whom they are for, behind what is stored, and to nobody who is not there", () =>
    withSql(async (sql) => {
      const { shard, surroundings } = setUp(sql, 1);
      shard.register("other", ["b"]);
      await shard.publish("p1", eventFor("a", { store: false }));
      shard.store("e1", eventFor("a"));
      await shard.publish("p2", eventFor("a", { store: false }));
      expect(surroundings.to("u1")).toEqual(["0-0:[p1]", "0-1:e1,[p2]"]);
      expect(surroundings.to("other")).toEqual([]);
      shard.register("late", ["a"]);
      expect(surroundings.to("late")).toEqual([]);
    }));

  it("are for who somebody is now, not for who they were", () =>
    withSql(async (sql) => {
      const { shard, surroundings } = setUp(sql, 1);
      shard.store("e1", eventFor("a"));
      shard.register("u1", ["b"], { change: { kind: "set", facets: [facet(["b"])] }, generation: START + 1 });
      await shard.publish("p1", eventFor("a", { store: false }));
      await shard.publish("p2", eventFor("b", { store: false }));
      expect(
        surroundings.pushed.flatMap(({ push }) => (push.kind === "page" ? push.passing : [])),
      ).toMatchObject([{ id: "p2" }]);
    }));
});

describe("a shard that is put away in the midst of it", () => {
  it("asks, before it hands anything on, to be woken for it", () =>
    withSql((sql) => {
      const { shard, surroundings } = setUp(sql, 1);
      shard.pushes.announce();
      expect(surroundings.wakes).toEqual([START + 5000]);
    }));

  it("hands on, when it wakes, what it had not handed to everybody, and not what it had", () =>
    withSql(async (sql) => {
      const { shard, surroundings, wake } = setUp(sql, 3, { concurrency: 1 });
      await shard.publish("e1", eventFor("a"));
      surroundings.answer = ({ user }) =>
        user === "u1" ? { kind: "taken", connections: 1 } : new Promise(() => undefined);
      void shard.publish("e2", eventFor("a"));
      await expect.poll(() => surroundings.to("u2")).toHaveLength(2);
      const woken = wake();
      expect(woken.pushes.isDue).toBe(true);
      surroundings.answer = () => ({ kind: "taken", connections: 1 });
      await woken.pushes.handOn();
      for (const user of ["u1", "u2", "u3"]) {
        const ids = surroundings.to(user).map((text) => text.split(":")[1]);
        expect(new Set(ids)).toEqual(new Set(["e1", "e2"]));
        expect(ids.at(-1)).toBe("e2");
      }
      expect(surroundings.to("u3")).toHaveLength(2);
      expect(woken.pushes.isDue).toBe(false);
      const again = wake();
      await again.pushes.handOn();
      expect(surroundings.to("u1")).toHaveLength(3);
    }));

  it("knows, when it wakes, whom it could not reach", () =>
    withSql(async (sql) => {
      const { shard, surroundings, wake } = setUp(sql, 1);
      await shard.publish("e1", eventFor("a"));
      surroundings.answer = unreachable;
      await shard.publish("e2", eventFor("a"));
      expect(shard.pushes.isDue).toBe(false);
      surroundings.answer = () => ({ kind: "taken", connections: 1 });
      const woken = wake();
      await woken.pushes.handOn();
      expect(surroundings.to("u1").at(-1)).toBe("1-2:e2");
      expect(woken.members.find("u1")).toMatchObject({ isOwed: false, at: 2 });
    }));
});
