import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Bucket, type Rate, refill, spend } from "../../src/objects/rate.ts";

const rate: Rate = { burst: 100, perSecond: 10 / 9, patience: 20 };
const full: Bucket = { tokens: 100, at: 0 };

/** What becomes of frames that come at these times (ms), and the bucket after them. */
function spendAll(times: readonly number[], from = full, by = rate) {
  let bucket = from;
  const kinds = times.map((now) => {
    const spending = spend(bucket, now, by);
    bucket = spending.bucket;
    return spending.kind;
  });
  return { kinds, bucket };
}

const atOnce = (count: number, now = 0) => Array.from({ length: count }, () => now);
const countOf = (kinds: readonly string[], kind: string) => kinds.filter((one) => one === kind).length;

describe("the bucket", () => {
  it("gives a burst, refuses as often as it has patience, and then is exhausted", () => {
    const { kinds } = spendAll(atOnce(122));
    expect(kinds).toEqual([
      ...Array.from({ length: 100 }, () => "taken"),
      ...Array.from({ length: 20 }, () => "refused"),
      "exhausted",
      "exhausted",
    ]);
  });

  it("has no patience where none is set", () => {
    const { kinds } = spendAll(atOnce(101), full, { ...rate, patience: 0 });
    expect(kinds.slice(99)).toEqual(["taken", "exhausted"]);
  });

  it("gives one back in 0.9 s, and never more than a burst", () => {
    const empty = { tokens: 0, at: 0 };
    expect(spend(empty, 890, rate).kind).toBe("refused");
    expect(spend(empty, 910, rate).kind).toBe("taken");
    expect(refill(empty, 3_600_000, rate)).toEqual({ tokens: 100, at: 3_600_000 });
  });

  it("gives nothing to whoever goes on at twice the rate, and everything to whoever keeps to it", () => {
    const every = (ms: number, count: number) => Array.from({ length: count }, (_, at) => (at + 1) * ms);
    const empty = { tokens: 0, at: 0 };
    expect(countOf(spendAll(every(450, 100), empty).kinds, "taken")).toBe(0);
    expect(countOf(spendAll(every(901, 1000), empty).kinds, "taken")).toBe(1000);
  });

  it("is full again after silence, however much was refused before", () => {
    const { bucket } = spendAll(atOnce(1000));
    expect(bucket.tokens).toBe(-20);
    expect(refill(bucket, 120_000, rate).tokens).toBe(100);
  });

  it("takes a clock that goes back for one that stands still", () => {
    expect(refill({ tokens: 5, at: 1000 }, 0, rate)).toEqual({ tokens: 5, at: 0 });
    expect(spendAll([1000, 0, 1000, 0], { tokens: 4, at: 1000 }).kinds).not.toContain("refused");
  });

  it("never gives more than a burst and what comes back meanwhile, whatever the times", () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 5000 }), { maxLength: 400 });
    fc.assert(
      fc.property(gaps, (list) => {
        let now = 0;
        const times = list.map((gap) => {
          now += gap;
          return now;
        });
        const { kinds, bucket } = spendAll(times);
        expect(countOf(kinds, "taken")).toBeLessThanOrEqual(100 + (now / 1000) * rate.perSecond + 1e-6);
        expect(bucket.tokens).toBeGreaterThanOrEqual(-20);
      }),
    );
  });
});
