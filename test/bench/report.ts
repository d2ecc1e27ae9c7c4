import { costTable } from "./cost-table.ts";
import { totalOf } from "./counts.ts";
import { figure, spread, spreadHead, whole } from "./figure.ts";
import { faultsOf, type Measurement } from "./measurement.ts";
import { moneyTable } from "./money-table.ts";
import { compressionTable, publishTable } from "./publish-table.ts";
import { ratioTable } from "./ratio-table.ts";
import type { Table } from "./table.ts";

/** The report's tables. `subject` is the server whose figures are divided by those of the others. */
export function tablesOf(
  rows: readonly Measurement[],
  subject: string,
  missing: readonly { readonly name: string; readonly why: string }[] = [],
): Table[] {
  const connects = rows.filter((row) => row.kind === "connect");
  const broadcasts = rows.filter((row) => row.kind === "broadcast");
  const resumes = rows.filter((row) => row.kind === "resume");
  const inboxes = rows.filter((row) => row.kind === "inbox");
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
    publishTable(rows),
    compressionTable(rows),
    {
      title: "Broadcasting: one request at a time, until the last user has read it",
      names: 2,
      head: [
        ...["load", "server", "users", "broadcasts", "deliveries"],
        ...["first has it ms", "p50 ms", "p95 ms", "last has it ms", "worst ms"],
        ...["deliveries/s", "CPU µs/delivery", "faults"],
      ],
      rows: broadcasts.map((row) => [
        row.load,
        row.server,
        whole(row.sockets),
        whole(row.broadcasts),
        whole(row.deliveries),
        figure(row.first?.p50),
        figure(row.latency?.p50),
        figure(row.latency?.p95),
        figure(row.last?.p50),
        figure(row.last?.max),
        whole(row.perSecond),
        figure(row.cpuPerDelivery),
        whole(faultsOf(row)),
      ]),
    },
    costTable(rows),
    moneyTable(rows),
    {
      title: "Resuming: all sockets break, events are published, all come back at once, until all have them",
      names: 2,
      head: [
        "audience",
        "server",
        "sockets",
        "missed by each",
        "all have them after s",
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
    {
      title: "An inbox: what each thing costs once, and how long it takes",
      names: 2,
      head: [
        ...["what", "notifications", "requests", "rows written", "rows read", "times"],
        ...["p50 ms", "p95 ms", "max ms", "CPU ms"],
      ],
      rows: inboxes.map((row) => [
        ...[row.what, whole(row.notifications)],
        ...[row.counted.requests, row.counted.rowsWritten, row.counted.rowsRead].map(totalOf).map(whole),
        ...[whole(row.times), figure(row.took?.p50), figure(row.took?.p95), figure(row.took?.max)],
        figure(row.cpuMilliseconds),
      ]),
    },
    ratioTable(rows, subject, missing),
  ].filter((table) => table.rows.length > 0);
}
