import { writeFile } from "node:fs/promises";
import { type Command, main } from "../../src/cli/command.ts";
import { aimTable } from "./aims.ts";
import { hostedPrices, unpriced } from "./hosted-prices.ts";
import { describeMachine, thisMachine } from "./machine.ts";
import { faultsOf, type Measurement } from "./measurement.ts";
import { type BenchOptions, readBenchOptions } from "./options.ts";
import { ownerTable } from "./owner-figures.ts";
import { tellsUsage } from "./process-usage.ts";
import { ratiosOf } from "./ratios.ts";
import { tablesOf } from "./report.ts";
import { run } from "./run.ts";
import type { Contender } from "./server.ts";
import { tableAsMarkdown, tableAsText } from "./table.ts";

/** The server that this is about; the others are there to be compared with. */
const SUBJECT = "carillon";

/** `npm run bench`: measures Carillon and its peers in one run. Figures go to `out`, progress to `err`. */
export const bench: Command = async (argv, { out, err, stop }) => {
  const options = readBenchOptions(argv);
  const machine = thisMachine(options.folder);
  const rows: Measurement[] = [];
  const startedAt = performance.now();
  const { contenders, missing } = await present(options.contenders);
  for (const { name, why } of missing) err(`${name}: ${why}`);
  const leftOut: string[] = [];
  let failure: unknown;
  try {
    await run({
      ...{ ...options, contenders, progress: err, stop },
      leftOut: (what) => leftOut.push(what),
      measured: (row) => rows.push(row),
    });
  } catch (error) {
    // What was measured until then is told.
    if (rows.length === 0) throw error;
    failure = error;
  }
  const took = Math.round((performance.now() - startedAt) / 1000);

  const isMarkdown = options.format === "markdown";
  const item = isMarkdown ? "- " : "";
  out(describeMachine(machine));
  out(`${describeOptions(options)}; the run took ${took} s.`);
  out("");
  for (const { name, about } of contenders) out(`${item}${name}: ${about}.`);
  for (const { name, why } of missing) out(`${item}${name}: ${why}.`);
  for (const what of leftOut) out(`${item}Left out: ${what}.`);
  if (!tellsUsage) out("CPU and memory are not measured here: only Linux tells them.");
  const claims = [ownerTable(rows, SUBJECT), aimTable(rows, SUBJECT)].filter(
    (table) => table.rows.length > 0,
  );
  for (const table of [...tablesOf(rows, SUBJECT, missing), ...claims]) {
    out("");
    out(isMarkdown ? tableAsMarkdown(table) : tableAsText(table));
  }
  if (rows.some(({ kind }) => kind === "cost")) {
    out("");
    for (const { name, about } of hostedPrices) out(`${item}${name}: ${about}.`);
    out(`${item}${unpriced}.`);
  }
  if (options.json !== undefined) {
    const { sockets, users, members, notifications, seconds, silence } = options;
    const { listeners, concurrency, padding } = options;
    const sizes = {
      sockets,
      users,
      members,
      notifications,
      seconds,
      silence,
      listeners,
      concurrency,
      padding,
    };
    const ratios = ratiosOf(rows, SUBJECT);
    const figures = { machine, ...sizes, missing, leftOut, rows, ratios };
    await writeFile(options.json, `${JSON.stringify(figures, null, 2)}\n`);
  }
  if (failure !== undefined) throw failure;
  const faulty = rows.filter((row) => faultsOf(row) > 0);
  for (const row of faulty) {
    const { kind, server, audience, failures } = row;
    err(`${server}, ${audience}, ${kind}: ${faultsOf(row)} faults. ${failures.join("; ")}`);
  }
  return faulty.length === 0 ? 0 : 1;
};

/** The servers that can be started here, and why the others cannot. */
async function present(contenders: readonly Contender[]) {
  const reasons = await Promise.all(contenders.map((contender) => contender.missing?.()));
  return {
    contenders: contenders.filter((_, index) => reasons[index] === undefined),
    missing: contenders.flatMap(({ name }, index) => {
      const why = reasons[index];
      return why === undefined ? [] : [{ name, why }];
    }),
  };
}

function describeOptions({ sockets, users, members, seconds, listeners, padding }: BenchOptions): string {
  const processes = listeners === 1 ? "one process" : `${listeners} processes`;
  return `Rooms of ${sockets.join(", ")} sockets, ${users.join(", ")} users with one each, ${members} who are broadcast to, held by ${processes}; ${seconds} s a load; ${padding} characters of padding in each event`;
}

if (import.meta.main) await main(bench);
