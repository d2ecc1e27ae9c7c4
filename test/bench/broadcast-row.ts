import { Histogram } from "./histogram.ts";
import type { Tally } from "./listeners.ts";
import type { BroadcastLoad } from "./load.ts";
import { type BroadcastRow, spreadOf } from "./measurement.ts";
import type { Published } from "./publisher-messages.ts";

/** What became of one broadcast. */
export interface Round {
  readonly answer: Published;
  readonly tally: Tally;
}

/**
 * Adds broadcasts up.
 *
 * @param cpuSeconds what all of them cost the server, where that is known.
 */
export function broadcastRow(
  { name, batch }: BroadcastLoad,
  rounds: readonly Round[],
  cpuSeconds: number | undefined,
): Omit<BroadcastRow, "server" | "audience" | "sockets" | "failures"> {
  const [first, latency, last] = [new Histogram(), new Histogram(), new Histogram()];
  for (const { tally } of rounds) {
    first.record(tally.latency.quantile(0) ?? 0);
    last.record(tally.latency.max);
    latency.add(tally.latency.toData());
  }
  const tallies = rounds.map(({ tally }) => tally);
  const sum = (name: "received" | "lost" | "repeated" | "surplus") =>
    tallies.reduce((total, tally) => total + tally[name], 0);
  const deliveries = sum("received");
  const took = rounds.reduce((total, { answer, tally }) => total + tally.lastAt - answer.startedAt, 0);
  return {
    kind: "broadcast",
    load: name,
    batch,
    broadcasts: rounds.length,
    refused: rounds.reduce((total, { answer }) => total + answer.refused, 0),
    deliveries,
    perSecond: deliveries / (took / 1_000_000),
    lost: sum("lost"),
    repeated: sum("repeated"),
    surplus: sum("surplus"),
    first: spreadOf(first),
    latency: spreadOf(latency),
    last: spreadOf(last),
    cpuPerDelivery: cpuSeconds === undefined ? undefined : (cpuSeconds * 1_000_000) / deliveries,
  };
}
