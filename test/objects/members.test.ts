import { describe, expect, it } from "vitest";
import type { FacetChange } from "../../src/objects/standing.ts";
import type { Position } from "../../src/protocol/position.ts";
import {
  counting,
  DAY,
  eventFor,
  facet,
  notification,
  Shard,
  type ShardLimits,
  START,
  Surroundings,
  textOf,
} from "./shard.ts";
import { withSql } from "./stored.ts";

function setUp(sql: SqlStorage, more: ShardLimits = {}) {
  const surroundings = new Surroundings();
  const shard = new Shard(sql, surroundings, more);
  const at = (offset: number): Position => ({ ...shard.log.top, offset });
  return { surroundings, shard, at, wake: () => new Shard(sql, surroundings, more) };
}

describe("who comes for the first time", () => {
  it("stands at the top, before the audience's first event too", () =>
    withSql((sql) => {
      const { shard } = setUp(sql);
      expect(shard.register("u1", ["a"])).toEqual({
        kind: "given",
        from: { epoch: "0", offset: 0 },
        push: { kind: "page", page: { epoch: "0", after: 0, upTo: 0, entries: [] }, passing: [] },
        isLost: false,
        more: false,
      });
      expect(shard.members.find("u1")).toMatchObject({ isOnline: true, isNew: false, isOwed: false, at: 0 });
    }));

  it("is remembered by nothing but who they are, where there was nothing to be given", () =>
    withSql((sql) => {
      const { shard, surroundings } = setUp(sql);
      shard.store("plain", eventFor("a"), eventFor("b", { notification }));
      surroundings.now += 1000;
      expect(textOf(shard.given("u1", ["a"]).push)).toBe("0-2:");
      expect(shard.members.find("u1")).toMatchObject({ at: 2, versions: [], isOwed: false });
    }));

  it("is given what was published since they were greeted, and the notifications of the last days", () =>
    withSql((sql) => {
      const { shard, surroundings } = setUp(sql);
      shard.store("noted", eventFor("a", { notification }));
      shard.store("plain", eventFor("a"), eventFor("b", { notification }));
      surroundings.now += 1000;
      shard.store("since", eventFor("a"));
      const given = shard.given("u1", ["a"]);
      expect(textOf(given.push)).toBe("0-4:noted,since");
      expect(given).toMatchObject({ from: { offset: 0 }, isLost: false, more: false });
    }));

  it("is given notifications again until some have arrived", () =>
    withSql((sql) => {
      const { shard, surroundings, at } = setUp(sql);
      shard.store("noted", eventFor("a", { notification }));
      surroundings.now += 1000;
      for (let round = 0; round < 2; round++) {
        const given = shard.given("u1", ["a"], { generation: START + round });
        expect(textOf(given.push)).toBe("0-1:noted");
      }
      expect(textOf(shard.visit("u1", ["a"]).push)).toBe("0-1:noted");
      expect(textOf(shard.visit("u1", ["a"], { position: at(1) }).push)).toBe("1-1:");
      expect(textOf(shard.given("u1", ["a"], { position: at(1), generation: START + 2 }).push)).toBe("1-1:");
      expect(shard.members.find("u1")).toMatchObject({ isNew: false, versions: [] });
    }));

  it("is given them page by page, of so many days and no more, to a socket and to who polls", () =>
    withSql(async (sql) => {
      const { shard, surroundings, at } = setUp(sql, { pageEvents: 2 });
      for (const days of [9, 6, 5, 4, 3]) {
        surroundings.now = START - days * DAY;
        shard.store(`n${days}`, eventFor("a", { notification }));
        shard.store(`p${days}`, eventFor("a"));
      }
      surroundings.now = START;
      shard.store("since", eventFor("a"));
      const given = shard.given("u1", ["a"]);
      expect([textOf(given.push), given.more, given.isLost]).toEqual(["2-4:n6", true, false]);
      expect(given.from).toEqual(at(2));
      await expect.poll(() => surroundings.to("u1")).toEqual(["4-6:n5", "6-8:n4", "8-10:n3", "10-11:since"]);
      const first = shard.visit("u2", ["a"]);
      expect([textOf(first.push), first.more]).toEqual(["2-4:n6", true]);
      expect(textOf(shard.visit("u2", ["a"], { position: at(8) }).push)).toBe("8-10:n3");
      expect(textOf(shard.visit("u2", ["a"], { position: at(10) }).push)).toBe("10-11:since");
    }));

  it("is given notifications alone, however much is looked through in vain before them", () =>
    withSql((sql) => {
      const { shard, surroundings, at } = setUp(sql, { pageEvents: 2 });
      for (let other = 1; other <= 10; other++) shard.store(`b${other}`, eventFor("b", { notification }));
      shard.store("noted", eventFor("a", { notification }));
      shard.store("plain", eventFor("a"));
      surroundings.now += 1000;
      const first = shard.visit("u1", ["a"]);
      expect([textOf(first.push), first.more]).toEqual(["0-8:", true]);
      const second = shard.visit("u1", ["a"], { position: at(8) });
      expect([textOf(second.push), second.more]).toEqual(["8-12:noted", false]);
    }));

  it("misses nothing of what was no notification and is gone, though it is newer than the oldest of them", () =>
    withSql((sql) => {
      const { shard, surroundings } = setUp(sql, { firstVisitDays: 30 });
      surroundings.now -= 10 * DAY;
      shard.store("noted", eventFor("a", { notification }));
      shard.store("plain", eventFor("a", { ttl: 60 }));
      surroundings.now = START;
      for (const generation of [START, START + 1]) {
        const given = shard.given("u1", ["a"], { generation });
        expect([textOf(given.push), given.isLost]).toEqual(["0-2:noted", false]);
      }
    }));

  it("and was spoken of by the backend is given what came since then too", () =>
    withSql((sql) => {
      const { shard, surroundings } = setUp(sql);
      shard.store("noted", eventFor("a", { notification }));
      surroundings.now += 1000;
      const said: FacetChange = { kind: "changed", fields: { roles: ["a"] } };
      shard.given("u1", [], { change: said, isOnline: false });
      expect(shard.members.find("u1")).toMatchObject({ isOnline: false, isNew: true, at: 1 });
      shard.store("since", eventFor("a"));
      surroundings.now += 1000;
      const given = shard.given("u1", ["a"], { generation: START + 5000 });
      expect(textOf(given.push)).toBe("0-2:noted,since");
    }));

  it("with a position that this shard does not know of a user is told that something is missing", () =>
    withSql((sql) => {
      const { shard, surroundings } = setUp(sql);
      shard.store("e1", eventFor("a"));
      surroundings.now += 1000;
      const given = shard.given("u1", ["a"], { position: { epoch: "other", offset: 1 } });
      expect(given).toMatchObject({ from: { offset: 1 }, isLost: true });
    }));

  it("with a position that it knows is given what follows", () =>
    withSql((sql) => {
      const { shard, surroundings, at } = setUp(sql);
      for (const id of ["e1", "e2"]) shard.store(id, eventFor("a"));
      surroundings.now += 1000;
      expect(textOf(shard.given("u1", ["a"], { position: at(1) }).push)).toBe("1-2:e2");
    }));
});

describe("who comes again", () => {
  it("is given what came since, as whom they were known when", () =>
    withSql((sql) => {
      const { shard, surroundings, at } = setUp(sql);
      shard.register("u1", ["a"]);
      shard.members.leave({ user: "u1", generation: START + 1, position: at(0) });
      shard.store("one", eventFor("a"));
      shard.store("early", eventFor("b"));
      surroundings.now += 1000;
      shard.store("late", eventFor("b"));
      const given = shard.given("u1", ["b"], { change: { kind: "set", facets: [facet(["b"])] } });
      expect(textOf(given.push)).toBe("0-3:one,late");
    }));

  it("is taken to have what the later says of the shard and the user's object", () =>
    withSql((sql) => {
      const { shard, at } = setUp(sql);
      shard.register("u1", ["a"]);
      for (const id of ["e1", "e2", "e3"]) shard.store(id, eventFor("a"));
      shard.members.leave({ user: "u1", generation: START + 1, position: at(2) });
      const less = shard.given("u1", ["a"], { generation: START + 2, position: at(1) });
      expect(textOf(less.push)).toBe("2-3:e3");
      const more = shard.given("u1", ["a"], { generation: START + 3, position: at(3) });
      expect(textOf(more.push)).toBe("3-3:");
    }));

  it("is given page after page, the first with the answer and the others as pushes", () =>
    withSql(async (sql) => {
      const { shard, surroundings } = setUp(sql, { pageEvents: 2 });
      shard.register("u1", ["a"]);
      shard.members.leave({ user: "u1", generation: START + 1, position: undefined });
      for (const id of ["e1", "e2", "e3", "e4", "e5"]) shard.store(id, eventFor("a"));
      const given = shard.given("u1", ["a"], { generation: START + 2 });
      expect([textOf(given.push), given.more]).toEqual(["0-2:e1,e2", true]);
      await expect.poll(() => surroundings.to("u1")).toEqual(["2-4:e3,e4", "4-5:e5"]);
    }));

  it("is told when something that may have been for them is gone, and again until they go on from there", () =>
    withSql((sql) => {
      const { shard, surroundings, at } = setUp(sql);
      shard.register("u1", ["a"]);
      shard.members.leave({ user: "u1", generation: START + 1, position: undefined });
      shard.store("plain", eventFor("a", { ttl: 7 * 86_400 }));
      surroundings.now += 8 * DAY;
      shard.store("new", eventFor("a"));
      for (const generation of [START + 2, START + 3]) {
        const given = shard.given("u1", ["a"], { generation });
        expect([textOf(given.push), given.isLost]).toEqual(["0-2:new", true]);
      }
      expect(shard.visit("u1", ["a"])).toMatchObject({ isLost: true });
      const after = shard.given("u1", ["a"], { generation: START + 4, position: at(2) });
      expect([textOf(after.push), after.isLost]).toEqual(["2-2:", false]);
    }));

  it("is told, again until they go on, that the log does not reach back so far", () =>
    withSql((sql) => {
      const { shard, at } = setUp(sql, { events: 10 });
      shard.register("u1", ["b"]);
      shard.members.leave({ user: "u1", generation: START + 1, position: undefined });
      for (let index = 1; index <= 100; index++) shard.store(`e${index}`, eventFor("a"));
      shard.log.prune();
      for (const generation of [START + 2, START + 3]) {
        const given = shard.given("u1", ["b"], { generation });
        expect(given).toMatchObject({ isLost: true, from: { offset: 90 } });
      }
      expect(shard.given("u1", ["b"], { generation: START + 4, position: at(100) }).isLost).toBe(false);
    }));

  it("is not told of what was brief and is gone, nor of what is gone and was had", () =>
    withSql((sql) => {
      const { shard, surroundings, at } = setUp(sql);
      shard.store("had", eventFor("a", { ttl: 7 * 86_400 }));
      surroundings.now += 6 * DAY;
      shard.given("u1", ["a"], { position: at(1) });
      shard.store("brief", eventFor("a", { ttl: 60 }));
      surroundings.now += 2 * DAY;
      const given = shard.given("u1", ["a"], { generation: surroundings.now });
      expect([textOf(given.push), given.isLost]).toEqual(["1-2:", false]);
    }));

  it("is owed what is given with the answer, until more is taken", () =>
    withSql(async (sql) => {
      const { shard, at, wake } = setUp(sql);
      shard.store("e1", eventFor("a"));
      shard.given("u1", ["a"], { position: at(0) });
      expect(shard.members.find("u1")).toMatchObject({ isOwed: true, at: 0 });
      // The shard dies, and the answer with it: it does not know what has arrived.
      const woken = wake();
      await woken.pushes.handOn();
      expect(woken.members.find("u1")).toMatchObject({ isOwed: false, at: 1 });
    }));
});

describe("a generation (F7)", () => {
  it.each([
    ["older", 6],
    ["the same", 7],
  ])("that is %s is told which one is known, and changes nothing", (_case, generation) =>
    withSql((sql) => {
      const { shard } = setUp(sql);
      shard.register("u1", ["a"], { generation: 7 });
      expect(shard.register("u1", ["b"], { generation, isOnline: false })).toEqual({
        kind: "stale",
        generation: 7,
      });
      shard.members.leave({ user: "u1", generation, position: undefined });
      expect(shard.members.find("u1")).toMatchObject({
        generation: 7,
        isOnline: true,
        facets: [facet(["a"])],
      });
      expect(shard.pushes.size).toBe(1);
    }),
  );

  it("of leaving is remembered: who came before it does not count any more", () =>
    withSql((sql) => {
      const { shard } = setUp(sql);
      shard.register("u1", ["a"], { generation: 7 });
      shard.members.leave({ user: "u1", generation: 9, position: undefined });
      expect(shard.register("u1", ["a"], { generation: 8 })).toEqual({ kind: "stale", generation: 9 });
      expect(shard.members.find("u1")).toMatchObject({ isOnline: false });
    }));
});

describe("who leaves", () => {
  it("keeps the furthest place of what they say and what was handed over", () =>
    withSql(async (sql) => {
      const { shard, at } = setUp(sql);
      for (const user of ["u1", "u2", "u3"]) shard.register(user, ["a"]);
      await shard.publish("e1", eventFor("a"));
      await shard.publish("e2", eventFor("b"));
      const generation = START + 1;
      shard.members.leave({ user: "u1", generation, position: at(1) });
      shard.members.leave({ user: "u2", generation, position: { epoch: "other", offset: 99 } });
      shard.members.leave({ user: "nobody", generation, position: at(1) });
      expect(shard.members.find("u1")).toMatchObject({ isOnline: false, at: 2 });
      expect(shard.members.find("u2")).toMatchObject({ isOnline: false, at: 2 });
      expect(shard.members.find("nobody")).toBeUndefined();
      expect(shard.pushes.size).toBe(1);
    }));

  it("keeps the place that they say where it is not sure that what was handed over has arrived", () =>
    withSql(async (sql) => {
      const { shard, surroundings, at } = setUp(sql);
      shard.register("u1", ["a"]);
      surroundings.answer = async () => {
        throw new Error("out of reach");
      };
      for (const id of ["e1", "e2"]) shard.store(id, eventFor("a"));
      await shard.pushes.handOn();
      shard.members.leave({ user: "u1", generation: START + 1, position: at(1) });
      expect(shard.members.find("u1")).toMatchObject({ isOnline: false, isOwed: false, at: 1 });
    }));

  it("is remembered by who they were only as far back as something is left to be given", () =>
    withSql((sql) => {
      const { shard, surroundings, at } = setUp(sql);
      shard.store("e1", eventFor("a"));
      shard.given("u1", ["a"], { position: at(0) });
      surroundings.now += 1000;
      shard.given("u1", ["b"], { generation: surroundings.now, position: at(0) });
      expect(shard.members.find("u1")).toMatchObject({ versions: [{ upTo: 1, facets: [facet(["a"])] }] });
      shard.members.leave({ user: "u1", generation: surroundings.now + 1, position: at(1) });
      expect(shard.members.find("u1")).toMatchObject({ versions: [] });
    }));
});

describe("who polls and is not there", () => {
  it("is given page after page, and asked for nothing that was given", () =>
    withSql((sql) => {
      const { shard, at } = setUp(sql, { pageEvents: 2 });
      shard.visit("u1", ["a"]);
      for (const id of ["e1", "e2", "e3"]) shard.store(id, eventFor("a"));
      const first = shard.visit("u1", ["a"]);
      expect([textOf(first.push), first.more]).toEqual(["0-2:e1,e2", true]);
      const second = shard.visit("u1", ["a"], { position: at(2) });
      expect([textOf(second.push), second.more]).toEqual(["2-3:e3", false]);
    }));

  it("is known from then on with the role that a new credential says, though the number of roles is the same", () =>
    withSql((sql) => {
      const { shard, surroundings } = setUp(sql);
      shard.visit("u1", ["visitor"], { change: { kind: "seen", facets: [facet(["visitor"], START + 1)] } });
      surroundings.now += 1000;
      shard.visit("u1", ["a"]);
      surroundings.now += 1000;
      shard.store("e1", eventFor("a"));
      surroundings.now += 1000;
      expect(textOf(shard.visit("u1", ["a"]).push)).toBe("0-1:e1");
    }));

  it("is known by each credential until the end of its newest", () =>
    withSql((sql) => {
      const { shard, surroundings } = setUp(sql);
      const poll = (role: string, until: number) =>
        shard.visit("u1", [role], { change: { kind: "seen", facets: [facet([role], until)] } });
      poll("a", START + 1000);
      poll("b", START + 90_000);
      poll("a", START + 90_000);
      surroundings.now += 2000;
      poll("b", START + 90_000);
      shard.store("e1", eventFor("a"));
      surroundings.now += 1000;
      expect(textOf(poll("a", START + 90_000).push)).toBe("0-1:e1");
    }));

  it("and was thought to be there is known with the new role to who hands on too", () =>
    withSql(async (sql) => {
      const { shard, surroundings } = setUp(sql);
      shard.register("u1", ["b"]);
      surroundings.now += 1000;
      // The object has died without saying so; somebody polls with another role.
      shard.visit("u1", ["a"]);
      surroundings.answer = () => ({ kind: "gone" });
      await shard.publish("e1", eventFor("a"));
      await shard.publish("e2", eventFor("b"));
      expect(shard.members.find("u1")).toMatchObject({ isOnline: false });
      expect(textOf(shard.visit("u1", ["a"]).push)).toBe("0-2:e1,e2");
    }));

  it("is not forgotten while they poll, however little comes", () =>
    withSql((sql) => {
      const { shard, surroundings } = setUp(sql);
      shard.visit("u1", ["a"]);
      for (let day = 0; day < 100; day++) {
        surroundings.now += DAY;
        shard.members.prune();
        expect(shard.members.find("u1"), `after ${day} days`).toBeDefined();
        shard.visit("u1", ["a"]);
      }
    }));
});

describe("a user of another shard", () => {
  const member = {
    ...{ user: "u1", generation: 7, isOnline: true, isNew: false, at: 1, isOwed: true, seenAt: START },
    ...{ facets: [facet(["a"])], versions: [] },
  };

  it("is taken over as who is away, with what was known", () =>
    withSql((sql) => {
      const { shard } = setUp(sql);
      for (const id of ["e1", "e2"]) shard.store(id, eventFor("a"));
      shard.members.adopt(member);
      expect(shard.members.find("u1")).toEqual({ ...member, isOnline: false, isOwed: false });
      expect(textOf(shard.given("u1", ["a"]).push)).toBe("1-2:e2");
    }));

  it("is not taken over who has come here meanwhile", () =>
    withSql((sql) => {
      const { shard } = setUp(sql);
      shard.register("u1", ["b"]);
      shard.members.adopt(member);
      expect(shard.members.find("u1")).toMatchObject({ generation: START, isOnline: true });
    }));

  it("who was taken over from here is forgotten, unless something newer is known", () =>
    withSql((sql) => {
      const { shard } = setUp(sql);
      for (const user of ["u1", "u2", "u3"]) shard.register(user, ["a"], { generation: 7 });
      shard.members.forget("u1", 7);
      shard.members.forget("u2", 8);
      shard.members.forget("u3", 6);
      shard.members.forget("nobody", 6);
      expect(["u1", "u2", "u3"].filter((user) => shard.members.find(user))).toEqual(["u3"]);
      expect(shard.pushes.size).toBe(1);
    }));
});

describe("who has not come for longer than anything is kept", () => {
  it("is forgotten, unless they are there", () =>
    withSql((sql) => {
      const { shard, surroundings, wake } = setUp(sql);
      setUp(sql).shard.members.prune();
      for (const user of ["away", "there"]) shard.register(user, ["a"]);
      shard.members.leave({ user: "away", generation: START + 1, position: undefined });
      surroundings.now += 90 * DAY;
      shard.members.prune();
      expect(shard.members.find("away")).toBeDefined();
      surroundings.now += 1;
      wake().members.prune();
      expect(shard.members.find("away")).toBeUndefined();
      expect(shard.members.find("there")).toBeDefined();
    }));
});

describe("the rows that members cost", () => {
  it("are one at the first connection, one at leaving, one at coming again, and none for who knows the shard", () =>
    withSql((storage) => {
      const { sql, rowsWritten } = counting(storage);
      const { shard, at } = setUp(sql);
      shard.store("e1", eventFor("b"));
      rowsWritten();
      shard.register("u1", ["a"]);
      expect(rowsWritten()).toBe(1);
      shard.members.leave({ user: "u1", generation: START + 1, position: at(1) });
      expect(rowsWritten()).toBe(1);
      shard.register("u1", ["a"], { generation: START + 2 });
      expect(rowsWritten()).toBe(1);
      shard.register("u1", ["a"], { generation: START });
      shard.members.leave({ user: "u1", generation: START, position: at(1) });
      expect(rowsWritten()).toBe(0);
    }));

  it("are one more where something is given on coming, once more is taken", () =>
    withSql(async (storage) => {
      const { sql, rowsWritten } = counting(storage);
      const { shard, at } = setUp(sql);
      shard.store("e1", eventFor("a"));
      rowsWritten();
      shard.given("u1", ["a"], { position: at(0) });
      expect(rowsWritten()).toBe(1);
      shard.store("e2", eventFor("a"));
      expect(rowsWritten()).toBe(1);
      await shard.pushes.handOn();
      // The member, and up to where everything has been handed on.
      expect(rowsWritten()).toBe(2);
      await shard.publish("e3", eventFor("a"));
      expect(rowsWritten()).toBe(2);
    }));

  it("are none for who polls, but for one a day, for one in a hundred events, and where something changes", () =>
    withSql((storage) => {
      const { sql, rowsWritten } = counting(storage);
      const { shard, surroundings } = setUp(sql);
      shard.store("e0", eventFor("b"));
      shard.visit("u1", ["a"]);
      rowsWritten();
      for (let round = 0; round < 100; round++) {
        shard.store(`e${round + 1}`, eventFor("b"));
        shard.visit("u1", ["a"]);
      }
      expect(rowsWritten()).toBe(100);
      shard.store("e101", eventFor("b"));
      shard.visit("u1", ["a"]);
      shard.visit("u1", ["a"]);
      expect(rowsWritten()).toBe(2);
      surroundings.now += DAY + 1;
      shard.visit("u1", ["a"]);
      shard.visit("u1", ["a"]);
      expect(rowsWritten()).toBe(1);
      shard.visit("u1", ["b"]);
      expect(rowsWritten()).toBe(1);
    }));

  it("are none for a broadcast, but for the entry and one mark, however many are there", () =>
    withSql(async (storage) => {
      const { sql, rowsWritten } = counting(storage);
      const { shard, surroundings } = setUp(sql);
      for (let index = 0; index < 50; index++) shard.register(`u${index}`, ["a"]);
      rowsWritten();
      await shard.publish("e1", eventFor("a"));
      // The log's tables come with its first entry: its life, the entry, and the mark, which is new.
      expect(rowsWritten()).toBe(3);
      await shard.publish("e2", eventFor("a"));
      expect(rowsWritten()).toBe(2);
      expect(surroundings.pushed).toHaveLength(100);
    }));
});
