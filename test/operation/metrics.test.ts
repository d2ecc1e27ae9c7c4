import { describe, expect, test } from "vitest";
import { type Metric, metrics, nameIn, seriesOf } from "../../src/operation/metrics.ts";
import { pointColumns, pointOf } from "../../src/operation/metrics-point.ts";
import { addedUp, Tally } from "../../src/operation/metrics-tally.ts";
import { expositionOf } from "../../src/operation/metrics-text.ts";
import { lint, readExposition, total } from "../support/exposition.ts";

const gauges = Object.fromEntries(
  Object.entries(metrics).flatMap(([name, { type, labels }]: [string, Metric]) =>
    type === "gauge" ? [[seriesOf(name, Object.fromEntries(labels.map((label) => [label, "any"]))), 3]] : [],
  ),
);

/** Something of every counter and histogram. */
function busy(): Tally {
  const tally = new Tally(() => 7);
  tally.count("carillon_upgrades_total", { outcome: "open" }, 2);
  tally.count("carillon_upgrades_total", { outcome: "unauthorized" });
  tally.count("carillon_frames_received_total", { type: "subscribe" });
  tally.count("carillon_events_published_total", { key: "shop", outcome: "delivered" }, 4);
  tally.count("carillon_deliveries_total", { target: "room" }, 400);
  tally.observe("carillon_delivery_latency_seconds", { target: "room" }, 30, 2);
  tally.observe("carillon_delivery_latency_seconds", { target: "room" }, 11_000);
  tally.count("carillon_replays_total", { outcome: "complete" });
  tally.count("carillon_replayed_events_total", {}, 12);
  tally.count("carillon_refusals_total", { at: "http", code: "forbidden" });
  tally.count("carillon_queue_calls_total", { outcome: "queued" }, 3);
  tally.count("carillon_dead_letters_total", {}, 1);
  return tally;
}

describe("the exposition", () => {
  test("passes what promtool checks, empty and full", () => {
    for (const sums of [{}, busy().take()]) {
      const exposed = readExposition(expositionOf(sums, gauges));
      expect(lint(exposed)).toEqual([]);
    }
    const names = readExposition(expositionOf(busy().take(), gauges)).map(({ name }) => name);
    expect(names).toEqual(Object.keys(metrics));
  });

  test("shows what was counted, and 0 for what may be", () => {
    const exposed = readExposition(expositionOf(busy().take(), gauges));
    expect(total(exposed, "carillon_upgrades_total", { outcome: "open" })).toBe(2);
    expect(total(exposed, "carillon_deliveries_total", { target: "room" })).toBe(400);
    expect(exposed.flatMap(({ samples }) => [...samples.keys()])).toContain(
      'carillon_replays_total{outcome="lost"}',
    );
    const latency = "carillon_delivery_latency_seconds";
    expect(total(exposed, `${latency}_bucket`, { target: "room", le: "0.025" })).toBe(0);
    expect(total(exposed, `${latency}_bucket`, { target: "room", le: "0.05" })).toBe(2);
    expect(total(exposed, `${latency}_bucket`, { target: "room", le: "10" })).toBe(2);
    expect(total(exposed, `${latency}_count`, { target: "room" })).toBe(3);
    expect(total(exposed, `${latency}_sum`, { target: "room" })).toBeCloseTo(11.06);
  });

  test("escapes what labels say", () => {
    const tally = new Tally(() => 0);
    tally.count("carillon_events_published_total", { key: 'a"b\\c\nd', outcome: "stored" });
    const text = expositionOf(tally.take(), {});
    expect(text).toContain('{key="a\\"b\\\\c\\nd",outcome="stored"} 1\n');
    expect(lint(readExposition(text))).toEqual([]);
  });

  test("leaves out a metric that this version does not know", () => {
    const text = expositionOf({ carillon_of_another_version_total: 4 }, {});
    expect(text).not.toContain("another_version");
  });
});

test.each([
  ["a counter without its ending", "# HELP a b.\n# TYPE a counter\na 1\n"],
  ["milliseconds", "# HELP a_milliseconds b.\n# TYPE a_milliseconds gauge\na_milliseconds 1\n"],
  [
    "buckets that shrink",
    '# HELP a b.\n# TYPE a histogram\na_bucket{le="1"} 2\na_bucket{le="+Inf"} 1\na_sum 1\na_count 1\n',
  ],
])("the linter finds %s", (_, text) => {
  expect(lint(readExposition(text))).not.toEqual([]);
});

test.each([
  ["a series that comes twice", "# HELP a b.\n# TYPE a gauge\na 1\na 1\n"],
  ["a sample without its metric", "# HELP a b.\n# TYPE a gauge\nc 1\n"],
  ["a type without help", "# TYPE a gauge\na 1\n"],
])("the reader refuses %s", (_, text) => {
  expect(() => readExposition(text)).toThrow();
});

describe("a tally", () => {
  test("gives what was counted once", () => {
    const tally = busy();
    expect([tally.isEmpty, tally.countedAt]).toEqual([false, 7]);
    const first = tally.take();
    tally.count("carillon_replayed_events_total", {}, 5);
    tally.count("carillon_replayed_events_total", {}, 0);
    const second = tally.take();
    expect(second).toEqual({ carillon_replayed_events_total: 5 });
    expect(addedUp([first, second])).toMatchObject({ carillon_replayed_events_total: 17 });
    expect(tally.isEmpty).toBe(true);
  });
});

test("a data point has one number for each counter, all its labels together", () => {
  const { indexes, doubles } = pointOf(busy().take(), "shard 2");
  expect(indexes).toEqual(["shard 2"]);
  expect(doubles[pointColumns.indexOf("carillon_upgrades_total")]).toBe(3);
  expect(doubles[pointColumns.indexOf("carillon_delivery_latency_seconds_count")]).toBe(3);
  // Analytics Engine takes twenty.
  expect(doubles.length).toBeLessThanOrEqual(20);
  expect(nameIn("a{b}")).toBe("a");
});
