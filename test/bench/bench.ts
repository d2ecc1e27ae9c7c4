import { writeFile } from "node:fs/promises";
import { type Command, main } from "../../src/cli/command.ts";
import { describeMachine, thisMachine } from "./machine.ts";
import { faultsOf, type Measurement } from "./measurement.ts";
import { readBenchOptions } from "./options.ts";
import { tellsUsage } from "./process-usage.ts";
import { tablesOf } from "./report.ts";
import { run } from "./run.ts";
import { tableAsMarkdown, tableAsText } from "./table.ts";

/** `npm run bench`: measures Carillon and its peers in one run. Tables go to `out`, progress to `err`. */
export const bench: Command = async (argv, { out, err, stop }) => {
  const options = readBenchOptions(argv);
  const { contenders, sockets, seconds, listeners, concurrency, padding } = options;
  const machine = thisMachine();
  const rows: Measurement[] = [];
  const startedAt = performance.now();
  await run({ ...options, progress: err, measured: (row) => rows.push(row), stop });
  const took = Math.round((performance.now() - startedAt) / 1000);

  const settings = `${sockets} sockets, ${seconds} s a load, ${listeners} listening process(es), ${concurrency} connections opened at once, ${padding} characters of padding in each event; the run took ${took} s.`;
  const isMarkdown = options.format === "markdown";
  out(describeMachine(machine));
  out(settings);
  for (const { name, about } of contenders) out(`${isMarkdown ? "- " : ""}${name}: ${about}.`);
  if (!tellsUsage) out("CPU and memory are not measured here: only Linux tells them.");
  for (const table of tablesOf(rows, "carillon")) {
    out("");
    out(isMarkdown ? tableAsMarkdown(table) : tableAsText(table));
  }
  if (options.json !== undefined) {
    const figures = { machine, sockets, seconds, listeners, concurrency, padding, rows };
    await writeFile(options.json, `${JSON.stringify(figures, null, 2)}\n`);
  }
  const faulty = rows.filter((row) => faultsOf(row) > 0);
  for (const row of faulty) {
    const { kind, server, audience, failures } = row;
    err(`${server}, ${audience}, ${kind}: ${faultsOf(row)} faults. ${failures.join("; ")}`);
  }
  return faulty.length === 0 ? 0 : 1;
};

if (import.meta.main) await main(bench);
