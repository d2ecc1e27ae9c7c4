import { DurableObject } from "cloudflare:workers";
import { type Settings, settingsOf } from "../config/settings.ts";
import { report } from "../operation/report.ts";
import { Alarms } from "./alarms.ts";
import {
  createDeadLetterTables,
  type DeadBody,
  type DeadLetter,
  DeadLetterRows,
  type DeadReason,
  type NewLetter,
} from "./dead-letter-rows.ts";
import type { Env } from "./env.ts";
import { type Migrations, Schema } from "./schema.ts";

const migrations: Migrations = [createDeadLetterTables];

const DAY = 86_400_000;
/** Letters lie an hour longer, so that one alarm prunes many of them. */
const SLACK = 3_600_000;

/** A page of the dead letters, newest first. */
export interface DeadLetterPage {
  readonly letters: readonly DeadLetter[];
  /** Whether there are older ones. */
  readonly more: boolean;
}

/** The one object that keeps what could not be delivered, until somebody looks at it or it is too old. */
export class DeadLetterObject extends DurableObject<Env> {
  readonly #settings: Settings;
  readonly #rows: DeadLetterRows;
  readonly #alarms: Alarms;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#settings = settingsOf(env);
    this.#rows = new DeadLetterRows(ctx.storage.sql, new Schema(ctx.storage.sql, migrations));
    this.#alarms = new Alarms(ctx.storage);
    void ctx.blockConcurrencyWhile(() => this.#alarms.load());
  }

  /**
   * Keeps the letters of one message of the queue. The same message may come again.
   *
   * @param body what was to be delivered, as it travels in queues.
   * @param letters one for each call in it, in their order.
   */
  async keep(message: string, body: Uint8Array, letters: readonly NewLetter[]): Promise<void> {
    this.#rows.insert(message, body, letters, Date.now());
    this.#prune();
  }

  /** The newest letters, or those before a number. */
  async list(before: number | undefined, limit: number): Promise<DeadLetterPage> {
    const letters = this.#rows.read(before ?? Number.MAX_SAFE_INTEGER, limit + 1);
    return { letters: letters.slice(0, limit), more: letters.length > limit };
  }

  /** What is to be delivered again, or nothing where there is no such letter (any more). */
  async find(id: number): Promise<DeadBody | undefined> {
    return this.#rows.find(id);
  }

  /** Notes why a letter could not be delivered again. */
  async note(id: number, reason: DeadReason): Promise<void> {
    this.#rows.update(id, reason);
  }

  /** Forgets a letter that was delivered. */
  async remove(id: number): Promise<void> {
    this.#rows.delete(id);
  }

  /** Forgets what could not be delivered to a user, who is deleted. */
  async forgetUser(user: string): Promise<void> {
    this.#rows.deleteOfUser(user);
  }

  /** How many are kept. */
  async count(): Promise<number> {
    return this.#rows.count();
  }

  /** Answers once its storage has: for those who ask whether objects work. */
  async answer(): Promise<void> {
    this.#rows.oldestAt();
    await this.ctx.storage.getAlarm();
  }

  override async alarm(): Promise<void> {
    this.#alarms.fired();
    this.#prune();
  }

  #prune(): void {
    const { MAX_DEAD_LETTERS, DEAD_LETTER_DAYS } = this.#settings;
    this.#rows.deleteUntil(Date.now() - DEAD_LETTER_DAYS * DAY);
    const lost = this.#rows.deleteBeyond(MAX_DEAD_LETTERS);
    if (lost > 0) report("error", "dead letters dropped: there are too many", { count: lost });
    const oldestAt = this.#rows.oldestAt();
    if (oldestAt !== undefined) this.#alarms.atLatest(oldestAt + DEAD_LETTER_DAYS * DAY + SLACK);
  }
}
