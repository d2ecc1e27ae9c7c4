import { setTimeout as wait } from "node:timers/promises";
import { broadcastTargets } from "./audience.ts";
import { type Counts, difference } from "./counts.ts";
import { broadcastLoads } from "./load.ts";
import { type CostRow, faultsOf, type Measurement } from "./measurement.ts";
import type { Stage } from "./stage.ts";

export interface CostsOptions {
  /** Users of the stage's audience, each with one connection. */
  readonly members: number;
  readonly concurrency: number;
  /** Seconds after which objects are asleep, or 0 to leave that out. */
  readonly silence: number;
  readonly measured: (row: CostRow) => void;
}

/** Has the server count what each thing costs that happens in the life of an audience. Its speed does not matter here. */
export async function countCosts(stage: Stage, options: CostsOptions): Promise<void> {
  const { members, concurrency, silence, measured } = options;
  let before: Counts = await stage.counts();
  const tell = async (
    what: string,
    each: CostRow["each"],
    of: number,
    row: Exclude<Measurement, CostRow>,
  ): Promise<void> => {
    const now = await stage.counts();
    const { server, audience, sockets, failures } = row;
    const counted = difference(now, before);
    measured({
      kind: "cost",
      ...{ server, audience, sockets, failures, what, each, of, counted },
      faults: faultsOf(row),
    });
    before = now;
  };

  const connected = await stage.connect(members, concurrency);
  await tell("a user comes for the first time", "user", members, connected);
  await stage.warmUp();
  const loads = broadcastLoads(silence);
  const notified = {
    name: "everyone, with a notification",
    target: broadcastTargets.everyone,
    isNotified: true,
  };
  for (const load of [...loads, { ...notified, batch: 1, silence: 0 }]) {
    before = await stage.counts();
    if (load.silence > 0) {
      await wait(load.silence * 1000);
      await tell("the alarms that follow", "user", members, connected);
    }
    const row = await stage.broadcast({ ...load, silence: 0 }, 0);
    await tell(load.name, "delivery", row.deliveries / (load.isNotified ? 2 : 1), row);
  }

  const places = [broadcastTargets.everyone];
  await stage.drop();
  await tell("a user leaves", "user", members, connected);
  const answer = await stage.publishUnheard(1, places);
  await tell("everyone, all of them away", "user", members, connected);
  const back = await stage.comeBack(answer, 1, places);
  await tell("a user comes back who missed one", "user", members, back);
}
