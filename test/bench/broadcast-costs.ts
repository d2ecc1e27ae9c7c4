import { setTimeout as wait } from "node:timers/promises";
import { broadcastTargets } from "./audience.ts";
import type { Counting } from "./costs.ts";
import { broadcastLoads } from "./load.ts";
import type { Meter } from "./meter.ts";

/** What users cost who are broadcast to: when they come, listen, are away, and come back. */
export async function countBroadcasts(
  meter: Meter,
  { sockets, concurrency, silence }: Counting,
): Promise<void> {
  const { stage } = meter;
  const connected = await stage.connect(sockets, concurrency);
  const users = { each: "user", of: sockets } as const;
  await meter.tell({ what: "a user comes for the first time", ...users, row: connected });
  await stage.warmUp();
  const notified = {
    name: "everyone, with a notification",
    target: broadcastTargets.everyone,
    isNotified: true,
  };
  for (const load of [...broadcastLoads(silence), { ...notified, batch: 1, silence: 0 }]) {
    await meter.skip();
    if (load.silence > 0) {
      await wait(load.silence * 1000);
      await meter.tell({ what: "the alarms that follow", ...users, row: connected });
    }
    const row = await stage.broadcast({ ...load, silence: 0 }, 0);
    const of = row.deliveries / (load.isNotified ? 2 : 1);
    await meter.tell({ what: load.name, each: "delivery", of, row });
  }

  const places = [broadcastTargets.everyone];
  await stage.drop();
  await meter.tell({ what: "a user leaves", ...users, row: connected });
  const answer = await stage.publishUnheard(1, places);
  await meter.tell({ what: "everyone, all of them away", ...users, row: connected });
  const back = await stage.comeBack(answer, 1, places);
  await meter.tell({ what: "a user comes back who missed one", ...users, row: back });
}
