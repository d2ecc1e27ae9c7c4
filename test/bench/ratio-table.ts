import { ratio } from "./figure.ts";
import type { Measurement } from "./measurement.ts";
import type { Table } from "./table.ts";

/** What `subject` takes or gives, divided by what each other server of the same run does. */
export function ratioTable(rows: readonly Measurement[], subject: string): Table {
  const connects = rows.filter((row) => row.kind === "connect");
  const publishes = rows.filter((row) => row.kind === "publish" || row.kind === "broadcast");
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
