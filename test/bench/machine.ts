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
}

/** Asks the system; to be called before the run begins. */
export function thisMachine(): Machine {
  const processors = cpus();
  return {
    date: new Date().toISOString(),
    processor: processors[0]?.model.trim() ?? "unknown",
    cores: processors.length,
    memoryBytes: totalmem(),
    system: `${platform()} ${release()} ${arch()}`,
    node: process.version,
    loadBefore: loadavg()[0] ?? 0,
  };
}

/** One sentence for the report. */
export function describeMachine({
  date,
  processor,
  cores,
  memoryBytes,
  node,
  system,
  loadBefore,
}: Machine): string {
  const memory = `${Math.round(memoryBytes / 1024 ** 3)} GB`;
  const day = date.slice(0, 16).replace("T", " ");
  return `${day} UTC, ${cores} cores (${processor}), ${memory}, ${system}, Node ${node}, load before the run ${loadBefore.toFixed(2)}.`;
}
