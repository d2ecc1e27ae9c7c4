import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** What a process and all that it started have used. */
export interface Usage {
  /** Seconds of processor time, of the user and of the system, as `/proc/<pid>/stat` counts them. */
  readonly cpuSeconds: number;
  readonly residentBytes: number;
}

/** Whether this system tells what a process uses: Linux does. */
export const tellsUsage = process.platform === "linux";

let ticks: number | undefined;

/**
 * Reads what the process `root` and its descendants have used so far, or nothing where the system does not tell.
 * Descendants that have ended count too: their time is added to that of the process that started them.
 */
export function usageOf(root: number): Usage | undefined {
  if (!tellsUsage) return undefined;
  ticks ??= Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));
  let cpuTicks = 0;
  let residentBytes = 0;
  for (const pid of treeOf(root)) {
    // The name stands in parentheses and may hold anything, so fields are counted from behind it: state is the third.
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const field = (number: number) => Number(fields[number - 3] ?? 0);
    cpuTicks += field(14) + field(15) + field(16) + field(17);
    const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    residentBytes += Number(kilobytes ?? 0) * 1024;
  }
  return { cpuSeconds: cpuTicks / ticks, residentBytes };
}

/** Processor time that was used between two readings, where the system tells. */
export function secondsBetween(before: Usage | undefined, after: Usage | undefined): number | undefined {
  return before && after && after.cpuSeconds - before.cpuSeconds;
}

function treeOf(pid: number): number[] {
  const threads = readdirSync(`/proc/${pid}/task`);
  const children = threads.flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8").split(" ").filter(Boolean).map(Number),
  );
  return [pid, ...children.flatMap(treeOf)];
}
