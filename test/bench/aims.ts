import { atLeast, atMost, type Claim, claimTable } from "./claim.ts";
import { totalOf } from "./counts.ts";
import { figure, whole } from "./figure.ts";
import type { Measurement, PublishRow } from "./measurement.ts";
import { type Ratio, ratiosOf } from "./ratios.ts";
import type { Table } from "./table.ts";

const times = (value: number) => `${figure(value)}×`;
/** The room in which the flood is judged. */
const LARGE = 5000;
/** Fewer events in a message than this: nothing was gathered to speak of. */
const UNGATHERED = 1.05;

/** What this service set out to reach, beside this run. */
export function aimTable(rows: readonly Measurement[], subject: string): Table {
  const own = rows.filter((row) => row.server === subject);
  const publishes = own.filter((row) => row.kind === "publish").filter(({ audience }) => audience === "room");
  const ratios = ratiosOf(rows, subject).filter(
    ({ audience, sockets }) => audience === "room" && sockets > 1,
  );
  const against = (peer: string, load: string) =>
    ratios.filter((ratio) => ratio.peer === peer && ratio.load === load);
  const floods = ["ws", "nchan"].flatMap((peer) => against(peer, "flood"));
  const claims: readonly Claim[] = [
    ...publishes
      .filter(({ load, sockets }) => load === "flood" && sockets === LARGE)
      .map((row) => ({
        stated: "flood: at most 2 µs of server CPU for each delivery",
        as: roomOf(row),
        ...atMost(2, row.cpuPerDelivery, (value) => `${figure(value)} µs`),
      })),
    ...floods
      .filter(({ sockets }) => sockets === LARGE)
      .map((ratio) => ({
        stated: "flood: at least 8 times the deliveries/s of the peer",
        as: `${roomOf(ratio)}, ${ratio.peer}`,
        ...atLeast(8, ratio.rate, times),
      })),
    ...against("ws", "50 events/s").map((ratio) => ({
      stated: "light load: p95 within 1.5 times of ws",
      as: roomOf(ratio),
      ...atMost(1.5, ratio.p95, times),
    })),
    ...against("bare", "10 events/s")
      .filter((ratio) => publishes.some((row) => isSame(row, ratio) && row.eventsPerMessage < UNGATHERED))
      .map((ratio) => ({
        stated: "nothing to gather: CPU within 1.2 times of the bare object",
        as: roomOf(ratio),
        ...atMost(1.2, ratio.cpu, times),
      })),
    ...publishCosts(own),
  ];
  return claimTable("Aims, beside this run", claims);
}

/** A publish to a room with direct listeners must cost the same whatever their number. */
function publishCosts(own: readonly Measurement[]): Claim[] {
  return own
    .filter((row) => row.kind === "cost")
    .filter(({ audience, what }) => audience === "room" && what === "one event")
    .flatMap(({ sockets, of, counted }) => [
      {
        stated: "a publish to a room: at most 2 requests",
        as: `room of ${whole(sockets)}`,
        ...atMost(2, (totalOf(counted.invocations) + totalOf(counted.requests)) / of, figure),
      },
      {
        stated: "a publish to a room: at most 2 rows written",
        as: `room of ${whole(sockets)}`,
        ...atMost(2, totalOf(counted.rowsWritten) / of, figure),
      },
    ]);
}

function isSame(row: PublishRow, { sockets, load }: Ratio): boolean {
  return row.sockets === sockets && row.load === load;
}

function roomOf({ sockets, load }: { readonly sockets: number; readonly load: string }): string {
  return `room of ${whole(sockets)}, ${load}`;
}
