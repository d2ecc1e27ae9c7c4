import { Gathering, type GatheringOptions } from "./gathering.ts";
import { changeFrame, changeOf, type Turn, viewText } from "./room-presence-change.ts";
import { RoomPresenceRows } from "./room-presence-rows.ts";
import type { PresenceVersion, PresenceView } from "./room-presence-version.ts";
import type { Schema } from "./schema.ts";

export interface RoomPresenceOptions {
  readonly sql: SqlStorage;
  readonly schema: Schema;
  readonly room: string;
  /** Up to how many members they are named; above it only their count is told. */
  readonly full: number;
  /** How long (ms) who has gone is a member still. */
  readonly grace: number;
  /** The room's own connections, by their ids, and whose they are. */
  readonly direct: () => Iterable<readonly [connection: string, user: string]>;
  /** The users whose objects follow the room. */
  readonly relayed: { readonly users: readonly string[]; readonly has: (user: string) => boolean };
  /** Tells everybody who is there. */
  readonly tell: (frame: string, version: PresenceVersion) => void;
  readonly gather: Omit<GatheringOptions, "flush">;
  readonly now: () => number;
  readonly wakeAt: (time: number) => void;
}

/** What is known in this waking. */
interface Known {
  /** Those who have been told of. */
  readonly members: Map<string, string | undefined>;
  /** Connections of users to the room's own sockets. */
  readonly direct: Map<string, Set<string>>;
  version: PresenceVersion;
}

/**
 * Who is in a room: users, over however many connections, of the room's own or of their objects. What has been told is
 * kept in rows and what is so follows from the connections and followers; the difference is what is told next. So neither
 * sleep nor death leaves a ghost or makes a count drift: whatever was missed meanwhile is found when the two are compared.
 */
export class RoomPresence {
  readonly #options: RoomPresenceOptions;
  readonly #rows: RoomPresenceRows;
  readonly #gathering: Gathering;
  #known: Known | undefined;
  /** Users of whom something may have changed that was not told yet. */
  readonly #touched = new Set<string>();
  readonly #states = new Map<string, string | undefined>();
  /** Who has gone, and when that counts (ms). */
  readonly #leaving = new Map<string, number>();
  #hasGrace = true;

  constructor(options: RoomPresenceOptions) {
    this.#options = options;
    this.#rows = new RoomPresenceRows(options.sql, options.schema);
    this.#gathering = new Gathering({ ...options.gather, flush: () => this.#flush() });
  }

  /** A user is here, over one of the room's own connections or through their object. To be told by `announce`. */
  enter(user: string, connection?: string): void {
    const { direct } = this.#load();
    if (connection !== undefined) {
      direct.set(user, (direct.get(user) ?? new Set()).add(connection));
    }
    this.#leaving.delete(user);
    this.#touched.add(user);
  }

  /** A connection of a user has ended, or their object does not follow any more. */
  leave(user: string, connection?: string): void {
    const { direct, members } = this.#load();
    if (connection !== undefined) {
      const left = direct.get(user);
      left?.delete(connection);
      if (left?.size === 0) direct.delete(user);
    }
    if (this.#isHere(user)) return;
    if (members.has(user) && this.#hasGrace && this.#options.grace > 0) this.#letGo(user);
    else this.#drop(user);
    this.announce();
  }

  /** A user who was taken to be here has been gone for long: they have no grace. */
  lose(user: string): void {
    if (this.#isHere(user)) return;
    this.#drop(user);
    this.announce();
  }

  /** Whoever is found to be gone in the course of a task has been gone for long: they have no grace. */
  withoutGrace<Result>(task: () => Result): Result {
    this.#hasGrace = false;
    try {
      return task();
    } finally {
      this.#hasGrace = true;
    }
  }

  /** What a member says of itself, as JSON text. @returns whether they are one. */
  setState(user: string, state: string | undefined): boolean {
    this.#load();
    if (!this.#isHere(user)) return false;
    this.#states.set(user, state);
    this.#touched.add(user);
    this.announce();
    return true;
  }

  /** Tells what has changed, now or together with what changes next. */
  announce(): void {
    this.#load();
    if (this.#touched.size > 0) this.#gathering.send();
  }

  /** Who is in the room now. What of it is still to be told comes again under the next number. */
  view(): PresenceView {
    const { members, version } = this.#load();
    const now = new Map(members);
    for (const { user, isMember, state } of this.#turns()) {
      if (isMember) now.set(user, state);
      else now.delete(user);
    }
    return { ...version, text: viewText(now, version, this.#options.full) };
  }

  /** Lets go of those whose grace is over. */
  expire(): void {
    this.#load();
    const now = this.#options.now();
    for (const [user, until] of this.#leaving) if (until <= now) this.#drop(user);
    this.announce();
  }

  /** When the next grace is over (ms), or nothing. */
  due(): number | undefined {
    return this.#leaving.size > 0 ? Math.min(...this.#leaving.values()) : undefined;
  }

  #isHere(user: string): boolean {
    return this.#load().direct.has(user) || this.#options.relayed.has(user);
  }

  #letGo(user: string): void {
    const { now, grace, wakeAt } = this.#options;
    const until = now() + grace;
    this.#leaving.set(user, until);
    wakeAt(until);
  }

  #drop(user: string): void {
    this.#leaving.delete(user);
    this.#touched.add(user);
  }

  #turns(): Turn[] {
    const { members } = this.#load();
    return [...this.#touched].map((user) => ({
      user,
      isMember: this.#isHere(user) || this.#leaving.has(user),
      state: this.#states.has(user) ? this.#states.get(user) : members.get(user),
    }));
  }

  #flush(): void {
    const known = this.#load();
    const { room, full, tell } = this.#options;
    const change = changeOf(known.members, this.#turns());
    this.#touched.clear();
    this.#states.clear();
    const { joined, left, updated } = change;
    if (joined.length + left.length + updated.length === 0) return;
    for (const { user, state } of [...joined, ...updated]) {
      known.members.set(user, state);
      this.#rows.put(user, state);
    }
    for (const { user } of left) {
      known.members.delete(user);
      this.#rows.remove(user);
    }
    const next = { ...known.version, seq: known.version.seq + 1 };
    const frame = changeFrame(room, change, known.members, next, full);
    if (frame === undefined) return;
    known.version = next;
    this.#rows.setVersion(next);
    tell(frame, next);
  }

  /** Compares what was told with what is so. */
  #load(): Known {
    if (this.#known) return this.#known;
    const { direct, relayed, grace } = this.#options;
    const members = this.#rows.members();
    const version = this.#rows.version() ?? { incarnation: crypto.randomUUID().slice(0, 8), seq: 0 };
    this.#known = { members, version, direct: new Map() };
    for (const [connection, user] of direct()) this.enter(user, connection);
    for (const user of relayed.users) this.enter(user);
    for (const user of members.keys()) {
      if (this.#isHere(user)) continue;
      // Its connection broke while the object slept, or died with it.
      if (grace > 0) this.#letGo(user);
      else this.#drop(user);
    }
    return this.#known;
  }
}
