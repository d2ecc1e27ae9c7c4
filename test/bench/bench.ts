import { writeFile } from "node:fs/promises";
import { type Command, main } from "../../src/cli/command.ts";
import { describeMachine, thisMachine } from "./machine.ts";
import { faultsOf, type Measurement } from "./measurement.ts";
import { type BenchOptions, readBenchOptions } from "./options.ts";
import { ownerTable } from "./owner-figures.ts";
import { tellsUsage } from "./process-usage.ts";
import { tablesOf } from "./report.ts";
import { run } from "./run.ts";
import { tableAsMarkdown, tableAsText } from "./table.ts";

/** The server that this is about; the others are there to be compared with. */
const SUBJECT = "carillon";

/** `npm run bench`: measures Carillon and its peers in one run. Figures go to `out`, progress to `err`. */
export const bench: Command = async (argv, { out, err, stop }) => {
  const options = readBenchOptions(argv);
  const machine = thisMachine(options.folder);
  const rows: Measurement[] = [];
  const startedAt = performance.now();
  await run({ ...options, progress: err, measured: (row) => rows.push(row), stop });
  const took = Math.round((performance.now() - startedAt) / 1000);

  const isMarkdown = options.format === "markdown";
  out(describeMachine(machine));
  out(`${describeOptions(options)}; the run took ${took} s.`);
  out("");
  for (const { name, about } of options.contenders) out(`${isMarkdown ? "- " : ""}${name}: ${about}.`);
  if (!tellsUsage) out("CPU and memory are not measured here: only Linux tells them.");
  for (const table of [...tablesOf(rows, SUBJECT), ownerTable(rows, SUBJECT)]) {
    out("");
    out(isMarkdown ? tableAsMarkdown(table) : tableAsText(table));
  }
  if (options.json !== undefined) {
    const { sockets, members, notifications, seconds, silence, listeners, concurrency, padding } = options;
    const sizes = { sockets, members, notifications, seconds, silence, listeners, concurrency, padding };
    const figures = { machine, ...sizes, rows };
    await writeFile(options.json, `${JSON.stringify(figures, null, 2)}\n`);
  }
  const faulty = rows.filter((row) => faultsOf(row) > 0);
  for (const row of faulty) {
    const { kind, server, audience, failures } = row;
    err(`${server}, ${audience}, ${kind}: ${faultsOf(row)} faults. ${failures.join("; ")}`);
  }
  return faulty.length === 0 ? 0 : 1;
};

function describeOptions({ sockets, members, seconds, listeners, padding }: BenchOptions): string {
  const processes = listeners === 1 ? "one process" : `${listeners} processes`;
  return `${sockets} sockets in the room and of users, ${members} of those who are broadcast to, held by ${processes}; ${seconds} s a load; ${padding} characters of padding in each event`;
}

if (import.meta.main) await main(bench);
