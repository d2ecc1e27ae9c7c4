import { describe, report } from "../operation/report.ts";
import type { RoomStatement, RoomUse } from "./room-register-rows.ts";

export interface RoomRegisterOptions {
  readonly room: string;
  /** How many listen now. */
  readonly use: () => RoomUse;
  /** Tells the room's shard of the audience. May be repeated. */
  readonly tell: (statement: RoomStatement) => Promise<void>;
  /** How long (ms) a change waits for others, and an empty room for somebody to come back. */
  readonly grace: number;
  /** How long (ms) after a failure it is told again. */
  readonly retryDelay: number;
  readonly now: () => number;
  /** Asks to be woken for `run`. */
  readonly wakeAt: (time: number) => void;
}

/**
 * Tells the audience that a room is in use, and by how many, for the statistics. What is told is what is so then: a room
 * that slept or died tells it anew when it next wakes. The first to listen are told of at once, what follows once a grace.
 */
export class RoomRegister {
  readonly #options: RoomRegisterOptions;
  /** What was last told in this waking. */
  #told: RoomStatement | undefined;
  #due: number | undefined;
  #asOf = 0;
  #telling: Promise<void> | undefined;

  constructor(options: RoomRegisterOptions) {
    this.#options = options;
  }

  /** Somebody has come or gone. Never fails. */
  async changed(): Promise<void> {
    const { now, use, grace, wakeAt } = this.#options;
    if (this.#isTold || this.#telling) return;
    const { direct, relayed } = use();
    const start = direct + relayed === 0 ? now() : (this.#told?.asOf ?? 0);
    const due = start + grace;
    if (due <= now()) return this.#tell();
    this.#due = Math.min(this.#due ?? due, due);
    wakeAt(this.#due);
  }

  /** The object has woken for something: tells what is due, and what it may have missed. */
  async run(): Promise<void> {
    if (this.#isTold || (this.#due !== undefined && this.#due > this.#options.now())) return;
    await this.#tell();
  }

  /** When `run` is next due (ms), or nothing. */
  get due(): number | undefined {
    return this.#isTold ? undefined : this.#due;
  }

  /** What is so now, for a shard that asks. */
  statement(): RoomStatement {
    this.#asOf = Math.max(this.#options.now(), this.#asOf + 1);
    const { direct, relayed } = this.#options.use();
    return { direct, relayed, asOf: this.#asOf };
  }

  get #isTold(): boolean {
    const { direct, relayed } = this.#options.use();
    return this.#told?.direct === direct && this.#told.relayed === relayed;
  }

  #tell(): Promise<void> {
    this.#telling ??= this.#tellNow().finally(() => {
      this.#telling = undefined;
    });
    return this.#telling;
  }

  async #tellNow(): Promise<void> {
    const { tell, now, room, grace, retryDelay, wakeAt } = this.#options;
    this.#due = undefined;
    const statement = this.statement();
    try {
      await tell(statement);
      this.#told = statement;
    } catch (error) {
      report("warn", "the use of a room could not be told", { room, ...describe(error) });
    }
    if (this.#isTold) return;
    // It failed, or more have come and gone meanwhile.
    this.#due = now() + (this.#told === statement ? grace : retryDelay);
    wakeAt(this.#due);
  }
}
