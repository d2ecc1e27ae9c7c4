import type { Opened, Tally } from "./listeners.ts";
import { type ResumeRow, spreadOf } from "./measurement.ts";

/** How coming back went, and the server's processor time in seconds, where that is known. */
export interface Resuming {
  /** Events that each connection missed. */
  readonly missed: number;
  readonly opened: Opened;
  readonly tally: Tally;
  readonly serverSeconds: number | undefined;
}

/** @param sockets that came back. */
export function resumeRow(
  { missed, opened, tally, serverSeconds: cpu }: Resuming,
  sockets: number,
): Omit<ResumeRow, "server" | "audience" | "sockets" | "failures"> {
  return {
    kind: "resume",
    missed,
    failed: opened.failures.length,
    lost: tally.lost,
    repeated: tally.repeated + tally.surplus,
    seconds: (Math.max(opened.endedAt, tally.lastAt) - opened.startedAt) / 1_000_000,
    took: spreadOf(opened.took),
    cpuPerSocket: cpu === undefined ? undefined : (cpu * 1_000_000) / sockets,
  };
}
