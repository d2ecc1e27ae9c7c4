import type { Counting } from "./costs.ts";
import type { Load } from "./load.ts";
import type { Meter } from "./meter.ts";

/** Seconds that stand for an hour where there is no silence to be awaited. */
const SHORT = 0.2;
/** Events that are published one by one. */
const SINGLE = 10;
const BATCH = 100;

/** What a room's listeners cost, on sockets of its own or relayed by their users' objects. */
export async function countRoom(meter: Meter, { sockets, concurrency, silence }: Counting): Promise<void> {
  const { stage } = meter;
  const connected = await stage.connect(sockets, concurrency);
  const listeners = { each: "socket", of: sockets } as const;
  await meter.tell({ what: "a listener comes", ...listeners, row: connected });
  await stage.warmUp();
  await meter.skip();
  for (const load of [inTurn("one event", 1, SINGLE), inTurn(`${BATCH} events a request`, BATCH, BATCH)]) {
    const row = await stage.publish(load);
    await meter.tell({ what: load.name, each: "event", of: row.events, row });
  }
  await meter.tellIdleHour(silence || SHORT, { what: "an hour of listening", ...listeners, row: connected });
  await stage.drop();
  await meter.tell({ what: "a listener leaves", ...listeners, row: connected });
  if (connected.audience !== "room") return;
  const answer = await stage.publishUnheard(1, [0]);
  await meter.skip();
  const back = await stage.comeBack(answer, 1, [0]);
  await meter.tell({ what: "a listener comes back who missed one", ...listeners, row: back });
}

/** So many events to each target, one request after the other. */
export function inTurn(name: string, batch: number, times: number): Load {
  return { name, batch, pace: { kind: "each", publishers: 1, times } };
}
