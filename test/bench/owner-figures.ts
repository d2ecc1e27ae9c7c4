import type { AudienceName } from "./audience.ts";
import { faultsOf, type Measurement, type PublishRow } from "./measurement.ts";
import type { Table } from "./table.ts";

/**
 * What the documents of the systems that Carillon takes the place of state, beside what one server did in this run.
 * Nothing is judged: the machine is not theirs.
 */
export function ownerTable(rows: readonly Measurement[], server: string): Table {
  const own = rows.filter((row) => row.server === server);
  const connects = own
    .filter((row) => row.kind === "connect")
    .filter(({ audience }) => audience !== "broadcast");
  const publishes = own.filter((row) => row.kind === "publish");
  const load = (audience: AudienceName, name: string) =>
    publishes.find((row) => row.audience === audience && row.load === name);
  const steady = load("users", "100 events/s");
  const floods = [load("room", "flood"), load("room", "flood, 100 a request")];
  const resumes = own.filter((row) => row.kind === "resume");
  const back = resumes.reduce((sum, { sockets, failed }) => sum + sockets - failed, 0);
  const away = resumes.reduce((sum, { sockets }) => sum + sockets, 0);
  const faults = own.reduce((sum, row) => sum + faultsOf(row), 0);
  return {
    title: "What the owner's documents state, beside this run",
    names: 2,
    head: ["stated", "measured as", "measured"],
    rows: [
      ...connects.map((row) => [
        "connect and welcome, p95 < 100 ms",
        `${row.audience}, ${row.concurrency} at once`,
        milliseconds(row.took?.p95),
      ]),
      ...[steady, load("room", "10 events/s")]
        .filter((row) => row !== undefined)
        .map((row) => [
          "publish to receive, p95 < 10 ms at 100 events/s",
          `${row.audience}, ${row.load}, ${row.sockets.toLocaleString("en")} sockets`,
          milliseconds(row.latency?.p95),
        ]),
      ...(steady ? [["CPU < 50 % under normal load", name(steady), percent(steady.serverCores)]] : []),
      ...floods
        .filter((row) => row !== undefined)
        .map((row) => [
          "50,000+ messages/s",
          `${name(row)}: deliveries`,
          `${Math.round(row.perSecond).toLocaleString("en")}/s`,
        ]),
      ...(away > 0
        ? [["98 % of reconnects succeed", "all sockets back at once, in each audience", percent(back / away)]]
        : []),
      ["no message lost", "faults in all rows", faults.toLocaleString("en")],
    ],
  };
}

function name({ audience, load }: PublishRow): string {
  return `${audience}, ${load}`;
}

function milliseconds(value: number | undefined): string {
  return value === undefined ? "–" : `${value.toFixed(1)} ms`;
}

function percent(share: number | undefined): string {
  return share === undefined ? "–" : `${(share * 100).toFixed(1)} %`;
}
