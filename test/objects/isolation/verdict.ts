import { type Route, routesTo, routesToRoom } from "./announcement.ts";
import { type Room, rooms, type User, users } from "./cast.ts";
import type { Entry } from "./ledger.ts";
import type { Member } from "./member.ts";
import { type Badge, type Person, whoIs } from "./person.ts";
import { POLLER } from "./pollers.ts";
import type { Scene } from "./scene.ts";
import type { Session } from "./session.ts";
import { faultOf, type Sighting } from "./sightings.ts";
import { isMeant, segmentsOf } from "./who-may.ts";
import type { Witness } from "./witness.ts";
import type { World } from "./world.ts";

/** A credential that opens every channel that any can. */
const master: Badge = {
  roles: ["farmer", "admin", "dtam_admin", "auditor", "nurse"],
  tenants: ["7", "8"],
  grants: ["admin:*"],
  age: "fresh",
  isBrief: false,
};

/** How long (ms) it may take until everything has come. */
const PATIENCE = 30_000;

/**
 * Lets a run come to rest and says everything that is wrong with it: what somebody saw who may not, and what did not come
 * to somebody who should have it, or came twice.
 */
export async function faultsOf(world: World): Promise<string[]> {
  const { scene, pollers, publisher } = world;
  const { witness, ledger, members } = scene;
  const sessions = scene.open();
  const arrive = () => untilNothing(() => sessions.flatMap((one) => missingOf(one, scene)), witness);
  await arrive();
  // What is on its way to who should not have it comes before what is published now.
  await publisher.publish([lastWord]);
  await arrive();
  await world.close();
  await Promise.all(users.map((user) => pollers.poll(user, master, "start", 200)));
  await Promise.all(rooms.map((room) => pollers.pollRoom("anna", master, room, false, 200)));
  return [
    ...witness.faults,
    ...witness.sightings.flatMap((sighting) => faultOf(sighting, ledger, members) ?? []),
    ...users.flatMap((user) => missingFromLog(user, scene)),
    ...rooms.flatMap((room) => missingFromRoom(room, scene)),
    ...repeats(witness.sightings),
  ];
}

/** To everybody who is there, in every way. */
const lastWord = {
  users: [...users],
  roles: [],
  tenants: [],
  isForEveryone: false,
  channels: ["announcements", ...rooms],
  aim: {},
  store: true,
  isBrief: false,
  isNotification: false,
  times: 1,
};

/** Waits until nothing is missing, or blames the run for what is. */
async function untilNothing(missing: () => readonly string[], witness: Witness): Promise<void> {
  const deadline = performance.now() + PATIENCE;
  while (missing().length > 0 && performance.now() < deadline) await scheduler.wait(2);
  for (const fault of missing()) witness.blame(fault);
}

/** What has not come to a session, and should have: it was published while the session was known as it is now. */
function missingOf(session: Session, { ledger, members, witness }: Scene): string[] {
  const { by, as, seat, sureFrom } = session;
  const [person] = as;
  const member = members.get(seat.user);
  if (session.isOver || as.length !== 1 || !person || !member) return [];
  const seen = new Set(witness.sightings.filter((sighting) => sighting.by === by).map(keyOf));
  const missing = ledger.entries
    .filter(({ from }) => from > sureFrom)
    .flatMap((entry) => {
      const own = seat.room
        ? []
        : dueTo(entry, routesTo(seat.user, entry.announcement), member, person, seat.device);
      const followed = [...session.rooms].filter(([, since]) => since < entry.from).map(([room]) => room);
      const shared = followed.flatMap((room) =>
        dueTo(entry, routesToRoom(room, entry.announcement), member, person, seat.device),
      );
      return [...own, ...shared];
    });
  return missing
    .filter((key) => !seen.has(key))
    .map((key) => `${by} misses ${key} as ${JSON.stringify(person)}`);
}

/** What a user's log lacks, by what polling shows of it. */
function missingFromLog(user: User, { witness, ledger, members }: Scene): string[] {
  const member = members.get(user);
  if (!member) return [];
  const seen = witness.sightings.filter(({ by }) => by === `${user}, who polls,`);
  const keys = new Set(seen.map(keyOf));
  const person = whoIs(user, master, undefined);
  return ledger.entries
    .flatMap((entry) => dueTo(entry, routesTo(user, entry.announcement), member, person, POLLER))
    .filter((key) => !keys.has(key))
    .map((key) => `the log of ${user} lacks ${key}: ${JSON.stringify(ledger.find(key.split(" ")[0] ?? ""))}`);
}

function missingFromRoom(room: Room, { witness, ledger, members }: Scene): string[] {
  const member = members.get("anna");
  if (!member) return [];
  const keys = new Set(witness.sightings.filter((sighting) => sighting.room === room).map(keyOf));
  const person = whoIs("anna", master, undefined);
  return ledger.entries
    .flatMap((entry) => dueTo(entry, routesToRoom(room, entry.announcement), member, person, POLLER))
    .filter((key) => !keys.has(key))
    .map((key) => `${room} lacks ${key}`);
}

/** What somebody must find of an event that reaches a log in these ways. */
function dueTo(
  entry: Entry,
  routes: readonly Route[],
  member: Member,
  person: Person,
  device: string,
): string[] {
  const { event, announcement, goneFrom } = entry;
  if (!announcement.store || goneFrom < Number.POSITIVE_INFINITY) return [];
  if (!isMeant(announcement.aim, person, device)) return [];
  // Where it came in several ways, it is one entry, and that is shown to whom all of them are open.
  const isDue = (ways: readonly Route[]) =>
    ways.every(({ isFor }) => isFor(person)) && ways.some((way) => member.mustHave(entry, way));
  const byChannel = Map.groupBy(routes, ({ channel }) => nameOf(channel));
  const due = [...byChannel].filter(([, ways]) => isDue(ways)).map(([name]) => `${event} ${name}`);
  const isShared = routes.some(({ channel }) => rooms.some((room) => room === channel));
  if (!announcement.isNotification || isShared || routes.length === 0 || !isDue(routes)) return due;
  return [...due, `${event} notice`];
}

function keyOf({ event, channel, isNotice }: Sighting): string {
  return `${event} ${isNotice ? "notice" : nameOf(channel)}`;
}

function nameOf(channel: string): string {
  return JSON.stringify(segmentsOf(channel));
}

/** What lies twice in one log, or in whose place something else was seen. */
function repeats(sightings: readonly Sighting[]): string[] {
  const logs = Map.groupBy(
    sightings.filter(({ offset }) => offset !== undefined),
    ({ room, user }) => room ?? `the log of ${user}`,
  );
  return [...logs].flatMap(([log, seen]) => {
    const placeOf = new Map<string, number | undefined>();
    const keyAt = new Map<number | undefined, string>();
    return seen.flatMap((sighting) => {
      const { offset } = sighting;
      const key = keyOf(sighting);
      const place = placeOf.get(key) ?? offset;
      const there = keyAt.get(offset) ?? key;
      placeOf.set(key, place);
      keyAt.set(offset, there);
      if (place !== offset) return [`${log} has ${key} at ${place} and at ${offset}`];
      return there === key ? [] : [`${log} has ${there} and ${key} at ${offset}`];
    });
  });
}
