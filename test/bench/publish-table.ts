import { figure, spread, spreadHead, whole } from "./figure.ts";
import { faultsOf, type Measurement, type PublishRow } from "./measurement.ts";
import type { Table } from "./table.ts";

export function publishTable(rows: readonly Measurement[]): Table {
  return {
    title: "Publishing: from the request until the event is read by its listener",
    names: 4,
    head: [
      ...["audience", "sockets", "load", "server", "events/s", "deliveries/s"],
      ...spreadHead,
      ...["CPU µs/delivery", "cores: server", "listeners", "events a message", "bytes/delivery", "faults"],
    ],
    rows: rows
      .filter((row) => row.kind === "publish")
      .map((row) => [
        ...[row.audience, whole(row.sockets), row.load, row.server],
        ...[whole(row.eventsPerSecond), whole(row.perSecond)],
        ...spread(row.latency),
        ...[row.cpuPerDelivery, row.serverCores, row.listenerCores].map(figure),
        ...[row.eventsPerMessage, row.bytesPerDelivery].map(figure),
        whole(faultsOf(row)),
      ]),
  };
}

/** The rooms whose sockets offered compression, beside those of the same size whose sockets did not. */
export function compressionTable(rows: readonly Measurement[]): Table {
  const publishes = rows.filter((row) => row.kind === "publish");
  const connects = rows.filter((row) => row.kind === "connect");
  const memoryOf = ({ audience, server, sockets }: PublishRow) =>
    connects
      // The crowd, whose memory says more than that of the few before it.
      .filter((row) => row.concurrency > 1 && row.audience === audience && row.server === server)
      .find((row) => row.sockets <= sockets && row.sockets > sockets / 2)?.bytesPerSocket;
  const line = (row: PublishRow) => [
    ...[row.load, whole(row.sockets), row.audience === "deflate" ? "offered" : "not offered"],
    `${figure(row.compressed * 100)} %`,
    ...[row.bytesPerDelivery, row.cpuPerDelivery].map(figure),
    whole(row.perSecond),
    ...[row.latency?.p50, row.latency?.p95].map(figure),
    figure((memoryOf(row) ?? Number.NaN) / 1024),
  ];
  return {
    title: "Compression: clients that offer it and clients that do not",
    names: 3,
    head: [
      ...["load", "sockets", "compression", "messages compressed", "bytes/delivery", "CPU µs/delivery"],
      ...["deliveries/s", "p50 ms", "p95 ms", "KB/socket"],
    ],
    rows: publishes
      .filter(({ audience }) => audience === "deflate")
      .flatMap((row) => {
        const { server, load, sockets } = row;
        const plain = publishes.find(
          (other) =>
            other.audience === "room" &&
            other.server === server &&
            other.load === load &&
            other.sockets === sockets,
        );
        return [...(plain ? [line(plain)] : []), line(row)];
      }),
  };
}
