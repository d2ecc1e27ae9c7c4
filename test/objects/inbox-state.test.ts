import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Counts,
  earlier,
  isSame,
  isSameTally,
  type Keeping,
  keptIn,
  type Marked,
  marked,
  markedAll,
  minus,
  nothing,
  plus,
  type Sweep,
  type Tally,
  type Times,
  tallyOf,
  timesOf,
  unmarked,
  weightOf,
  withSweep,
} from "../../src/objects/inbox-state.ts";

const marks: readonly Keeping[] = ["read", "unread", "seen", "unseen", "archived", "unarchived"];

/** Every combination of being seen, read and archived or not. */
const everyTimes: readonly Times[] = [null, 1].flatMap((seenAt) =>
  [null, 2].flatMap((readAt) => [null, 3].map((archivedAt) => ({ seenAt, readAt, archivedAt }))),
);

function one(offset: number, seq: number, times: Partial<Times> = {}): Marked {
  return { offset, seq, ...unmarked, ...times };
}

function sweep(as: Keeping, upTo: number, seq: number, at = seq * 100): Sweep {
  return { as, upTo, at, seq };
}

describe("marked", () => {
  it.each<[Keeping, Partial<Times>, Partial<Times>]>([
    ["read", {}, { seenAt: 9, readAt: 9 }],
    ["read", { seenAt: 1 }, { seenAt: 1, readAt: 9 }],
    ["read", { seenAt: 1, readAt: 2 }, { seenAt: 1, readAt: 2 }],
    ["read", { readAt: 2 }, { seenAt: 9, readAt: 2 }],
    ["read", { archivedAt: 3 }, { seenAt: 9, readAt: 9, archivedAt: 3 }],
    ["unread", { seenAt: 1, readAt: 2 }, { seenAt: 1 }],
    ["unread", {}, {}],
    ["seen", {}, { seenAt: 9 }],
    ["seen", { seenAt: 1 }, { seenAt: 1 }],
    ["unseen", { seenAt: 1, readAt: 2 }, { readAt: 2 }],
    ["unseen", {}, {}],
    ["archived", {}, { archivedAt: 9 }],
    ["archived", { archivedAt: 3 }, { archivedAt: 3 }],
    ["unarchived", { seenAt: 1, readAt: 2, archivedAt: 3 }, { seenAt: 1, readAt: 2 }],
  ])("as %s makes of %o what is %o", (as, before, after) => {
    expect(marked({ ...unmarked, ...before }, as, 9)).toEqual({ ...unmarked, ...after });
  });

  it("twice is as once", () => {
    for (const times of everyTimes) {
      for (const as of marks) {
        const once = marked(times, as, 8);
        expect(marked(once, as, 9)).toEqual(once);
      }
    }
  });

  it("can be undone; what is read has been seen, and stays so", () => {
    for (const times of everyTimes) {
      const unread = marked(marked(times, "read", 9), "unread", 10);
      expect(unread).toEqual({ ...times, seenAt: times.seenAt ?? 9, readAt: null });
      expect(marked(marked(times, "archived", 9), "unarchived", 10)).toEqual({ ...times, archivedAt: null });
      expect(marked(marked(times, "seen", 9), "unseen", 10)).toEqual({ ...times, seenAt: null });
    }
  });

  it("gives nothing but the three times, whatever else is known of a notification", () => {
    for (const as of marks) {
      expect(Object.keys(marked(one(1, 1), as, 9)).sort()).toEqual(["archivedAt", "readAt", "seenAt"]);
    }
    expect(Object.keys(timesOf(one(1, 1), [])).sort()).toEqual(["archivedAt", "readAt", "seenAt"]);
  });
});

describe("timesOf", () => {
  it("adds marks of many up to the offset of each, and no further", () => {
    const sweeps = [sweep("read", 5, 7)];
    expect(timesOf(one(5, 1), sweeps)).toEqual({ seenAt: 700, readAt: 700, archivedAt: null });
    expect(timesOf(one(6, 1), sweeps)).toEqual(unmarked);
  });

  it("leaves out marks of many that came before one of its own", () => {
    const sweeps = [sweep("read", 5, 7), sweep("archived", 5, 9)];
    expect(timesOf(one(5, 8), sweeps)).toEqual({ ...unmarked, archivedAt: 900 });
    expect(timesOf(one(5, 9), sweeps)).toEqual(unmarked);
  });

  it("adds them in their order", () => {
    const there = [sweep("read", 9, 1), sweep("unread", 9, 2)];
    const back = [sweep("unread", 9, 1), sweep("read", 9, 2)];
    expect(timesOf(one(1, 0), there)).toEqual({ ...unmarked, seenAt: 100 });
    expect(timesOf(one(1, 0), back)).toEqual({ ...unmarked, seenAt: 200, readAt: 200 });
  });

  it("keeps the time of what was so already", () => {
    const times = { seenAt: 1, readAt: 2, archivedAt: 3 };
    expect(timesOf(one(1, 0, times), [sweep("read", 9, 1), sweep("archived", 9, 2)])).toEqual(times);
  });
});

describe("withSweep", () => {
  const anySweep = fc.record({ as: fc.constantFrom(...marks), upTo: fc.integer({ min: 1, max: 4 }) });

  it("leaves every notification with the times that all the marks give it", () => {
    fc.assert(
      fc.property(fc.array(anySweep, { maxLength: 8 }), fc.nat(8), (given, own) => {
        const all = given.map(({ as, upTo }, index) => sweep(as, upTo, index + 1));
        const kept = all.reduce<readonly Sweep[]>(withSweep, []);
        for (const times of everyTimes) {
          for (let offset = 1; offset <= 4; offset++) {
            const item = one(offset, own, times);
            expect(timesOf(item, kept)).toEqual(timesOf(item, all));
          }
        }
      }),
    );
  });

  it.each<[Keeping, Keeping, number]>([
    ["archived", "unarchived", 2],
    ["read", "unread", 2],
    ["seen", "unseen", 2],
  ])("does not grow with marks to and fro, as %s and as %s", (there, back, most) => {
    let sweeps: readonly Sweep[] = [];
    for (let seq = 1; seq <= 20; seq++) {
      sweeps = withSweep(sweeps, sweep(seq % 2 === 0 ? back : there, 9, seq));
      expect(sweeps.filter(({ as }) => as !== "seen").length).toBeLessThanOrEqual(most);
    }
  });
});

describe("weightOf", () => {
  const none: Counts = { total: 0, unread: 0, unseen: 0 };

  it.each<[Partial<Times>, Tally]>([
    [{}, { inbox: { total: 1, unread: 1, unseen: 1 }, archive: none }],
    [{ seenAt: 1 }, { inbox: { total: 1, unread: 1, unseen: 0 }, archive: none }],
    [
      { seenAt: 1, readAt: 2 },
      { inbox: { total: 1, unread: 0, unseen: 0 }, archive: none },
    ],
    [{ archivedAt: 3 }, { inbox: none, archive: { total: 1, unread: 1, unseen: 1 } }],
    [
      { seenAt: 1, readAt: 2, archivedAt: 3 },
      { inbox: none, archive: { total: 1, unread: 0, unseen: 0 } },
    ],
  ])("of %o is %o", (times, weight) => {
    expect(weightOf({ ...unmarked, ...times })).toEqual(weight);
    expect(keptIn(weight)).toBe(1);
  });
});

describe("markedAll", () => {
  /** Every set of up to three notifications, as far as they count differently. */
  const sets: readonly (readonly Times[])[] = [
    [],
    ...everyTimes.map((a) => [a]),
    ...everyTimes.flatMap((a) => everyTimes.map((b) => [a, b])),
    ...everyTimes.flatMap((a) => everyTimes.flatMap((b) => everyTimes.map((c) => [a, b, c]))),
  ];
  const count = (all: readonly Times[]) => all.map(weightOf).reduce(plus, nothing);

  it.each(marks)("as %s counts as marking each does, and tells whether any of them changes", (as) => {
    for (const before of sets) {
      const after = before.map((times) => marked(times, as, 9));
      expect(markedAll(count(before), as)).toEqual(count(after));
      const isChange = before.some((times, index) => !isSame(times, after[index] ?? unmarked));
      expect(isSameTally(count(before), markedAll(count(before), as))).toBe(!isChange);
    }
  });
});

describe("tallies", () => {
  const weights = everyTimes.map(weightOf);

  it("are added and taken away again", () => {
    const all = weights.reduce(plus, nothing);
    expect(all).toEqual({
      inbox: { total: 4, unread: 2, unseen: 2 },
      archive: { total: 4, unread: 2, unseen: 2 },
    });
    expect(weights.reduce(minus, all)).toEqual(nothing);
    expect(keptIn(all)).toBe(8);
    expect(nothing).toEqual({
      inbox: { total: 0, unread: 0, unseen: 0 },
      archive: { total: 0, unread: 0, unseen: 0 },
    });
  });

  it("count many with what was marked along with others", () => {
    const all = everyTimes.map((times, index) => one(index + 1, 0, times));
    const sweeps = [sweep("read", 3, 1), sweep("archived", 1, 2)];
    const weighed = all.map((item) => weightOf(timesOf(item, sweeps))).reduce(plus, nothing);
    expect(tallyOf(all, sweeps)).toEqual(weighed);
    expect(tallyOf(all, [])).toEqual(weights.reduce(plus, nothing));
    expect(tallyOf([], sweeps)).toEqual(nothing);
  });

  it("are told apart by each of their figures", () => {
    const zero = () => structuredClone(nothing) as { inbox: Counts; archive: Counts };
    expect(isSameTally(nothing, zero())).toBe(true);
    for (const place of ["inbox", "archive"] as const) {
      for (const figure of ["total", "unread", "unseen"] as const) {
        const other = { ...zero(), [place]: { ...zero()[place], [figure]: 1 } };
        expect(isSameTally(nothing, other)).toBe(false);
      }
    }
  });
});

describe("earlier", () => {
  it.each([
    [null, null, null],
    [null, undefined, null],
    [null, 5, 5],
    [5, null, 5],
    [5, undefined, 5],
    [5, 3, 3],
    [3, 5, 3],
    [0, 5, 0],
    [null, 0, 0],
  ])("of %s and %s is %s", (one, other, expected) => {
    expect(earlier(one, other)).toBe(expected);
  });
});
