import type { AudienceName } from "./audience.ts";
import { countBroadcasts } from "./broadcast-costs.ts";
import type { CostRow } from "./measurement.ts";
import { Meter } from "./meter.ts";
import { countRoom } from "./room-costs.ts";
import type { Stage } from "./stage.ts";
import { countUsers } from "./user-costs.ts";

export interface CostsOptions {
  /** Users of each audience, at most, each with one connection. */
  readonly members: number;
  readonly concurrency: number;
  /** Seconds after which objects are asleep, or 0 to leave that out. */
  readonly silence: number;
  readonly measured: (row: CostRow) => void;
  /** Does something with a counting server and an audience that have just been made. */
  readonly open: (
    audience: AudienceName,
    sockets: number,
    task: (stage: Stage) => Promise<void>,
  ) => Promise<void>;
}

/** A room's relays, fewer than make it send its listeners elsewhere. */
const RELAYED = 40;
/** A small room and a large one, to see what its size costs. */
const rooms = [10, 1000];
/** Users who are published to one by one. */
const USERS = 100;

/** Has the server count what each thing costs that happens in the life of an audience. Its speed does not matter here. */
export async function countCosts(options: CostsOptions): Promise<void> {
  const { members, open } = options;
  const within = (count: number) => Math.min(count, members);
  const counted = (audience: AudienceName, sockets: number, count: Count) =>
    open(audience, sockets, async (stage) =>
      count(await Meter.of(stage, options.measured), { ...options, sockets }),
    );
  for (const size of new Set(rooms.map(within))) await counted("room", size, countRoom);
  await counted("relayed", within(RELAYED), countRoom);
  await counted("users", within(USERS), countUsers);
  await counted("broadcast", members, countBroadcasts);
}

/** What one audience's costs are counted with. */
export interface Counting extends Pick<CostsOptions, "concurrency" | "silence"> {
  readonly sockets: number;
}

type Count = (meter: Meter, counting: Counting) => Promise<void>;
