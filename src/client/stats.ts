import type { ClientStats, ConnectionState } from "./api.ts";

/** How many of the newest latencies the figures are of. */
const SAMPLES = 200;

/** Counts what an application may want to know of its users' connections. */
export function createStats(now: () => number) {
  const figures = {
    reconnects: -1,
    reconnectsFailed: 0,
    roundTrip: null as number | null,
    received: 0,
    repeated: 0,
    gaps: 0,
  };
  let latencies: number[] = [];
  let begunAt: number | undefined;
  /** ms that it was connected, without the connection that is. */
  let upFor = 0;
  let upSince: number | undefined;
  return {
    figures,
    changed(before: ConnectionState, { status }: ConnectionState): void {
      begunAt ??= now();
      if (status === "connected") {
        if (before.status !== status) figures.reconnects += 1;
        upSince ??= now();
      } else if (upSince !== undefined) {
        upFor += now() - upSince;
        upSince = undefined;
      } else if (status === "disconnected" && before.status === "connecting" && figures.reconnects >= 0) {
        figures.reconnectsFailed += 1;
      }
    },
    /** An event came as it happened; `at` is by the service's clock. */
    arrived(at: number): void {
      latencies = [...latencies.slice(1 - SAMPLES), Math.max(0, now() - at)];
    },
    read(): ClientStats {
      const up = upFor + (upSince === undefined ? 0 : now() - upSince);
      const sorted = [...latencies].sort((a, b) => a - b);
      const quantile = (share: number) => sorted[Math.ceil(sorted.length * share) - 1] ?? null;
      return {
        ...figures,
        // The first connection is none.
        reconnects: Math.max(0, figures.reconnects),
        uptime: up && up / (now() - (begunAt ?? 0)),
        latency: { last: latencies.at(-1) ?? null, p50: quantile(0.5), p95: quantile(0.95) },
      };
    },
  };
}
