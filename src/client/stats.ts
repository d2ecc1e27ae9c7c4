import type { ClientStats, ConnectionState } from "./api.ts";

/** How many of the newest latencies the figures are of. */
const SAMPLES = 200;

/** Counts what an application may want to know of its users' connections. */
export class Stats {
  received = 0;
  gaps = 0;
  roundTrip: number | null = null;
  readonly #now: () => number;
  #latencies: number[] = [];
  #begunAt: number | undefined;
  /** ms that it was connected, without the connection that is. */
  #upFor = 0;
  #upSince: number | undefined;
  #hasBeenUp = false;
  #reconnects = 0;
  #reconnectsFailed = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  changed(before: ConnectionState, { status }: ConnectionState): void {
    const now = this.#now();
    this.#begunAt ??= now;
    if (status === "connected") {
      this.#upSince ??= now;
      if (before.status !== "connected" && this.#hasBeenUp) this.#reconnects += 1;
      this.#hasBeenUp = true;
    } else if (this.#upSince !== undefined) {
      this.#upFor += now - this.#upSince;
      this.#upSince = undefined;
    } else if (status === "disconnected" && before.status === "connecting" && this.#hasBeenUp) {
      this.#reconnectsFailed += 1;
    }
  }

  /** An event came as it happened; `at` is by the service's clock. */
  arrived(at: number): void {
    this.#latencies = [...this.#latencies.slice(1 - SAMPLES), Math.max(0, this.#now() - at)];
  }

  read(repeated: number): ClientStats {
    const now = this.#now();
    const up = this.#upFor + (this.#upSince === undefined ? 0 : now - this.#upSince);
    const sorted = [...this.#latencies].sort((a, b) => a - b);
    const quantile = (share: number) => sorted[Math.ceil(sorted.length * share) - 1] ?? null;
    return {
      uptime: up === 0 ? 0 : up / (now - (this.#begunAt ?? now)),
      reconnects: this.#reconnects,
      reconnectsFailed: this.#reconnectsFailed,
      roundTrip: this.roundTrip,
      latency: { last: this.#latencies.at(-1) ?? null, p50: quantile(0.5), p95: quantile(0.95) },
      received: this.received,
      repeated,
      gaps: this.gaps,
    };
  }
}
