import { formatPosition } from "../../../src/protocol/position.ts";
import { type LogKey, logs } from "./cast.ts";
import type { Client } from "./client.ts";
import { objectOf, readDebts, readLog } from "./objects.ts";
import type { Row } from "./row.ts";
import type { World } from "./world.ts";

/** How long (ms) a run may take to come to rest, however slow the machine; one that has failed is not waited for. */
const PATIENCE = 30_000;

/**
 * Lets a run come to rest, and says everything that is wrong with it.
 *
 * First nothing more is done than to wait: what was answered must reach whoever is connected. Then one more event in
 * each log uncovers what was stored and never answered. Last, every client comes again and resumes.
 */
export async function faultsOf(world: World): Promise<string[]> {
  const { clients, ledger, names, publisher, witness } = world;
  await untilNothing(world, "before the end", async () => [...unrest(clients), ...(await debts(world))]);
  await untilNothing(world, "what was answered (F3)", async () => [
    ...unrest(clients),
    ...short(clients, (log) => ledger.acknowledged(log)),
  ]);
  await publisher.publish(
    logs.map((log) => ({ targets: [log], aim: undefined, store: true, hasId: true })),
    1,
  );
  await untilNothing(world, "what came last (F2)", async () => [
    ...unrest(clients),
    ...short(clients, (log) => ledger.acknowledged(log)),
  ]);
  await Promise.all(clients.map((client) => client.connect("remembered")));
  const rowsOf = new Map<LogKey, Row[]>();
  for (const log of logs) rowsOf.set(log, await readLog(objectOf(names, log)));
  const topOf = (log: LogKey) => rowsOf.get(log)?.length ?? 0;
  await untilNothing(world, "the whole log, resuming (R2)", async () => [
    ...unrest(clients),
    ...short(clients, topOf),
  ]);
  for (const client of clients) client.drop();
  const ofLogs = logs.flatMap((log) => ledger.faultsOf(log, rowsOf.get(log) ?? []));
  return [...witness.faults, ...ofLogs, ...witness.faultsAgainst(rowsOf, ledger)];
}

/** Waits until nothing is left of something, or blames the run for what is left. */
async function untilNothing(
  { witness }: World,
  what: string,
  left: () => Promise<readonly string[]>,
): Promise<void> {
  const deadline = Date.now() + (witness.faults.length === 0 ? PATIENCE : 0);
  for (;;) {
    // An object may be dying still; it is asked again.
    const rest = await left().catch((error: unknown) => [String(error)]);
    if (rest.length === 0) return;
    if (Date.now() > deadline) {
      witness.blame(`Waited in vain for ${what}: ${rest.join("; ")}`);
      return;
    }
    await scheduler.wait(5);
  }
}

/** Clients with something under way. */
function unrest(clients: readonly Client[]): string[] {
  return clients.filter(({ isCalm }) => !isCalm).map((client) => `${client.name} is ${client.describe()}`);
}

/** Connected clients that have not come as far as they should in what they follow. */
function short(clients: readonly Client[], goal: (log: LogKey) => number): string[] {
  return clients.flatMap(({ name, session }) => {
    if (session?.standing.kind !== "open") return [];
    return [...session.logs]
      .filter(([log, { isFollowed, position }]) => isFollowed && position.offset < goal(log))
      .map(([log, { position }]) => `${name} is at ${formatPosition(position)} of ${log}, not ${goal(log)}`);
  });
}

/** What objects have yet to tell each other; their alarms do it. */
async function debts({ names }: World): Promise<string[]> {
  const owed = await Promise.all(logs.map((log) => readDebts(objectOf(names, log))));
  return owed.flatMap((list, index) => list.map((debt) => `${logs[index]} owes ${debt}`));
}
