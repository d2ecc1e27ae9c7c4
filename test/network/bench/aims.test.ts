import { expect, test } from "vitest";
import { aimTable } from "../../bench/aims.ts";
import { noCounts } from "../../bench/counts.ts";
import type { ConnectRow, CostRow, PublishRow, ResumeRow } from "../../bench/measurement.ts";
import { moneyTable } from "../../bench/money-table.ts";
import { ownerTable } from "../../bench/owner-figures.ts";
import { ratiosOf } from "../../bench/ratios.ts";

const published: PublishRow = {
  ...{ kind: "publish", server: "carillon", audience: "room", sockets: 5000, failures: [] },
  ...{ load: "flood", batch: 1, seconds: 5, events: 100, refused: 0, deliveries: 500_000 },
  ...{ perSecond: 900_000, eventsPerSecond: 180, lost: 0, repeated: 0, surplus: 0 },
  latency: { p50: 10, p95: 20, p99: 30, max: 40 },
  answered: undefined,
  ...{ cpuPerDelivery: 0.9, cpuPerEvent: 4500, serverCores: 0.8, listenerCores: 0.3 },
  ...{ bytesPerDelivery: 200, eventsPerMessage: 8, compressed: 0 },
};
const cost: CostRow = {
  ...{ kind: "cost", server: "carillon", audience: "room", sockets: 10, failures: [], faults: 0 },
  ...{ what: "one event", each: "event", of: 10, events: 10, deliveries: 100 },
  counted: {
    ...noCounts,
    invocations: { fetch: 10 },
    requests: { "room.deliver": 10 },
    rowsWritten: { room: 30 },
  },
};

test("divides by each peer of the same room and load, and by nobody else", () => {
  const rows = [
    published,
    { ...published, server: "ws", perSecond: 100_000, cpuPerDelivery: 9 },
    { ...published, server: "nchan", sockets: 1000 },
    { ...published, server: "bare", load: "50 events/s" },
  ];
  expect(ratiosOf(rows, "carillon")).toEqual([
    { audience: "room", sockets: 5000, load: "flood", peer: "ws", cpu: 0.1, rate: 9, p50: 1, p95: 1 },
  ]);
});

test("says which aims are met", () => {
  const light = { ...published, load: "50 events/s" };
  const single = { ...published, load: "10 events/s", eventsPerMessage: 1 };
  const rows = [
    ...[published, light, single, cost],
    ...[
      { ...published, perSecond: 100_000 },
      { ...light, latency: { p50: 5, p95: 10, p99: 10, max: 10 } },
    ].map((row) => ({ ...row, server: "ws" })),
    { ...single, server: "bare", cpuPerDelivery: 0.8 },
  ];
  const [stated, ...told] = aimTable(rows, "carillon").rows.map((row) => row.slice(-2).join(" "));
  expect([stated, ...told]).toEqual([
    "0.90 µs yes",
    "9.00× yes",
    "2.00× no",
    "1.13× yes",
    // Two requests, but three rows.
    "2.00 yes",
    "3.00 no",
  ]);
});

test("says nothing of what gathered where nothing should be", () => {
  const gathered = { ...published, load: "10 events/s", eventsPerMessage: 2 };
  expect(aimTable([gathered, { ...gathered, server: "bare" }], "carillon").rows).toEqual([]);
});

test("says which of the owner's figures are met", () => {
  const rows = [
    published,
    { ...published, load: "50 events/s", latency: { p50: 1, p95: 101, p99: 1, max: 1 }, lost: 2 },
  ];
  expect(ownerTable(rows, "carillon").rows).toEqual([
    ["p95 < 100 ms", "room of 5,000, 50 events/s", "101.0 ms", "no"],
    ["50,000+ messages/s", "room of 5,000, flood: deliveries", "900,000/s", "yes"],
    ["no message lost", "faults in all rows", "2", "no"],
  ]);
});

test("compares every figure that is stated with what was measured", () => {
  const connect: ConnectRow = {
    ...{ kind: "connect", server: "carillon", audience: "room", sockets: 10_000, failures: [] },
    ...{ connected: 10_000, concurrency: 20, failed: 1, perSecond: 700 },
    took: { p50: 20, p95: 101, p99: 120, max: 130 },
    ...{ cpuPerSocket: 1000, bytesPerSocket: 100_000, residentBytes: 2 ** 29 },
  };
  const resume: ResumeRow = {
    ...{ kind: "resume", server: "carillon", audience: "room", sockets: 100, failures: [], missed: 5 },
    ...{ failed: 3, lost: 0, repeated: 0, seconds: 1, took: undefined, cpuPerSocket: undefined },
  };
  const toUsers = { ...published, audience: "users" as const };
  const rows = [
    ...[connect, resume, published, { ...published, load: "50 events/s" }],
    ...[
      { ...toUsers, load: "100 events/s" },
      { ...toUsers, eventsPerSecond: 1001 },
    ],
  ];
  expect(ownerTable(rows, "carillon").rows.map((row) => [row[0], ...row.slice(-2)])).toEqual([
    ["connect and welcome, p95 < 100 ms", "101.0 ms", "no"],
    ["publish to receive, p95 < 10 ms at 100 events/s", "20.0 ms", "no"],
    ["CPU < 50 % under normal load", "80.0 %", "no"],
    ["p95 < 100 ms", "20.0 ms", "yes"],
    ["> 1,000 messages/s", "1,001/s", "yes"],
    ["50,000+ messages/s", "900,000/s", "yes"],
    ["10,000 connections", "9,999", "no"],
    ["memory < 1 GB", "0.50 GB", "yes"],
    ["98 % of reconnects succeed", "97.0 %", "no"],
    ["no message lost", "4", "no"],
  ]);
});

test("knows what a million deliveries cost", () => {
  // Ten publishes with ten deliveries each: 0.30 + 0.15 + 4 dollars for a million publishes, and 1 for what is queued.
  const counted = { ...cost.counted, rowsWritten: { room: 40 }, queued: { deliveries: 25 } };
  expect(moneyTable([{ ...cost, counted }]).rows).toEqual([
    ["one event", "10, room", "10", "0.55", "2.75", "45.30"],
  ]);
});
