import type { CloseReason } from "../protocol/close-codes.ts";
import { encode } from "../protocol/codec.ts";
import type { Connection, Connections } from "./connections.ts";

export interface SessionsOptions {
  readonly connections: Connections;
  readonly now: () => number;
  /** How long before its end (ms) a session is told that it ends. */
  readonly tellBefore: number;
  /** After how long without a sign of life (ms) a connection is dead. */
  readonly deadAfter: number;
  readonly end: (connection: Connection, reason: CloseReason, message?: string) => void;
  readonly wakeAt: (time: number) => void;
}

/** How often, at most, connections are asked for signs of life while the object is awake anyway. */
const SWEEP_INTERVAL = 10_000;

/** When connections end by themselves: with their credential, or for want of a sign of life. */
export class Sessions {
  readonly #options: SessionsOptions;
  #sweptAt = 0;

  constructor(options: SessionsOptions) {
    this.#options = options;
  }

  /** Sees to it that the object is awake when this session is to be told of its end, or is to end. */
  watch(connection: Connection): void {
    this.#options.wakeAt(this.#dueOf(connection));
  }

  /** Tells and ends the sessions whose time has come, and watches the others. */
  run(): void {
    const { connections, now, end } = this.#options;
    const time = now();
    for (const connection of connections.all) {
      const { expiresAt } = connection.attachment.identity;
      if (expiresAt <= time) end(connection, "token_expired");
      else this.#tell(connection, expiresAt - time);
    }
    this.sweep(true);
    for (const connection of connections.all) this.watch(connection);
  }

  /**
   * Ends connections that are dead, whatever their sockets say: a client that lost its network cannot close. There is
   * no alarm for this; it happens when the object is awake, at most every ten seconds unless it must be known now.
   */
  sweep(isUrgent: boolean): void {
    const { connections, now, deadAfter, end } = this.#options;
    const time = now();
    if (!isUrgent && time - this.#sweptAt < SWEEP_INTERVAL) return;
    this.#sweptAt = time;
    for (const connection of connections.all) {
      if (time - connections.lastHeard(connection) > deadAfter) {
        end(connection, "slow_consumer", `Nothing was heard for ${deadAfter / 1000} s.`);
      }
    }
  }

  #tell(connection: Connection, left: number): void {
    if (connection.attachment.expiryTold || left > this.#options.tellBefore) return;
    connection.remember({ expiryTold: true });
    connection.send(encode({ type: "expiring", in: left }));
  }

  #dueOf({ attachment }: Connection): number {
    const { expiresAt } = attachment.identity;
    return attachment.expiryTold
      ? expiresAt
      : Math.max(expiresAt - this.#options.tellBefore, this.#options.now());
  }
}
