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
      failures: z.array(z.string()),
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
  const argv = ["--quick", "--sockets", "12", "--seconds", "0.2", "--json", json];
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
  const counts = Object.groupBy(rows, ({ kind, server }) => `${server} ${kind}`);
  expect(Object.fromEntries(Object.entries(counts).map(([name, of]) => [name, of?.length]))).toEqual({
    "carillon connect": 4,
    "carillon publish": 7,
    "carillon resume": 2,
    "ws connect": 4,
    "ws publish": 7,
  });
  expect(around.printed.join("\n")).toMatch(/^no message lost +faults in all rows +0$/m);
  expect(code).toBe(0);
});

test("prints Markdown for the document", { timeout: 60_000 }, async () => {
  const around = surroundings();
  const argv = ["--servers", "ws", "--sockets", "2", "--seconds", "0.1", "--markdown"];
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
    argv: ["--seconds", "0"],
    says: '--seconds is a number from 0.1 to 3600 with at most one decimal, not "0".',
  },
  { argv: ["--sockets", "many"], says: '--sockets is a whole number from 1 to 15000, not "many".' },
])("refuses $argv", async ({ argv, says }) => {
  const around = surroundings();
  expect(await execute(bench, argv, around)).toBe(2);
  expect(around.complained).toEqual([`${says} See --help.`]);
});
