import { expect, test } from "vitest";
import { Histogram } from "../../bench/histogram.ts";

function histogramOf(values: readonly number[]): Histogram {
  const histogram = new Histogram();
  for (const value of values) histogram.record(value);
  return histogram;
}

const thousand = Array.from({ length: 1000 }, (_, index) => (index + 1) * 100);

test.each([
  { share: 0.5, is: 50_000 },
  { share: 0.95, is: 95_000 },
  { share: 0.99, is: 99_000 },
])("knows the $share quantile to within one percent", ({ share, is }) => {
  const quantile = histogramOf(thousand).quantile(share) ?? 0;
  expect(Math.abs(quantile / is - 1)).toBeLessThan(0.01);
});

test("knows the largest value exactly, and no quantile exceeds it", () => {
  const histogram = histogramOf([3, 5, 1234.5]);
  expect(histogram.max).toBe(1234.5);
  expect(histogram.quantile(1)).toBeLessThanOrEqual(1234.5);
});

test("adds what other processes counted", () => {
  const whole = new Histogram();
  for (const part of [thousand.slice(0, 300), thousand.slice(300)]) {
    whole.add(structuredClone(histogramOf(part).toData()));
  }
  expect(whole.total).toBe(1000);
  expect(whole.quantile(0.95)).toBe(histogramOf(thousand).quantile(0.95));
});

test("has no quantile of nothing", () => {
  expect(new Histogram().quantile(0.5)).toBeUndefined();
});
