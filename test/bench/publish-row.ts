import { Histogram } from "./histogram.ts";
import type { Tally } from "./listeners.ts";
import type { Load } from "./load.ts";
import { type PublishRow, spreadOf } from "./measurement.ts";
import type { Published } from "./publisher-messages.ts";

/** What a load was answered, what came of it, and the processor time of both ends in seconds, where that is known. */
export interface Publishing {
  readonly answer: Published;
  readonly tally: Tally;
  readonly serverSeconds: number | undefined;
  readonly listenerSeconds: number;
}

export function publishRow(
  { name, batch }: Load,
  { answer, tally, serverSeconds: cpu, listenerSeconds }: Publishing,
): Omit<PublishRow, "server" | "audience" | "sockets" | "failures"> {
  const took = (tally.lastAt - answer.startedAt) / 1_000_000;
  const events = answer.counts.reduce((sum, count) => sum + count, 0);
  const answered = new Histogram();
  answered.add(answer.answered);
  return {
    kind: "publish",
    load: name,
    batch,
    seconds: took,
    events,
    refused: answer.refused,
    deliveries: tally.received,
    perSecond: tally.received / took,
    eventsPerSecond: events / took,
    lost: tally.lost,
    repeated: tally.repeated,
    surplus: tally.surplus,
    latency: spreadOf(tally.latency),
    answered: spreadOf(answered),
    cpuPerDelivery: cpu === undefined ? undefined : (cpu * 1_000_000) / tally.received,
    cpuPerEvent: cpu === undefined ? undefined : (cpu * 1_000_000) / events,
    serverCores: cpu === undefined ? undefined : cpu / took,
    listenerCores: listenerSeconds / took,
    bytesPerDelivery: tally.bytes / tally.received,
    eventsPerMessage: tally.received / tally.messages,
    compressed: tally.compressed / tally.messages,
  };
}
