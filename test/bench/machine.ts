import { statfsSync } from "node:fs";
import { arch, cpus, loadavg, platform, release, totalmem } from "node:os";

/** Where and when a run took place. */
export interface Machine {
  readonly date: string;
  readonly processor: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly system: string;
  readonly node: string;
  /** Processes that wanted a core in the minute before the run: other work than the benchmark's. */
  readonly loadBefore: number;
  /** What the servers' files lie on. Where it is a disk, each durable write waits for it. */
  readonly storage: "disk" | "memory";
}

/** File systems that keep everything in memory, by the number that Linux gives them: tmpfs and ramfs. */
const inMemory: ReadonlySet<number> = new Set([0x01021994, 0x858458f6]);

/**
 * Asks the system; to be called before the run begins.
 *
 * @param folder where the servers' files will lie.
 */
export function thisMachine(folder: string): Machine {
  const processors = cpus();
  return {
    date: new Date().toISOString(),
    processor: processors[0]?.model.trim() ?? "unknown",
    cores: processors.length,
    memoryBytes: totalmem(),
    system: `${platform()} ${release()} ${arch()}`,
    node: process.version,
    loadBefore: loadavg()[0] ?? 0,
    storage: inMemory.has(statfsSync(folder).type) ? "memory" : "disk",
  };
}

/** Two sentences for the report. */
export function describeMachine(machine: Machine): string {
  const { date, processor, cores, memoryBytes, node, system, loadBefore, storage } = machine;
  const day = `${date.slice(0, 16).replace("T", " ")} UTC`;
  const memory = `${Math.round(memoryBytes / 1024 ** 3)} GB`;
  return [
    `${day}, ${cores} cores (${processor}), ${memory}, ${system}, Node ${node}, storage ${storage === "disk" ? "on disk" : "in memory"}.`,
    `Load average before the run: ${loadBefore.toFixed(2)}.`,
  ].join(" ");
}
