import type { PresenceVersion } from "./room-presence-version.ts";

/** Members with their state as JSON text, where they have one. */
export type Members = ReadonlyMap<string, string | undefined>;

/** What is to become of one user: a member with this state, or none. */
export interface Turn {
  readonly user: string;
  readonly isMember: boolean;
  readonly state: string | undefined;
}

/** What a room tells of a change. */
export interface PresenceChange {
  readonly joined: readonly Turn[];
  readonly left: readonly Turn[];
  readonly updated: readonly Turn[];
}

/** What really changes, of turns of which each is another user's: who came and went meanwhile is none of it. */
export function changeOf(members: Members, turns: readonly Turn[]): PresenceChange {
  const isNew = ({ user, isMember }: Turn) => isMember && !members.has(user);
  return {
    joined: turns.filter(isNew),
    left: turns.filter(({ user, isMember }) => !isMember && members.has(user)),
    updated: turns.filter((turn) => turn.isMember && !isNew(turn) && members.get(turn.user) !== turn.state),
  };
}

/**
 * The `presence` frame that tells a change, or nothing where there are so many members that only the count is told,
 * and that stays.
 *
 * @param members as they are after the change.
 */
export function changeFrame(
  channel: string,
  { joined, left, updated }: PresenceChange,
  members: Members,
  version: PresenceVersion,
  full: number,
): string | undefined {
  const before = members.size - joined.length + left.length;
  const isFull = members.size > full;
  if (isFull && before === members.size) return undefined;
  const head = `{"type":"presence","channel":${JSON.stringify(channel)}`;
  const tail = versionText(members.size, version);
  if (isFull) return `${head},${tail}}`;
  // Whoever was told the count alone does not know whom a change would be about.
  if (before > full) return `${head},"members":${membersText(members)},${tail}}`;
  const names = JSON.stringify(left.map(({ user }) => user));
  const changed = updated.map(({ user, state }) => memberText(user, state ?? "null")).join(",");
  return `${head},"joined":${membersText(entriesOf(joined))},"left":${names},"updated":[${changed}],${tail}}`;
}

/** Who is in a room, as `welcome`, `subscribed` and `GET /rooms/:room` show it. */
export function viewText(members: Members, version: PresenceVersion, full: number): string {
  const tail = versionText(members.size, version);
  return members.size > full ? `{${tail}}` : `{"members":${membersText(members)},${tail}}`;
}

function versionText(count: number, { incarnation, seq }: PresenceVersion): string {
  return `"count":${count},"incarnation":${JSON.stringify(incarnation)},"seq":${seq}`;
}

function membersText(members: Iterable<readonly [user: string, state: string | undefined]>): string {
  return `[${[...members].map(([user, state]) => memberText(user, state)).join(",")}]`;
}

function entriesOf(turns: readonly Turn[]): (readonly [user: string, state: string | undefined])[] {
  return turns.map(({ user, state }) => [user, state]);
}

function memberText(user: string, state: string | undefined): string {
  const name = `{"user":${JSON.stringify(user)}`;
  return state === undefined ? `${name}}` : `${name},"state":${state}}`;
}
