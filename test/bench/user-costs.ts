import type { Counting } from "./costs.ts";
import type { Meter } from "./meter.ts";
import { inTurn } from "./room-costs.ts";

/** Seconds that stand for an hour where there is no silence to be awaited. */
const SHORT = 0.2;
const BATCH = 100;

/** What users with one socket each cost who are published to one by one. */
export async function countUsers(meter: Meter, { sockets, concurrency, silence }: Counting): Promise<void> {
  const { stage } = meter;
  const connected = await stage.connect(sockets, concurrency);
  const users = { each: "user", of: sockets } as const;
  await meter.tell({ what: "a user comes", ...users, row: connected });
  await meter.tellIdleHour(silence || SHORT, { what: "an hour of listening", ...users, row: connected });
  await stage.warmUp();
  await meter.skip();
  for (const load of [inTurn("one event", 1, 1), inTurn(`${BATCH} events a request`, BATCH, 1)]) {
    const row = await stage.publish(load);
    await meter.tell({ what: load.name, each: "event", of: row.events, row });
  }
  await stage.drop();
  await meter.tell({ what: "a user leaves", ...users, row: connected });
}
