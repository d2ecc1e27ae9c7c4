import { report } from "../operation/report.ts";
import { shardOf } from "./audience-door.ts";
import { Census, type ShardCensus } from "./census.ts";
import { ConnectionGate } from "./connection-gate.ts";
import type { MemberRows } from "./member-rows.ts";
import { RoomRegisterRows, type RoomStatement } from "./room-register-rows.ts";
import type { Schema } from "./schema.ts";

export interface ShardStatisticsOptions {
  readonly sql: SqlStorage;
  readonly schema: Schema;
  readonly members: () => MemberRows;
  readonly shard: number;
  readonly settings: {
    readonly AUDIENCE_SHARDS: number;
    readonly MAX_CONNECTIONS: number;
    readonly WARN_CONNECTIONS: number;
  };
  /** Connections of another shard. */
  readonly connectionsOf: (shard: number) => Promise<number>;
  /** Asks all who are said to be there, whether they are. */
  readonly askAll: () => Promise<void>;
  /** Tells another shard that there is no room. Never fails. */
  readonly lookForDead: (shard: number) => Promise<void>;
  /** Keeps the object until a task is done. */
  readonly inBackground: (task: Promise<unknown>) => void;
  readonly now: () => number;
}

/** Rooms that statistics name. */
const MOST_ROOMS = 100;
/** How often (ms), at most, it is reported that there are many connections, or too many. */
const WARN_INTERVAL = 3_600_000;
const FULL_INTERVAL = 60_000;
/** How often (ms), at most, all are asked whether they are there because there is no room for others. */
const LOOK_INTERVAL = 600_000;
/** How often (ms), at most, the shards are added up to see whether there are many. */
const WATCH_INTERVAL = 60_000;
/** Users spread over the shards evenly, but for so much. */
const UNEVENNESS = 0.75;

/** What a shard of the audience knows of how many are there, for statistics, for the limit and for a warning. */
export class ShardStatistics {
  readonly census: Census;
  readonly rooms: RoomRegisterRows;
  readonly #options: ShardStatisticsOptions;
  readonly #gate: ConnectionGate;
  readonly #known = new Map<number, number>();
  #warnedAt = 0;
  #fullAt = 0;
  #lookedAt = 0;
  #watchedAt = 0;

  constructor(options: ShardStatisticsOptions) {
    const { sql, schema, members, settings, now } = options;
    this.#options = options;
    this.rooms = new RoomRegisterRows(sql);
    this.census = new Census(() => (schema.exists ? members() : undefined));
    this.#gate = new ConnectionGate({
      census: this.census,
      limit: () => settings.MAX_CONNECTIONS,
      shards: () => settings.AUDIENCE_SHARDS,
      elsewhere: () => this.#elsewhere(),
      full: (connections) => this.#reportFull(connections),
      now,
    });
  }

  /** Whether one more connection of a user may be opened. */
  get gate(): Pick<ConnectionGate, "admit" | "connections"> {
    return this.#gate;
  }

  /** This shard's part of the statistics. */
  take(): ShardCensus {
    const { shard, settings, schema, now } = this.#options;
    const { AUDIENCE_SHARDS } = settings;
    const all = schema.exists ? this.rooms.read() : [];
    const rooms = all.filter(({ room }) => shardOf(room, AUDIENCE_SHARDS) === shard);
    const largest = rooms.toSorted((one, other) => sizeOf(other) - sizeOf(one)).slice(0, MOST_ROOMS);
    return { ...this.census.take(shard, AUDIENCE_SHARDS, now()), roomsInUse: rooms.length, rooms: largest };
  }

  /** A room says by how many it is used. */
  note(room: string, statement: RoomStatement): void {
    const { schema } = this.#options;
    if (statement.direct + statement.relayed > 0) schema.ensure();
    if (schema.exists) this.rooms.note(room, statement);
  }

  /** Somebody has come: looks whether there are many now. Cheap, unless it may be so. */
  watch(): void {
    const { settings, inBackground, now } = this.#options;
    const { WARN_CONNECTIONS, AUDIENCE_SHARDS } = settings;
    if (WARN_CONNECTIONS === 0 || now() - this.#warnedAt < WARN_INTERVAL) return;
    if (now() - this.#watchedAt < WATCH_INTERVAL) return;
    if (this.census.connections < (WARN_CONNECTIONS / AUDIENCE_SHARDS) * UNEVENNESS) return;
    this.#watchedAt = now();
    inBackground(this.#warn());
  }

  /** There is no room for others: asks all who are said to be there, unless that was done a while ago. Never fails. */
  async lookForDead(): Promise<void> {
    const { askAll, now } = this.#options;
    if (now() - this.#lookedAt < LOOK_INTERVAL) return;
    this.#lookedAt = now();
    await askAll();
  }

  async #warn(): Promise<void> {
    const { settings, now } = this.#options;
    const connections = this.census.connections + (await this.#elsewhere());
    if (connections < settings.WARN_CONNECTIONS) return;
    this.#warnedAt = now();
    const { WARN_CONNECTIONS: above, MAX_CONNECTIONS: limit } = settings;
    report("warn", "there are many connections", { connections, above, limit });
  }

  #reportFull(connections: number): void {
    const { settings, lookForDead, inBackground, now } = this.#options;
    // Some may have died without a word.
    if (now() - this.#lookedAt >= LOOK_INTERVAL) {
      inBackground(Promise.all([this.lookForDead(), ...this.#others.map(lookForDead)]));
    }
    if (now() - this.#fullAt < FULL_INTERVAL) return;
    this.#fullAt = now();
    report("error", "the service holds as many connections as it may", {
      connections,
      limit: settings.MAX_CONNECTIONS,
    });
  }

  /** Of a shard that does not answer, what it said last counts. */
  async #elsewhere(): Promise<number> {
    const { connectionsOf } = this.#options;
    const counts = await Promise.all(
      this.#others.map(async (other) => {
        const count = await connectionsOf(other).catch(() => this.#known.get(other) ?? 0);
        this.#known.set(other, count);
        return count;
      }),
    );
    return counts.reduce((sum, count) => sum + count, 0);
  }

  get #others(): number[] {
    const { shard, settings } = this.#options;
    const all = Array.from({ length: settings.AUDIENCE_SHARDS }, (_, other) => other);
    return all.filter((other) => other !== shard);
  }
}

function sizeOf({ direct, relayed }: { readonly direct: number; readonly relayed: number }): number {
  return direct + relayed;
}
