import type { Position } from "../protocol/position.ts";
import type { AudienceCursor } from "./attachment.ts";
import type { Connection, Connections } from "./connections.ts";

export interface AudiencePlaceOptions {
  readonly connections: Pick<Connections, "all">;
  /** How far the user had come when something was last stored, and the means to note it. */
  readonly stored: { read(): Position | undefined; write(position: Position): void };
}

/**
 * Where a user stands in the audience: at which shard, under which generation, and how far. The sockets remember it, and
 * the log does once it holds something of the audience; of what they say the latest counts.
 */
export class AudiencePlace {
  readonly #options: AudiencePlaceOptions;
  #cursor: AudienceCursor | undefined;

  constructor(options: AudiencePlaceOptions) {
    this.#options = options;
  }

  /** The shard that knows the user, and under which generation, if one does. */
  get cursor(): AudienceCursor | undefined {
    if (this.#cursor) return this.#cursor;
    const cursors = this.#options.connections.all.flatMap(({ attachment }) => attachment.audience ?? []);
    this.#cursor = cursors.toSorted((a, b) => b.generation - a.generation)[0];
    return this.#cursor;
  }

  /** How far the user has come. */
  get position(): Position | undefined {
    const stored = this.stored;
    const { cursor } = this;
    const remembered = cursor && { epoch: cursor.epoch, offset: cursor.at };
    if (!stored || !remembered) return stored ?? remembered;
    return stored.epoch === remembered.epoch && stored.offset > remembered.offset ? stored : remembered;
  }

  /** How far the user had come when something was last stored. */
  get stored(): Position | undefined {
    return this.#options.stored.read();
  }

  /** A shard knows the user from now on, or none does any more. */
  set(cursor: AudienceCursor | undefined): void {
    this.#cursor = cursor;
  }

  /** The user has come so far; nothing is written down. */
  move({ epoch, offset }: Position): void {
    if (this.#cursor) this.#cursor = { ...this.#cursor, epoch, at: offset };
  }

  /** The user has come so far, which is written down along with what was stored (rule F8). */
  store(position: Position): void {
    this.#options.stored.write(position);
    this.move(position);
  }

  /** Lets sockets remember it. What is stored from now on is remembered by the log. */
  rememberOn(connections: readonly Connection[]): void {
    for (const connection of connections) {
      if (connection.isOpen) connection.remember({ audience: this.#cursor });
    }
  }
}
