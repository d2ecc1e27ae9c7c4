import { env } from "cloudflare:workers";
import { settingsOf } from "../../../src/config/settings.ts";
import { shardOf } from "../../../src/objects/audience-door.ts";
import { audienceShard } from "../../../src/objects/env.ts";
import { latecomer, shards, type User, users } from "./cast.ts";
import { placeOf } from "./ledger.ts";
import { isFollowing, objectOf, type Row, readDebts, readOrder, readUserLog, ringSoon } from "./objects.ts";
import type { World } from "./world.ts";

/** How long (ms) a run may take to come to rest, however slow the machine; one that has failed is not waited for. */
const PATIENCE = 30_000;

/** Lets everybody but the latecomer come, and waits until the audience knows of them: they are members from now on. */
export async function gather(world: World): Promise<void> {
  const members = world.clients.filter(({ seat }) => seat.user !== latecomer);
  await Promise.all(members.map((client) => client.connect("none")));
  await untilNothing(world, "everybody to be known", async () => {
    const known = await Promise.all(users.map((user) => isKnown(world, user)));
    return users.filter((user, index) => user !== latecomer && !known[index]);
  });
}

/**
 * Lets a run come to rest, and says everything that is wrong with it.
 *
 * First nothing more is done than to wait: what was answered must reach whoever is connected. Then one more event for
 * everybody uncovers what was stored and never answered. Last, every client comes again and resumes.
 */
export async function faultsOf(world: World): Promise<string[]> {
  const { clients, ledger, names, publisher, witness } = world;
  await untilNothing(world, "what was answered (F3)", async () => [
    ...unrest(world),
    ...(await missingOf(world, true)),
  ]);
  world.calm();
  const last = { to: "everyone", channels: [], byName: undefined, isNotification: false } as const;
  await publisher.broadcast([last], 1, true);
  await untilNothing(world, "what objects owe each other (F7)", () => debts(world));
  await untilNothing(world, "what came last (F2)", async () => [
    ...unrest(world),
    ...(await missingOf(world, true)),
  ]);
  await Promise.all(clients.map((client) => client.connect("remembered")));
  await untilNothing(world, "what members missed (F8)", async () => [
    ...unrest(world),
    ...(await missingOf(world, false)),
  ]);
  const order = await readOrder(audienceShard(env, 0));
  const faults: string[] = [];
  for (const user of users) {
    const rows = await readUserLog(objectOf(names, user));
    faults.push(...ledger.faultsOf(user, rows, order), ...witness.faultsAgainst(user, rows));
  }
  for (const shard of shards) {
    const copy = await readOrder(audienceShard(env, shard));
    const isWhole = copy.join() === order.join();
    if (!isWhole && (await isFollowing(audienceShard(env, shard)))) {
      faults.push(`shard ${shard} has ${copy.join()}, the first ${order.join()}`);
    }
  }
  for (const client of clients) client.drop();
  return [...witness.faults, ...faults];
}

/** Waits until nothing is left of something, or blames the run for what is left. */
async function untilNothing(
  { names, witness }: World,
  what: string,
  left: () => Promise<readonly string[]>,
): Promise<void> {
  const deadline = Date.now() + (witness.faults.length === 0 ? PATIENCE : 0);
  for (let round = 1; ; round++) {
    // An object may be dying still; it is asked again.
    const rest = await left().catch((error: unknown) => [String(error)]);
    if (rest.length === 0) return;
    if (Date.now() > deadline) {
      witness.blame(`Waited in vain for ${what}: ${rest.join("; ")}`);
      return;
    }
    await scheduler.wait(5);
    // What an object goes on with some seconds after its death, it goes on with now.
    if (round % 10 === 0) {
      await Promise.all(
        [...users, ...shards].map((key) => ringSoon(objectOf(names, key)).catch(() => undefined)),
      );
    }
  }
}

async function isKnown({ names }: World, user: User): Promise<boolean> {
  const name = names.user(user);
  const shard = shardOf(name, settingsOf(env).AUDIENCE_SHARDS);
  return (await audienceShard(env, shard).findMember(name))?.isOnline === true;
}

/** Clients with something under way. */
function unrest({ clients }: World): string[] {
  return clients.filter(({ isCalm }) => !isCalm).map(({ name }) => `${name} is on its way`);
}

/** What logs lack, and clients that have not come as far as the log. */
async function missingOf({ clients, names, ledger }: World, isOnlyThere: boolean): Promise<string[]> {
  const missing: string[] = [];
  for (const user of users) {
    const present = clients.filter(({ seat, isThere }) => seat.user === user && isThere);
    if (isOnlyThere && present.length === 0) continue;
    const rows: Row[] = await readUserLog(objectOf(names, user));
    const places = new Set(rows.map(placeOf));
    if (user !== latecomer) missing.push(...ledger.missing(user, (place) => places.has(place)));
    const short = present.filter(({ offset }) => offset < rows.length);
    missing.push(...short.map(({ name, offset }) => `${name} is at ${offset} of ${rows.length}`));
  }
  return missing;
}

/** What objects have yet to tell each other; their alarms do it. */
async function debts({ names }: World): Promise<string[]> {
  const keys = [...users, ...shards];
  const owed = await Promise.all(keys.map((key) => readDebts(objectOf(names, key))));
  return owed.flatMap((list, index) => list.map((debt) => `${keys[index]} owes ${debt}`));
}
