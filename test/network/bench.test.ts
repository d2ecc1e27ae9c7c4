import { readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { execute } from "../../src/cli/command.ts";
import { bench } from "../bench/bench.ts";

const figures = z.object({
  rows: z.array(
    z.looseObject({
      kind: z.string(),
      server: z.string(),
      audience: z.string(),
      load: z.string().optional(),
      sockets: z.number(),
      events: z.number().optional(),
      deliveries: z.number().optional(),
      batch: z.number().optional(),
      broadcasts: z.number().optional(),
      failures: z.array(z.string()),
    }),
  ),
});

const tally = z.record(z.string(), z.number());
const costs = z.object({
  rows: z.array(
    z.object({
      what: z.string(),
      counted: z.object({ requests: tally, rowsWritten: tally, rowsRead: tally }),
    }),
  ),
});

function surroundings() {
  const printed: string[] = [];
  const complained: string[] = [];
  return {
    directory: process.cwd(),
    env: process.env,
    out: (line: string) => printed.push(line),
    err: (line: string) => complained.push(line),
    stop: new AbortController().signal,
    printed,
    complained,
  };
}

// Speed is never asserted: this machine may be busy with anything.
test("measures every row of both servers and loses nothing", { timeout: 120_000 }, async () => {
  const json = join(tmpdir(), `carillon-bench-test-${crypto.randomUUID()}.json`);
  onTestFinished(() => rm(json, { force: true }));
  const around = surroundings();
  const stages = ["--stages", "room,users,broadcast", "--sockets", "12", "--members", "12"];
  const argv = ["--quick", ...stages, "--seconds", "0.2", "--json", json];
  const code = await execute(bench, argv, around);
  const { rows } = figures.parse(JSON.parse(await readFile(json, "utf8")));

  expect(rows.flatMap(({ failures }) => failures)).toEqual([]);
  for (const name of ["failed", "lost", "repeated", "surplus", "refused"]) {
    expect(rows.map((row) => row[name] ?? 0)).toEqual(rows.map(() => 0));
  }
  const publishes = rows.filter(({ kind }) => kind === "publish");
  for (const { audience, events = 0, deliveries } of publishes) {
    expect(events).toBeGreaterThan(0);
    expect(deliveries).toBe(audience === "room" ? events * 12 : events);
  }
  const broadcasts = rows.filter(({ kind }) => kind === "broadcast");
  for (const { load, batch = 0, broadcasts: times = 0, deliveries } of broadcasts) {
    expect(times).toBeGreaterThan(0);
    expect(deliveries).toBe(times * batch * (load === "a role that half have" ? 6 : 12));
  }
  const counts = Object.groupBy(rows, ({ kind, server }) => `${server} ${kind}`);
  expect(Object.fromEntries(Object.entries(counts).map(([name, of]) => [name, of?.length]))).toEqual({
    "carillon connect": 6,
    "carillon publish": 7,
    "carillon broadcast": 3,
    "carillon resume": 3,
    "ws connect": 6,
    "ws publish": 7,
    "ws broadcast": 3,
  });
  expect(around.printed.join("\n")).toMatch(/^no message lost +faults in all rows +0$/m);
  expect(code).toBe(0);
});

test("counts what a broadcast costs: one call and few rows for who is there, nothing for who is not", async () => {
  const json = join(tmpdir(), `carillon-bench-test-${crypto.randomUUID()}.json`);
  onTestFinished(() => rm(json, { force: true }));
  const around = surroundings();
  const argv = ["--quick", "--stages", "costs", "--members", "12", "--json", json];
  expect(await execute(bench, argv, around)).toBe(0);
  const { rows } = costs.parse(JSON.parse(await readFile(json, "utf8")));
  /** Alarms come when they are due, whatever is counted then. */
  const of = (what: string) => {
    const { requests = {}, rowsWritten = {} } = rows.find((row) => row.what === what)?.counted ?? {};
    const { "audience alarm": _, ...calls } = requests;
    const { user: userRows = 0 } = rowsWritten;
    return { calls, userRows };
  };
  const shards = { "audience.deliver": 1, "audience.takeFromFirst": 3 };
  // Two rows: the entry, and how far the user has come.
  expect(of("everyone")).toEqual({ calls: { ...shards, "user.takeAudience": 12 }, userRows: 24 });
  expect(of("a role that half have")).toEqual({ calls: { ...shards, "user.takeAudience": 6 }, userRows: 12 });
  expect(of("everyone, 10 a request")).toEqual({
    calls: { ...shards, "user.takeAudience": 12 },
    userRows: 132,
  });
  expect(of("everyone, all of them away")).toEqual({ calls: shards, userRows: 0 });
  expect(of("a user comes back who missed one")).toEqual({
    calls: { "user.fetch": 12, "audience.register": 12 },
    userRows: 24,
  });
});

test("prints Markdown for the document", { timeout: 60_000 }, async () => {
  const around = surroundings();
  const stages = ["--servers", "ws", "--stages", "room,broadcast", "--sockets", "2", "--members", "2"];
  const argv = ["--quick", ...stages, "--seconds", "0.1", "--markdown"];
  expect(await execute(bench, argv, around)).toBe(0);
  const text = around.printed.join("\n");
  expect(text).toMatch(
    /^### Publishing: .*\n\n\| audience \| load \| server \|.*\n\| --- \| --- \| --- \| ---: /m,
  );
  expect(text).not.toContain(tmpdir());
});

test.each([
  { argv: ["--servers", "other"], says: '--servers knows carillon and ws, not "other".' },
  {
    argv: ["--stages", "users,other"],
    says: '--stages knows room and users and broadcast and costs and inbox, not "other".',
  },
  {
    argv: ["--seconds", "0"],
    says: '--seconds is a number from 0.1 to 3600 with at most one decimal, not "0".',
  },
  { argv: ["--sockets", "many"], says: '--sockets is a whole number from 1 to 15000, not "many".' },
])("refuses $argv", async ({ argv, says }) => {
  const around = surroundings();
  expect(await execute(bench, argv, around)).toBe(2);
  expect(around.complained).toEqual([`${says} See --help.`]);
});
