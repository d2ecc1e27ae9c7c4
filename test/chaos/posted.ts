import type { Aim } from "../../src/objects/aim.ts";
import { type Cast, type Part, roles, tenants, userLog } from "./cast.ts";
import { futile } from "./futile.ts";
import type { Random } from "./random.ts";

/** Where an event goes. */
export interface Target {
  readonly users: readonly string[];
  readonly channels: readonly string[];
  readonly roles: readonly string[];
  readonly tenants: readonly string[];
  readonly everyone: boolean;
}

export const nobody: Target = { users: [], channels: [], roles: [], tenants: [], everyone: false };

/** What is said of an event, beside its number. */
export interface Draft {
  readonly event: string;
  readonly to: Target;
  readonly only?: Aim["only"];
  readonly except?: Aim["except"];
  readonly notification?: object;
}

/** An event as it is posted. */
export interface Posted extends Draft {
  readonly id: string;
  readonly data: object;
}

/** How many users an event goes to that goes to many: more than a publisher waits for. */
const MANY = { least: 10, most: 40 };
/** Chances of a broadcast, and of an event for many. */
const BROADCASTS = 0.08;
const CROWDS = 0.03;
/** Chance that what goes to many cannot be delivered by the queue. */
const FUTILE = 0.1;

export const EVENT = "chaos";

const notification = { type: "chaos", title: "A title", message: "A message", priority: "high" };

/** Makes up what a backend says next: mostly to a room or a user, now and then to many. */
export function makeUp(cast: Cast, random: Random): Draft {
  const kind = random.next();
  const to = { ...nobody, ...targetOf(kind, cast, random) };
  const meant = random.next();
  // Which tab holds the connection that several share is their own business.
  const alone = cast.parts.filter(({ isSharing }) => !isSharing);
  const isFutile = kind >= BROADCASTS && kind < BROADCASTS + CROWDS && random.chance(FUTILE);
  return {
    to,
    event: isFutile ? random.pick(Object.values(futile)) : EVENT,
    ...(meant < 0.05 && { except: { client: random.pick(alone).client } }),
    ...(meant > 0.98 && { except: { user: random.pick(cast.users) } }),
    ...(meant > 0.94 && meant < 0.98 && { only: { roles: [random.pick(roles)] } }),
    ...(random.chance(0.15) && { notification }),
  };
}

/** The channel of all who hold a role. */
export function roleChannel(role: string): string {
  return `notifications:role:${role}`;
}

/** The channel of everybody. */
export const EVERYBODY = "announcements";

function targetOf(kind: number, cast: Cast, random: Random): Partial<Target> {
  if (kind < BROADCASTS) return audienceOf(cast, random);
  if (kind < BROADCASTS + CROWDS) return { users: someUsers(cast, random) };
  return fewOf((kind - BROADCASTS - CROWDS) / (1 - BROADCASTS - CROWDS), cast, random);
}

function audienceOf({ users, rooms }: Cast, random: Random): Partial<Target> {
  const role = random.pick(roles);
  const tenant = random.pick(tenants);
  const user = random.pickEarly(users);
  return random.pick<Partial<Target>>([
    { everyone: true },
    { roles: [role] },
    { tenants: [tenant] },
    { roles: [role], tenants: [tenant] },
    { channels: [EVERYBODY] },
    { channels: [roleChannel(role)] },
    { channels: [EVERYBODY, roleChannel(role)], everyone: true },
    // Whom it is sent to by name does not get it as one of many as well.
    { roles: [role], users: [user] },
    { everyone: true, users: [user], channels: [random.pickEarly(rooms), `${userLog(user)}:orders`] },
  ]);
}

function someUsers({ users }: Cast, random: Random): string[] {
  const wanted = MANY.least + random.below(MANY.most - MANY.least);
  return [...new Set(Array.from({ length: wanted }, () => random.pick(users)))];
}

/** `kind` is from 0 to 1. */
function fewOf(kind: number, cast: Cast, random: Random): Partial<Target> {
  const users: string[] = [];
  const channels: string[] = [];
  if (kind < 0.6) channels.push(random.pickEarly(cast.rooms));
  if (kind >= 0.5) {
    const user = random.pickEarly(cast.users);
    if (kind < 0.9) users.push(user);
    // Another channel of the same log: one publish then has two entries there.
    if (kind >= 0.8) channels.push(`${userLog(user)}:orders`);
  }
  if (kind >= 0.97) channels.push(...cast.rooms.slice(0, 3));
  return { users, channels };
}

/** What the answer to a publish calls the channel of each member's own. */
export const EACH_USER = "user:*";

/** The channels that the answer to a publish must name. */
export function channelsOf({ to }: Posted): string[] {
  const isForMembers = to.everyone || to.roles.length + to.tenants.length > 0;
  return [...new Set([...to.users.map(userLog), ...to.channels, ...(isForMembers ? [EACH_USER] : [])])];
}

/** Whether a channel, as an answer or an entry names it, is served by the audience. */
export function isAudience(channel: string): boolean {
  return channel === EACH_USER || channel === EVERYBODY || roles.map(roleChannel).includes(channel);
}

/** An entry as a client is given it, and the log in which it is. */
export interface Given {
  readonly log: string;
  readonly channel: string;
  readonly event: string;
}

/** The event of the entry that a notification makes. */
const NOTIFICATION = "notification:new";

/**
 * What a client is given of an event that goes to a channel; nothing where it is not for the client. Written here anew,
 * so that a fault of the service's own rules is found.
 */
export function givenTo(part: Part, posted: Posted, channel: string): Given[] {
  const { client, user, role, rooms } = part;
  const { only, except, event, notification: hasNotification } = posted;
  if (except?.client === client || except?.user === user) return [];
  if (only?.roles && !only.roles.includes(role)) return [];
  if (channel.startsWith("room:")) {
    return rooms.includes(channel) ? [{ log: channel, channel, event }] : [];
  }
  const own = userLog(user);
  if (!isFor(part, posted, channel)) return [];
  const entry = { log: own, channel: channel === EACH_USER ? own : channel, event };
  return hasNotification ? [entry, { log: own, channel: own, event: NOTIFICATION }] : [entry];
}

function isFor({ user, role, tenant }: Part, { to }: Posted, channel: string): boolean {
  if (channel === EVERYBODY) return true;
  if (isAudience(channel) && channel !== EACH_USER) return channel === roleChannel(role);
  if (channel !== EACH_USER) return channel === userLog(user) || channel.startsWith(`${userLog(user)}:`);
  if (to.users.includes(user)) return false;
  return to.everyone || to.roles.includes(role) || to.tenants.includes(tenant);
}
