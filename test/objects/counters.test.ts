import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Counters, type HandOver } from "../../src/objects/counters.ts";
import { audienceShard } from "../../src/objects/env.ts";
import { Tally } from "../../src/operation/metrics-tally.ts";
import { sleepAll } from "./listener.ts";
import { rowsWritten, tablesOf } from "./remembered.ts";

const NAME = "carillon_replayed_events_total";

describe("what an isolate has counted", () => {
  let now = 1_000_000;
  let waiting: { due: number; resolve: () => void }[] = [];
  let given: HandOver[] = [];
  /** What becomes of a hand-over; it is taken, unless a test says otherwise. */
  let onGiven: () => Promise<void> = async () => undefined;

  beforeEach(() => {
    vi.spyOn(console, "warn").mockImplementation(() => undefined);
    waiting = [];
    given = [];
    onGiven = async () => undefined;
  });
  afterEach(() => vi.restoreAllMocks());

  function isolate() {
    const tally = new Tally(() => now);
    const counters = new Counters({
      tally,
      now: () => now,
      wait: (ms) => new Promise((resolve) => waiting.push({ due: now + ms, resolve })),
      newLife: () => crypto.randomUUID(),
    });
    const give = async (handOver: HandOver) => {
      given.push(handOver);
      await onGiven();
    };
    return {
      count: (by = 1) => tally.count(NAME, {}, by),
      soon: () => counters.soon(give, 60_000),
      now: () => counters.now(give),
    };
  }

  async function pass(ms: number): Promise<void> {
    for (const end = now + ms; now < end; ) {
      now += 500;
      for (const timer of waiting.filter(({ due }) => due <= now)) timer.resolve();
      waiting = waiting.filter(({ due }) => due > now);
      for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    }
  }

  const sums = () => given.map((one) => one.sums[NAME]);

  it("is handed over once when nothing has been counted for a moment", async () => {
    const { count, soon } = isolate();
    expect(soon()).toBeUndefined();
    count(2);
    const watching = soon();
    count(3);
    expect(soon()).toBeUndefined();
    await pass(4000);
    await watching;
    expect(sums()).toEqual([5]);
    await pass(120_000);
    expect([sums(), waiting.length, soon()]).toEqual([[5], 0, undefined]);
  });

  it("is handed over once a minute while more comes all the time", async () => {
    const { count, soon } = isolate();
    for (let second = 0; second < 300; second++) {
      count();
      void soon();
      await pass(1000);
    }
    await pass(10_000);
    expect(sums().reduce((sum = 0, one = 0) => sum + one, 0)).toBe(300);
    expect(given.length).toBeGreaterThanOrEqual(5);
    expect(given.length).toBeLessThanOrEqual(7);
    expect(given.map(({ sequence }) => sequence)).toEqual(given.map((_, at) => at + 1));
  });

  it("keeps nobody awake for ten seconds", async () => {
    const { count, soon } = isolate();
    count();
    await pass(4000);
    void soon();
    await pass(4000);
    let isOver = false;
    count();
    void soon()?.then(() => {
      isOver = true;
    });
    for (let half = 0; half < 18; half++) {
      await pass(500);
      count();
    }
    await pass(500);
    expect(isOver).toBe(true);
  });

  it("comes again under the same number until it is taken, and what is counted meanwhile after it", async () => {
    const { count, now: handNow } = isolate();
    count(2);
    onGiven = () => Promise.reject(new Error("No answer."));
    await handNow();
    count(3);
    await handNow();
    onGiven = async () => undefined;
    await handNow();
    expect(given.map(({ sequence, sums: of }) => [sequence, of[NAME]])).toEqual([
      [1, 2],
      [1, 2],
      [1, 2],
      [2, 3],
    ]);
  });

  it("outlives the object that was handing it over", async () => {
    const { count, soon, now: handNow } = isolate();
    count(2);
    onGiven = () => new Promise(() => undefined);
    void handNow();
    count(3);
    // Another does not hand over at the same time.
    await handNow();
    expect(given).toHaveLength(1);
    onGiven = async () => undefined;
    await pass(11_000);
    void soon();
    await pass(4000);
    expect(given.map(({ sequence }) => sequence)).toEqual([1, 1, 2]);
  });

  it("is given up before a shard could have forgotten its number", async () => {
    const { count, now: handNow } = isolate();
    count(2);
    onGiven = () => Promise.reject(new Error("No answer."));
    await handNow();
    onGiven = async () => undefined;
    await pass(601_000);
    count(3);
    await handNow();
    expect(given.map(({ sequence, sums: of }) => [sequence, of[NAME]])).toEqual([
      [1, 2],
      [2, 3],
    ]);
  });
});

describe("a shard", () => {
  // Beyond those that serve users in these tests.
  let next = 40;
  const freshShard = () => {
    next += 1;
    const number = next;
    return () => audienceShard(env, number);
  };
  const handOver = (life: string, sequence: number, by: number): HandOver => ({
    ...{ life, sequence, sums: { [NAME]: by, 'carillon_upgrades_total{outcome="open"}': 1 } },
  });

  it("adds up what isolates hand over, each time once", async () => {
    const shard = freshShard();
    await shard().addCounts(handOver("one", 1, 2));
    await shard().addCounts(handOver("other", 1, 3));
    await shard().addCounts(handOver("one", 1, 2));
    await shard().addCounts(handOver("one", 3, 5));
    await shard().addCounts(handOver("one", 2, 100));
    expect(await shard().counts()).toMatchObject({ [NAME]: 10 });
  });

  it("never goes back and never counts twice, through evictions and aborts", async () => {
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    const shard = freshShard();
    let told = 0;
    for (let sequence = 1; sequence <= 12; sequence++) {
      await shard().addCounts(handOver("life", sequence, 1));
      if (sequence % 3 === 0) await sleepAll(shard());
      if (sequence % 3 === 1) {
        await runInDurableObject(shard(), (_instance, ctx) => ctx.abort("Of the test.")).catch(
          () => undefined,
        );
      }
      // Whoever handed over and was not answered does so again.
      await shard().addCounts(handOver("life", sequence, 1));
      const sum = (await shard().counts())[NAME] ?? 0;
      expect(sum).toBe(sequence);
      expect(sum).toBeGreaterThan(told);
      told = sum;
    }
  });

  it("writes one row for a hand-over, and nothing when it is read or asked again", async () => {
    const shard = freshShard();
    expect(await shard().counts()).toEqual({});
    expect(await tablesOf(shard())).toEqual([]);
    await shard().addCounts(handOver("life", 1, 1));
    const before = await rowsWritten(shard());
    await shard().addCounts(handOver("life", 2, 1));
    expect(await rowsWritten(shard())).toBe(before + 1);
    await shard().addCounts(handOver("life", 2, 1));
    await shard().counts();
    await shard().attending();
    expect(await rowsWritten(shard())).toBe(before + 1);
    const due = await runInDurableObject(shard(), (_instance, { storage }) => storage.getAlarm());
    expect(due).toBeNull();
    await evictDurableObject(shard());
    expect(await shard().counts()).toMatchObject({ [NAME]: 2 });
  });

  it("writes a data point for each hand-over where there is somewhere to", async () => {
    const shard = freshShard();
    const points: unknown[] = [];
    await runInDurableObject(shard(), async (instance) => {
      const own = instance as unknown as { env: object };
      const bound = { ...own.env, ANALYTICS: { writeDataPoint: (point: unknown) => points.push(point) } };
      Object.defineProperty(own, "env", { value: bound, configurable: true });
    });
    await shard().addCounts(handOver("life", 1, 4));
    await shard().addCounts(handOver("life", 1, 4));
    expect(points).toHaveLength(1);
    expect(points[0]).toMatchObject({ doubles: expect.arrayContaining([4]) });
  });
});
