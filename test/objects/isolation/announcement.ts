import type { User } from "./cast.ts";
import type { Person } from "./person.ts";
import { type Aim, kindOf, mayFollow, overlap, ownerOf, segmentsOf } from "./who-may.ts";

/** One event to be published. */
export interface Announcement {
  readonly users: readonly User[];
  readonly roles: readonly string[];
  readonly tenants: readonly string[];
  readonly isForEveryone: boolean;
  readonly channels: readonly string[];
  readonly aim: Aim;
  readonly store: boolean;
  /** Whether it is gone when a run's clock is turned on. */
  readonly isBrief: boolean;
  readonly isNotification: boolean;
  /** How often it is posted at once, under one id. */
  readonly times: number;
}

/** One way on which an announcement reaches a user or a room. */
export interface Route {
  /** The channel under which it is shown. */
  readonly channel: string;
  /** Whether it comes by the audience: then it is for those alone who were members when it was published. */
  readonly byAudience: boolean;
  /** Whether somebody may follow it. */
  readonly isFor: (person: Person) => boolean;
}

/** The channel of a user's log, on which a user is sent what is for them by name, or by who they are. */
export function ownChannel(user: User): string {
  return `user:${encodeURIComponent(user)}`;
}

/** The ways on which an announcement reaches a user's own log. */
export function routesTo(user: User, announcement: Announcement): Route[] {
  const { users, roles, tenants, isForEveryone, channels } = announcement;
  const own = ownChannel(user);
  const routes: Route[] = channels.flatMap((channel) => {
    const kind = kindOf(channel);
    const isOthers = kind === "personal" && ownerOf(channel) !== user;
    if (kind === "room" || kind === "unknown" || isOthers) return [];
    return [{ channel, byAudience: kind === "audience", isFor: (person) => mayFollow(person, channel) }];
  });
  if (users.includes(user)) return [...routes, { channel: own, byAudience: false, isFor: () => true }];
  const isFor = (person: Person) =>
    isForEveryone || overlap(roles, person.roles) || overlap(tenants, person.tenants);
  return roles.length + tenants.length > 0 || isForEveryone
    ? [...routes, { channel: own, byAudience: true, isFor }]
    : routes;
}

/** The ways on which an announcement reaches a room's log. */
export function routesToRoom(room: string, { channels }: Announcement): Route[] {
  return channels
    .filter((channel) => isOneChannel(channel, room))
    .map((channel) => ({ channel, byAudience: false, isFor: (person) => mayFollow(person, room) }));
}

/** Whether two names are of one channel. */
export function isOneChannel(one: string, other: string): boolean {
  return segmentsOf(one).join("\n") === segmentsOf(other).join("\n");
}
