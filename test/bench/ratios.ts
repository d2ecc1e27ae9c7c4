import type { Measurement } from "./measurement.ts";

/** What one server took or gave for something, divided by what another did in the same run. */
export interface Ratio {
  readonly audience: string;
  readonly sockets: number;
  readonly load: string;
  readonly peer: string;
  /** Server CPU for each socket or delivery. */
  readonly cpu: number | undefined;
  /** Sockets or deliveries a second. */
  readonly rate: number | undefined;
  readonly p50: number | undefined;
  readonly p95: number | undefined;
}

/** A row whose figures can be divided by those of another server. */
interface Comparable extends Omit<Ratio, "peer"> {
  readonly server: string;
}

/** `subject` divided by each other server, in each row that both have. */
export function ratiosOf(rows: readonly Measurement[], subject: string): Ratio[] {
  const all = rows.flatMap(comparable);
  return all
    .filter(({ server }) => server === subject)
    .flatMap((own) =>
      all
        .filter(({ server }) => server !== subject)
        .filter((row) => row.audience === own.audience && row.sockets === own.sockets)
        .filter((row) => row.load === own.load)
        .map((row) => ({
          ...{ audience: own.audience, sockets: own.sockets, load: own.load, peer: row.server },
          cpu: divided(own.cpu, row.cpu),
          rate: divided(own.rate, row.rate),
          p50: divided(own.p50, row.p50),
          p95: divided(own.p95, row.p95),
        })),
    );
}

function comparable(row: Measurement): Comparable[] {
  if (row.kind === "connect") {
    const { server, audience, sockets, concurrency, cpuPerSocket: cpu, perSecond: rate, took } = row;
    const load = `connect, ${concurrency} at once`;
    return [{ server, audience, sockets, load, cpu, rate, p50: took?.p50, p95: took?.p95 }];
  }
  if (row.kind !== "publish" && row.kind !== "broadcast") return [];
  const { server, audience, sockets, load, cpuPerDelivery: cpu, perSecond: rate, latency } = row;
  return [{ server, audience, sockets, load, cpu, rate, p50: latency?.p50, p95: latency?.p95 }];
}

function divided(own: number | undefined, other: number | undefined): number | undefined {
  return own === undefined || !other ? undefined : own / other;
}
