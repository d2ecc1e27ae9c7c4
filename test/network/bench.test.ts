import { readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { execute } from "../../src/cli/command.ts";
import { bench } from "../bench/bench.ts";

const tally = z.record(z.string(), z.number());
const figures = z.object({
  missing: z.array(z.object({ name: z.string(), why: z.string() })),
  ratios: z.array(z.looseObject({ audience: z.string(), sockets: z.number(), peer: z.string() })),
  rows: z.array(
    z.looseObject({
      kind: z.string(),
      server: z.string(),
      audience: z.string(),
      sockets: z.number(),
      load: z.string().optional(),
      events: z.number().optional(),
      deliveries: z.number().optional(),
      batch: z.number().optional(),
      broadcasts: z.number().optional(),
      compressed: z.number().optional(),
      bytesPerDelivery: z.number().optional(),
      failures: z.array(z.string()),
    }),
  ),
});
const costs = z.object({
  rows: z.array(
    z.object({
      what: z.string(),
      audience: z.string(),
      sockets: z.number(),
      counted: z.record(z.string(), tally),
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

/** Runs the benchmark with small numbers and reads the figures that it writes. */
async function measure<Figures extends object>(schema: z.ZodType<Figures>, ...argv: string[]) {
  const json = join(tmpdir(), `carillon-bench-test-${crypto.randomUUID()}.json`);
  onTestFinished(() => rm(json, { force: true }));
  const around = surroundings();
  const code = await execute(bench, ["--quick", "--seconds", "0.1", ...argv, "--json", json], around);
  const written = schema.parse(JSON.parse(await readFile(json, "utf8")));
  return { code, text: around.printed.join("\n"), ...written };
}

type Rows = z.output<typeof figures>["rows"];

function expectNoFaults(rows: Rows): void {
  expect(rows.flatMap(({ failures }) => failures)).toEqual([]);
  for (const name of ["failed", "lost", "repeated", "surplus", "refused"]) {
    expect(rows.map((row) => row[name] ?? 0)).toEqual(rows.map(() => 0));
  }
  for (const { events = 0, deliveries, audience, sockets } of rows.filter(({ kind }) => kind === "publish")) {
    expect(events).toBeGreaterThan(0);
    expect(deliveries).toBe(audience === "users" ? events : events * sockets);
  }
}

function kindsOf(rows: Rows): Record<string, number> {
  const grouped = Object.groupBy(rows, ({ kind, server, audience }) => `${server} ${audience} ${kind}`);
  return Object.fromEntries(Object.entries(grouped).map(([name, of]) => [name, of?.length ?? 0]));
}

// Speed is never asserted: this machine may be busy with anything. So these may disturb each other.
describe.concurrent("the benchmark", { timeout: 120_000 }, () => {
  test("measures every row and loses nothing", async ({ expect }) => {
    const stages = "room,users,broadcast,deflate";
    const sizes = ["--sockets", "6", "--users", "6", "--members", "6"];
    const { code, text, rows } = await measure(
      figures,
      ...["--servers", "carillon", "--stages", stages, ...sizes],
    );
    expectNoFaults(rows);
    for (const { load, batch = 0, broadcasts: times = 0, deliveries } of rows.filter(
      ({ kind }) => kind === "broadcast",
    )) {
      expect(times).toBeGreaterThan(0);
      expect(deliveries).toBe(times * batch * (load === "a role that half have" ? 3 : 6));
    }
    expect(kindsOf(rows)).toEqual({
      "carillon room connect": 2,
      "carillon room publish": 4,
      "carillon room resume": 1,
      "carillon users connect": 2,
      "carillon users publish": 3,
      "carillon users resume": 1,
      "carillon broadcast connect": 2,
      "carillon broadcast broadcast": 3,
      "carillon broadcast resume": 1,
      "carillon deflate connect": 2,
      "carillon deflate publish": 4,
    });
    const bytesOf = (audience: string) =>
      rows.find((row) => row.audience === audience && row.load === "flood")?.bytesPerDelivery ?? 0;
    expect(bytesOf("deflate")).toBeLessThan(bytesOf("room") / 2);
    expect(
      rows.filter(({ audience }) => audience === "room").every(({ compressed = 0 }) => compressed === 0),
    );
    expect(text).toMatch(/^no message lost +faults in all rows +0 +yes$/m);
    expect(code).toBe(0);
  });

  test("measures the peers in the same way, and says which is missing", async ({ expect }) => {
    const { code, text, rows, missing } = await measure(
      figures,
      ...["--servers", "bare,ws,socket.io,nchan", "--stages", "room", "--sockets", "4"],
    );
    expectNoFaults(rows);
    const absent = missing.map(({ name }) => name);
    expect(["", "nchan"]).toContain(absent.join());
    const there = ["bare", "ws", "socket.io", "nchan"].filter((name) => !absent.includes(name));
    expect(new Set(rows.map(({ server }) => server))).toEqual(new Set(there));
    // nchan takes one event a request.
    expect(rows.filter(({ server, kind }) => server === "ws" && kind === "publish")).toHaveLength(4);
    expect(rows.filter(({ server, batch = 1 }) => server === "nchan" && batch > 1)).toEqual([]);
    for (const { name, why } of missing) expect(text).toContain(`${name}: ${why}.`);
    expect(code).toBe(0);
  });

  test("counts what things cost, and prints Markdown", async ({ expect }) => {
    const { code, text, rows } = await measure(costs, "--stages", "costs", "--members", "6", "--markdown");
    expect(code).toBe(0);
    expect(text).toMatch(
      /^### What things cost: .*\n\n\| audience \| sockets \| what .*\n\| --- \| --- \| --- /m,
    );
    expect(text).toMatch(/^### A million deliveries in dollars/m);
    expect(text).not.toContain(tmpdir());

    const of = (audience: string, what: string) => {
      const row = rows.find((row) => row.audience === audience && row.what === what);
      if (!row) throw new Error(`There is no row ${audience}, ${what}.`);
      const { invocations = {}, requests = {}, messages = {}, rowsWritten = {}, wakeUps = {} } = row.counted;
      // Alarms, and what the metrics cost, come when they are due, whatever is counted then.
      const { "audience alarm": _, "audience.addCounts": __, ...calls } = requests;
      const { "audience counters": ___, ...written } = rowsWritten;
      return { invocations, calls, messages, written, wakeUps };
    };
    const nothing = { invocations: {}, calls: {}, messages: {}, written: {}, wakeUps: {} };

    // An event to a room: the request and one call, and one row, whoever listens there.
    expect(of("room", "one event")).toEqual({
      ...nothing,
      invocations: { fetch: 10 },
      calls: { "room.deliver": 10 },
      written: { room: 10 },
    });
    expect(of("room", "100 events a request")).toMatchObject({
      invocations: { fetch: 1 },
      calls: { "room.deliver": 1 },
      written: { room: 100 },
    });
    expect(of("relayed", "one event").calls).toEqual({ "room.deliver": 10, "user.takeRoom": 60 });
    expect(of("relayed", "one event").written).toEqual({ room: 10 });
    // Listening costs nothing: signs of life reach no object. But each shard asks within the hour who is still there, and
    // a room may still have to tell how many came last.
    const probes = { "audience alarm to come": 4 };
    for (const audience of ["room", "relayed", "users"]) {
      const { calls, ...more } = of(audience, "an hour of listening");
      const { "room alarm to come": toTell = 0, ...others } = calls;
      expect({ ...more, calls: others }).toEqual({ ...nothing, calls: probes });
      expect(toTell).toBeLessThanOrEqual(1);
    }
    // Two rows: the entry, and how far the user has come.
    const shards = { "audience.deliver": 1, "audience.takeFromFirst": 3 };
    expect(of("broadcast", "everyone")).toMatchObject({
      calls: { ...shards, "user.takeAudience": 6 },
      written: { user: 12 },
    });
    expect(of("broadcast", "a role that half have")).toMatchObject({
      calls: { ...shards, "user.takeAudience": 3 },
      written: { user: 6 },
    });
    expect(of("broadcast", "everyone, 10 a request")).toMatchObject({
      calls: { ...shards, "user.takeAudience": 6 },
      written: { user: 66 },
    });
    expect(of("broadcast", "everyone, all of them away").calls).toEqual(shards);
    expect(of("broadcast", "everyone, all of them away").written).not.toHaveProperty("user");
    expect(of("broadcast", "a user comes back who missed one")).toMatchObject({
      calls: { "user.fetch": 6, "audience.register": 6 },
      written: { user: 12 },
    });
  });
});

test.each([
  {
    argv: ["--servers", "other"],
    says: '--servers knows carillon and bare and ws and socket.io and nchan, not "other".',
  },
  {
    argv: ["--stages", "users,other"],
    says: '--stages knows room and users and broadcast and deflate and replay and durable and costs and inbox, not "other".',
  },
  {
    argv: ["--seconds", "0"],
    says: '--seconds is a number from 0.1 to 3600 with at most one decimal, not "0".',
  },
  { argv: ["--sockets", "100,many"], says: '--sockets is a whole number from 1 to 15000, not "many".' },
])("refuses $argv", async ({ argv, says }) => {
  const around = surroundings();
  expect(await execute(bench, argv, around)).toBe(2);
  expect(around.complained).toEqual([`${says} See --help.`]);
});
