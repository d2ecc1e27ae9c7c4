import { microseconds } from "./clock.ts";
import { serveCommands } from "./command-loop.ts";
import type { ScannedEvent } from "./event-scanner.ts";
import { Histogram } from "./histogram.ts";
import { ListenerConnection } from "./listener-connection.ts";
import { type ListenerAnswer, type ListenerCommand, listenerCommand } from "./listener-messages.ts";
import { Traffic } from "./traffic.ts";

/** Failures that are told; one says as much as a thousand. */
const TOLD = 3;

let connections: readonly ListenerConnection[] = [];
const traffic = new Traffic();
let latency = new Histogram();
let arrived = 0;
let lastAt = 0;
let enough: { readonly events: number; readonly reached: () => void } | undefined;

/** Each connection pings so often (seconds), a part of them in each second, as clients that came one by one do. */
const HEARTBEAT = 20;
let beat = 0;
setInterval(() => {
  beat = (beat + 1) % HEARTBEAT;
  for (let index = beat; index < connections.length; index += HEARTBEAT) connections[index]?.ping();
}, 1000);

/** The process that holds the sockets of a benchmark and counts what comes. */
serveCommands(listenerCommand, async (command): Promise<ListenerAnswer> => {
  switch (command.kind) {
    case "connect": {
      const before = connections.length;
      const added = command.connections.map(
        ({ follows, offersDeflate, ...caller }, index) =>
          new ListenerConnection({
            ...{ port: command.port, dialect: command.dialect, caller, follows, offersDeflate, traffic },
            client: `bench-${process.pid}-${before + index}`,
            received,
          }),
      );
      connections = [...connections, ...added];
      return open(added, "top", command.concurrency);
    }
    case "begin":
      latency = new Histogram();
      traffic.begin();
      arrived = 0;
      lastAt = microseconds();
      for (const { ledger } of connections) ledger.begin();
      return { kind: "begun" };
    case "expect":
      return expect(command);
    case "ping":
      for (const connection of connections) connection.ping();
      return { kind: "pinged" };
    case "drop":
      for (const connection of connections) connection.drop();
      return { kind: "dropped" };
    case "resume":
      return open(connections, "position", command.concurrency);
  }
});

function received(events: readonly ScannedEvent[], at: number, fresh: number): void {
  for (const { sent } of events) latency.record(at - sent);
  arrived += fresh;
  lastAt = at;
  if (enough && arrived >= enough.events) enough.reached();
}

async function open(
  those: readonly ListenerConnection[],
  from: "top" | "position",
  concurrency: number,
): Promise<ListenerAnswer> {
  const took = new Histogram();
  const failures: string[] = [];
  const startedAt = microseconds();
  const waiting = those.values();
  const lane = async () => {
    for (const connection of waiting) {
      try {
        took.record(await connection.open(from));
      } catch (error) {
        failures.push(error instanceof Error ? error.message : String(error));
      }
    }
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
  return { kind: "opened", took: took.toData(), startedAt, endedAt: microseconds(), failures };
}

/** Waits for as many events as were published, and then sees whether they were the right ones. */
async function expect({
  counts,
  milliseconds,
}: Extract<ListenerCommand, { kind: "expect" }>): Promise<ListenerAnswer> {
  const events = counts.reduce((sum, count) => sum + count, 0);
  if (arrived < events) {
    const { promise, resolve } = Promise.withResolvers<void>();
    enough = { events, reached: resolve };
    const timer = setTimeout(resolve, milliseconds);
    await promise;
    clearTimeout(timer);
    enough = undefined;
  }
  const { bytes, messages, compressed } = traffic;
  const seen = { bytes, messages, compressed };
  const answer = { kind: "tally" as const, received: 0, lost: 0, repeated: 0, surplus: 0, lastAt };
  connections.forEach(({ ledger }, index) => {
    const difference = ledger.received - (counts[index] ?? 0);
    answer.received += ledger.received;
    answer.repeated += ledger.repeated;
    if (difference < 0) answer.lost -= difference;
    else answer.surplus += difference;
  });
  const failures = connections.flatMap(({ failure }) => failure ?? []).slice(0, TOLD);
  return { ...answer, ...seen, latency: latency.toData(), failures };
}
