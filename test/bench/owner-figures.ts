import type { AudienceName } from "./audience.ts";
import { atLeast, atMost, type Claim, claimTable } from "./claim.ts";
import { whole } from "./figure.ts";
import { type ConnectRow, faultsOf, type Measurement, type PublishRow } from "./measurement.ts";
import type { Table } from "./table.ts";

const GIGABYTE = 1024 ** 3;
const milliseconds = (value: number) => `${value.toFixed(1)} ms`;
const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
const perSecond = (value: number) => `${whole(value)}/s`;
const gigabytes = (value: number) => `${(value / GIGABYTE).toFixed(2)} GB`;

/**
 * What the documents of the systems that Carillon takes the place of state, beside what one server did in this run, on
 * this machine and not on theirs. Uptime is no figure of a run.
 */
export function ownerTable(rows: readonly Measurement[], server: string): Table {
  const own = rows.filter((row) => row.server === server);
  const connects = own
    .filter((row) => row.kind === "connect")
    .filter(({ audience, connected }) => (audience === "room" || audience === "users") && connected > 1);
  const publishes = own.filter((row) => row.kind === "publish").filter(({ sockets }) => sockets > 1);
  const loads = (audience: AudienceName, name: string) =>
    publishes.filter((row) => row.audience === audience && row.load === name);
  const steady = loads("users", "100 events/s");
  const faults = own.reduce((sum, row) => sum + faultsOf(row), 0);
  const claims: readonly Claim[] = [
    ...connects.map((row) => ({
      stated: "connect and welcome, p95 < 100 ms",
      as: `${nameOf(row)}, ${row.concurrency} at once`,
      ...atMost(100, row.took?.p95, milliseconds),
    })),
    ...steady.flatMap((row) => [
      {
        stated: "publish to receive, p95 < 10 ms at 100 events/s",
        as: nameOf(row),
        ...atMost(10, row.latency?.p95, milliseconds),
      },
      {
        stated: "CPU < 50 % under normal load",
        as: `${nameOf(row)}: of one core`,
        ...atMost(0.5, row.serverCores, percent),
      },
    ]),
    ...loads("room", "50 events/s").map((row) => ({
      stated: "p95 < 100 ms",
      as: nameOf(row),
      ...atMost(100, row.latency?.p95, milliseconds),
    })),
    ...loads("users", "flood").map((row) => ({
      stated: "> 1,000 messages/s",
      as: `${nameOf(row)}: events`,
      ...atLeast(1000, row.eventsPerSecond, perSecond),
    })),
    ...loads("room", "flood").map((row) => ({
      stated: "50,000+ messages/s",
      as: `${nameOf(row)}: deliveries`,
      ...atLeast(50_000, row.perSecond, perSecond),
    })),
    ...mostConnected(connects),
    ...reconnects(own),
    {
      stated: "no message lost",
      as: "faults in all rows",
      ...atMost(0, faults, whole),
    },
  ];
  return claimTable("What the owner's documents state, beside this run", claims);
}

/** The most that were connected at once, and what the server then took of memory. */
function mostConnected(connects: readonly ConnectRow[]): Claim[] {
  const [first] = connects.toSorted((one, other) => other.connected - one.connected);
  if (first === undefined) return [];
  const { audience, connected, failed, residentBytes } = first;
  const as = `${audience}, ${whole(connected)} connected`;
  return [
    { stated: "10,000 connections", as, ...atLeast(10_000, connected - failed, whole) },
    {
      stated: "memory < 1 GB",
      as: `${as}: the server's process`,
      ...atMost(GIGABYTE, residentBytes, gigabytes),
    },
  ];
}

function reconnects(own: readonly Measurement[]): Claim[] {
  const resumes = own.filter((row) => row.kind === "resume");
  const away = resumes.reduce((sum, { sockets }) => sum + sockets, 0);
  const back = resumes.reduce((sum, { sockets, failed }) => sum + sockets - failed, 0);
  if (away === 0) return [];
  const as = "all sockets back at once, in each audience";
  return [{ stated: "98 % of reconnects succeed", as, ...atLeast(0.98, back / away, percent) }];
}

function nameOf(row: ConnectRow | PublishRow): string {
  const sockets = `${row.audience} of ${whole(row.kind === "connect" ? row.connected : row.sockets)}`;
  return row.kind === "connect" ? sockets : `${sockets}, ${row.load}`;
}
