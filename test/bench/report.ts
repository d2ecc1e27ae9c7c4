import { type ConnectRow, faultsOf, type Measurement, type PublishRow, type Spread } from "./measurement.ts";
import type { Table } from "./table.ts";

const NONE = "–";

/** The report's tables. `subject` is the server whose figures are divided by those of the others. */
export function tablesOf(rows: readonly Measurement[], subject: string): Table[] {
  const connects = rows.filter((row) => row.kind === "connect");
  const publishes = rows.filter((row) => row.kind === "publish");
  const resumes = rows.filter((row) => row.kind === "resume");
  return [
    {
      title: "Connecting: from the TCP connection until `welcome` is read",
      names: 2,
      head: [
        "audience",
        "server",
        "sockets",
        "at once",
        "sockets/s",
        ...spreadHead,
        "CPU µs/socket",
        "KB/socket",
        "failed",
      ],
      rows: connects.map((row) => [
        row.audience,
        row.server,
        whole(row.sockets),
        whole(row.concurrency),
        whole(row.perSecond),
        ...spread(row.took),
        figure(row.cpuPerSocket),
        figure(row.bytesPerSocket === undefined ? undefined : row.bytesPerSocket / 1024),
        whole(faultsOf(row)),
      ]),
    },
    {
      title: "Publishing: from the request until the event is read by its listener",
      names: 3,
      head: [
        ...["audience", "load", "server", "events", "deliveries", "deliveries/s"],
        ...spreadHead,
        ...["CPU µs/delivery", "cores: server", "listeners", "faults"],
      ],
      rows: publishes.map((row) => [
        row.audience,
        row.load,
        row.server,
        whole(row.events),
        whole(row.deliveries),
        whole(row.perSecond),
        ...spread(row.latency),
        figure(row.cpuPerDelivery),
        figure(row.serverCores),
        figure(row.listenerCores),
        whole(faultsOf(row)),
      ]),
    },
    {
      title: "Resuming: all sockets break, events are published, all come back at once, until `live`",
      names: 2,
      head: [
        "audience",
        "server",
        "sockets",
        "missed by each",
        "all live after s",
        ...spreadHead,
        "CPU µs/socket",
        "faults",
      ],
      rows: resumes.map((row) => [
        row.audience,
        row.server,
        whole(row.sockets),
        whole(row.missed),
        figure(row.seconds),
        ...spread(row.took),
        figure(row.cpuPerSocket),
        whole(faultsOf(row)),
      ]),
    },
    ratioTable(connects, publishes, subject),
  ].filter((table) => table.rows.length > 0);
}

/** What `subject` takes or gives, divided by what each other server of the same run does. */
function ratioTable(
  connects: readonly ConnectRow[],
  publishes: readonly PublishRow[],
  subject: string,
): Table {
  const connectRatios = connects.flatMap((own) =>
    own.server !== subject
      ? []
      : connects
          .filter((row) => row.server !== subject && row.audience === own.audience)
          .filter((row) => row.concurrency === own.concurrency)
          .map((row) => [
            ...[own.audience, `connect, ${own.concurrency} at once`, row.server],
            ratio(own.cpuPerSocket, row.cpuPerSocket),
            ratio(own.perSecond, row.perSecond),
            ratio(own.took?.p95, row.took?.p95),
          ]),
  );
  const publishRatios = publishes.flatMap((own) =>
    own.server !== subject
      ? []
      : publishes
          .filter((row) => row.server !== subject && row.audience === own.audience && row.load === own.load)
          .map((row) => [
            ...[own.audience, own.load, row.server],
            ratio(own.cpuPerDelivery, row.cpuPerDelivery),
            ratio(own.perSecond, row.perSecond),
            ratio(own.latency?.p95, row.latency?.p95),
          ]),
  );
  return {
    title: `Ratios: ${subject} divided by its peer in this run`,
    names: 3,
    head: ["audience", "load", "peer", "CPU for each", "rate", "p95"],
    rows: [...connectRatios, ...publishRatios],
  };
}

const spreadHead = ["p50 ms", "p95 ms", "p99 ms", "max ms"];

function spread(values: Spread | undefined): string[] {
  return [values?.p50, values?.p95, values?.p99, values?.max].map(figure);
}

/** Three digits that count, so that a table can be read. */
function figure(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return NONE;
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toFixed(digits);
}

function whole(value: number): string {
  return Math.round(value).toLocaleString("en");
}

function ratio(own: number | undefined, other: number | undefined): string {
  return own === undefined || !other ? NONE : `${figure(own / other)}×`;
}
