import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { type Settings, settingsOf } from "../../../src/config/settings.ts";
import { audienceShard } from "../../../src/objects/env.ts";
import type { Position } from "../../../src/protocol/position.ts";
import { runAlarm } from "../interleavings/objects.ts";
import { seats, users } from "./cast.ts";
import type { Model, Note } from "./model.ts";
import { inOrder, type Limits, Verdict } from "./verdict.ts";
import type { Counts } from "./wire.ts";
import type { World } from "./world.ts";

const SHARDS = 2;
/** How long (ms) a run may take to come to rest. */
const PATIENCE = 8000;

export const limits: Limits = { notifications: 10, days: 1 / 24 };

/** Everything happens sooner here: few notifications are kept, and for an hour; replays have several pages. */
export async function hasten(): Promise<void> {
  const change: Partial<Settings> = {
    ...{ INBOX_NOTIFICATIONS: limits.notifications, INBOX_DAYS: limits.days, LOG_EVENTS: 25, PAGE_EVENTS: 6 },
    ...{ AUDIENCE_SHARDS: SHARDS, RETRY_SECONDS: 0.02, DEAD_SECONDS: 1e9 },
  };
  await runInDurableObject(env.USERS.getByName("hasten"), (instance) => {
    Object.assign(settingsOf((instance as unknown as { env: object }).env), change);
  });
}

/** What a device, or somebody who reads it all, has of an inbox. */
interface View {
  readonly who: string;
  readonly notes: readonly Note[];
  readonly counts: Counts;
  readonly position: Position | undefined;
}

/**
 * Lets a run come to rest, and says everything that is wrong with it: first everybody comes again and is brought up to
 * date, then each user's inbox, badge and devices are held against a plain list.
 */
export async function faultsOf(world: World): Promise<string[]> {
  const { clients, journal, office } = world;
  await Promise.all(clients.map((client) => client.connect(false)));
  await office.readAll("cyd");
  await untilNothing(world, () => unrest(world));
  const faults: string[] = [];
  for (const user of users) {
    const own = clients.filter(({ seat }) => seats[seat] === user);
    const views: View[] = own.map(({ seat, device: { notes, counts, position } }) => {
      return { who: seat, notes, counts, position };
    });
    views.push({ who: `who reads ${user}'s`, ...(await office.readAll(user)) });
    await journal.copy(user);
    const { model, faults: found } = new Verdict(user, journal, limits);
    faults.push(...found, ...views.flatMap((view) => differences(view, model, journal.topOf(user))));
    faults.push(...own.flatMap(({ seat, device }) => device.faults.map((fault) => `${seat}: ${fault}`)));
  }
  for (const client of clients) client.drop();
  return [...journal.faults, ...faults];
}

/** What of a view is not as it ought to be. */
function differences({ who, notes, counts, position }: View, model: Model, top: number): string[] {
  const told = (all: readonly Note[]) =>
    JSON.stringify(all.toSorted((one, other) => one.offset - other.offset).map(inOrder));
  const faults: string[] = [];
  if (told(notes) !== told(model.notes)) faults.push(`has ${told(notes)}, not ${told(model.notes)}`);
  if (JSON.stringify(counts) !== JSON.stringify(model.counts)) {
    faults.push(`counts ${JSON.stringify(counts)}, not ${JSON.stringify(model.counts)}`);
  }
  if (position?.offset !== top) faults.push(`is at ${position?.offset}, not ${top}`);
  return faults.map((fault) => `${who} ${fault}`);
}

/** What is under way, or due, or has not come; what is due is done. */
async function unrest(world: World): Promise<string[]> {
  const { clients, journal } = world;
  for (const user of users) await world.ring(user);
  for (let shard = 0; shard < SHARDS; shard++) await ring(audienceShard(env, shard));
  const due = await Promise.all(users.map(async (user) => ((await isDue(world.stubOf(user))) ? [user] : [])));
  const missing = users.flatMap((user) => {
    const rows = journal.rowsOf(user);
    return journal.published
      .filter(
        ({ answered, expiresAt }) =>
          answered.has(user) && (expiresAt ?? Number.POSITIVE_INFINITY) > Date.now(),
      )
      .filter(
        ({ id }) =>
          !rows.some(({ frame }) => frame.includes(`"event":"notification:new"`) && frame.includes(id)),
      )
      .map(({ id }) => `${id} for ${user}`);
  });
  const behind = clients.filter(
    ({ seat, isCalm, device }) => !isCalm || device.position?.offset !== journal.topOf(seats[seat]),
  );
  return [
    ...due.flat().map((user) => `${user}'s alarm is due`),
    ...missing,
    ...behind.map(({ seat, device }) => `${seat} is at ${device.position?.offset}`),
  ];
}

async function ring(stub: DurableObjectStub): Promise<void> {
  if (await isDue(stub)) await runAlarm(stub);
}

async function isDue(stub: DurableObjectStub): Promise<boolean> {
  const due = await runInDurableObject(stub, (_instance, ctx) => ctx.storage.getAlarm());
  return due !== null && due <= Date.now();
}

/** Waits until nothing is left of something, or blames the run for what is left. */
async function untilNothing(world: World, left: () => Promise<readonly string[]>): Promise<void> {
  const deadline = Date.now() + PATIENCE;
  for (;;) {
    // An object may be dying still; it is asked again.
    const rest = await left().catch((error: unknown) => [String(error)]);
    if (rest.length === 0) return;
    if (Date.now() > deadline) {
      world.journal.faults.push(`Waited in vain: ${rest.join("; ")}`);
      return;
    }
    await scheduler.wait(5);
  }
}
