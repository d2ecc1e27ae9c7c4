import type { Opened } from "./listeners.ts";
import { type ConnectRow, spreadOf } from "./measurement.ts";
import { secondsBetween, type Usage } from "./process-usage.ts";

/** How opening sockets went, and what the server had used before and after, where that is known. */
export interface Connecting {
  readonly opened: Opened;
  readonly sockets: number;
  /** Connections that were opened at once. */
  readonly concurrency: number;
  readonly before: Usage | undefined;
  readonly after: Usage | undefined;
}

export function connectRow({
  opened,
  sockets,
  concurrency,
  before,
  after,
}: Connecting): Omit<ConnectRow, "server" | "audience" | "connected" | "failures"> {
  const cpu = secondsBetween(before, after);
  const growth = after && before && (after.residentBytes - before.residentBytes) / sockets;
  return {
    kind: "connect",
    sockets,
    concurrency,
    failed: opened.failures.length,
    perSecond: (opened.took.total * 1_000_000) / (opened.endedAt - opened.startedAt),
    took: spreadOf(opened.took),
    cpuPerSocket: cpu === undefined ? undefined : (cpu * 1_000_000) / sockets,
    bytesPerSocket: growth,
    residentBytes: after?.residentBytes,
  };
}
