import type { Attendance, KnownPresence } from "./attendance.ts";
import { shardOf } from "./audience-door.ts";
import type { Connections } from "./connections.ts";
import type { RoomSockets } from "./room-sockets.ts";

export interface UserPresenceOptions {
  readonly user: string;
  readonly shards: number;
  readonly connections: Pick<Connections, "all" | "size" | "lastHeard">;
  readonly roomSockets: RoomSockets;
  /** Ends the connections that are dead; resolves when everybody has been told. */
  readonly sweep: () => Promise<void>;
  /** The direct connections that the user holds to a room, after the dead have been swept there. */
  readonly aliveIn: (room: string) => Promise<readonly string[]>;
  /** Tells the shard who is there, and learns since when the user is online. */
  readonly settle: (shard: number, attendance: Attendance) => Promise<KnownPresence>;
  /** Tells the shard who is there, now or later. Never fails. */
  readonly tell: (shard: number, attendance: Attendance) => Promise<void>;
  readonly now: () => number;
}

/** One connection of a user, as an operator sees it. */
export interface ShownConnection {
  readonly connection: string;
  readonly client: string;
  /** When it was opened (ms). */
  readonly openedAt: number;
  /** The rooms that are followed over it. */
  readonly rooms: readonly string[];
  /** Whether it is a connection to the room itself. */
  readonly direct: boolean;
}

/** Whether a user is online, and by what. */
export interface UserPresenceView {
  readonly user: string;
  readonly online: boolean;
  /** Since when (ms). */
  readonly since: number | null;
  /** When the user last gave a sign of life (ms); who is away: when the last connection went. */
  readonly lastSeen: number | null;
  readonly connections: readonly ShownConnection[];
}

/**
 * A user's presence, as the user's object knows it: the connections themselves. Since when the user is online is
 * remembered by the shard of the audience, whose rows change anyway when somebody comes and when the last one goes.
 */
export class UserPresence {
  readonly #options: UserPresenceOptions;
  #asOf = 0;
  /** What the shard has last been told in this waking. */
  #told: Attendance | undefined;
  #telling: Promise<void> | undefined;

  constructor(options: UserPresenceOptions) {
    this.#options = options;
  }

  /** Makes a call to the shard that tells it of something else anyway: who is there goes along. */
  async along<Answer>(call: (attendance: Attendance) => Promise<Answer>): Promise<Answer> {
    const attendance = this.#attendance();
    const answer = await call(attendance);
    if (attendance.asOf > (this.#told?.asOf ?? 0)) this.#told = attendance;
    return answer;
  }

  /** Connections have come or gone: the shard is told, unless it has been told along with something else. */
  changed(): Promise<void> {
    this.#telling ??= this.#tell().finally(() => {
      this.#telling = undefined;
    });
    return this.#telling;
  }

  async #tell(): Promise<void> {
    const { tell } = this.#options;
    // What changes while it is told is told after it.
    while (!this.#isTold) await this.along((attendance) => tell(this.#shard, attendance));
  }

  get #isTold(): boolean {
    const { connections, roomSockets } = this.#options;
    const { own, direct } = this.#told?.counts ?? {};
    return own === connections.size && direct === roomSockets.all.length;
  }

  /** Who is there, after the dead have been swept. */
  async attendance(): Promise<Attendance> {
    await this.#swept();
    return this.#attendance();
  }

  async #swept(): Promise<void> {
    const { sweep, roomSockets, aliveIn, now } = this.#options;
    await Promise.all([sweep(), roomSockets.forgetDead(roomSockets.all, now(), aliveIn)]);
  }

  /** What an operator is shown. What the shard believes otherwise is put right along with that. */
  async view(): Promise<UserPresenceView> {
    const { settle, user, connections } = this.#options;
    await this.#swept();
    const known = await this.along((attendance) => settle(this.#shard, attendance));
    const shown = this.#shown();
    const heard = connections.all.map((connection) => connections.lastHeard(connection));
    const opened = shown.map(({ openedAt }) => openedAt);
    // The shard may not have heard of who has just come.
    const online = shown.length > 0 || known.isOnline;
    const since = known.isOnline ? known.since : Math.min(...opened);
    const lastSeen = shown.length > 0 ? Math.max(...heard, ...opened) : known.leftAt;
    return {
      ...{ user, online, connections: shown },
      since: online ? (since ?? null) : null,
      lastSeen: lastSeen ?? null,
    };
  }

  #shown(): ShownConnection[] {
    const { connections, roomSockets } = this.#options;
    const own = connections.all.map(({ attachment: { connection, client, openedAt, rooms } }) => ({
      ...{ connection, client, openedAt, rooms: Object.keys(rooms), direct: false },
    }));
    const direct = roomSockets.all.map(({ connection, client, generation, room }) => ({
      ...{ connection, client, openedAt: generation, rooms: [room], direct: true },
    }));
    return [...own, ...direct].toSorted((one, other) => one.openedAt - other.openedAt);
  }

  #attendance(): Attendance {
    const { connections, roomSockets, now } = this.#options;
    this.#asOf = Math.max(now(), this.#asOf + 1);
    const counts = { own: connections.size, direct: roomSockets.all.length };
    return { asOf: this.#asOf, isHere: counts.own > 0, inRooms: counts.direct > 0, counts };
  }

  get #shard(): number {
    return shardOf(this.#options.user, this.#options.shards);
  }
}
