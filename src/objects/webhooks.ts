import { userChannel } from "../channels/access.ts";
import { describe, report } from "../operation/report.ts";
import type { Webhook, WebhookContent, WebhookEvent } from "../protocol/webhook.ts";
import { Schema } from "./schema.ts";
import { encodeWebhook } from "./webhook-parcel.ts";

export interface WebhooksOptions {
  readonly sql: SqlStorage;
  /** Who numbers them, in what a receiver reads. */
  readonly source: string;
  /** Puts messages into the queue: at most 100, of at most 250,000 bytes in all. */
  readonly send: (messages: readonly Uint8Array[]) => Promise<unknown>;
  /** Milliseconds before the first retry; doubles up to a minute. */
  readonly retryDelay: number;
  readonly now: () => number;
  /** Asks to be woken for `send`. */
  readonly wakeAt: (time: number) => void;
}

/** When something became so (ms), and the id under which it is told, should it be found out twice. */
export interface Occasion {
  readonly at: number;
  readonly id?: string;
}

type Row = { sequence: number; id: string; event: WebhookEvent; subject: string; body: string };
type Life = { epoch: string; sequence: number; event: WebhookEvent };

/** Should the object die before the queue has a webhook, it is sent that much later (ms). */
const RESUME_DELAY = 5000;
const MAX_RETRY_DELAY = 60_000;
/** What one call may bring to the queue. */
const BATCH_MESSAGES = 100;
const BATCH_BYTES = 250_000;
const MESSAGE_BYTES = 100;

function createWebhookTables(sql: SqlStorage): void {
  // What the queue does not have yet, and one row: up to where webhooks are numbered, and what the last one told.
  sql.exec(`CREATE TABLE webhook (
    sequence INTEGER PRIMARY KEY, id TEXT NOT NULL, event TEXT NOT NULL, subject TEXT NOT NULL, body TEXT NOT NULL)`);
  sql.exec("CREATE TABLE webhook_life (epoch TEXT NOT NULL, sequence INTEGER NOT NULL, event TEXT NOT NULL)");
}

/**
 * The webhooks of one object. Each is numbered and written down in the block in which it becomes true, and kept until the
 * queue has it: it survives the object, and keeps its id and its number however often it is sent. The tables are its own,
 * so that where no webhook is ever told there are none.
 */
export class Webhooks {
  readonly #options: WebhooksOptions;
  readonly #schema: Schema;
  #life: Life | undefined;
  #sending: Promise<void> | undefined;
  #failed: { readonly attempts: number; readonly retryAt: number } | undefined;

  constructor(options: WebhooksOptions) {
    this.#options = options;
    this.#schema = new Schema(options.sql, [createWebhookTables], "webhooks");
    if (this.#schema.exists) this.#life = options.sql.exec<Life>("SELECT * FROM webhook_life").toArray()[0];
  }

  /** What was told last, or nothing. */
  get last(): WebhookEvent | undefined {
    return this.#life?.event;
  }

  /** Tells something; to be called in the block in which it becomes so. */
  tell({ event, data }: WebhookContent, { at, id = crypto.randomUUID() }: Occasion): void {
    const { sql, source, now, wakeAt } = this.#options;
    const { epoch, sequence } = this.#next(event);
    const written = { id, event, at, source, epoch, sequence, data } as Webhook;
    const subject = "room" in data ? data.room : userChannel(data.userId);
    sql.exec(
      "INSERT INTO webhook (sequence, id, event, subject, body) VALUES (?, ?, ?, ?, ?)",
      ...[sequence, id, event, subject, JSON.stringify(written)],
    );
    wakeAt(now() + RESUME_DELAY);
    void this.send();
  }

  /** Brings what is written down to the queue. Never fails: what it does not take now is sent later. */
  send(): Promise<void> {
    this.#sending ??= this.#sendAll();
    return this.#sending;
  }

  /** When `send` is next due (ms), or nothing. */
  get due(): number | undefined {
    if (this.#failed) return this.#failed.retryAt;
    return this.#waiting().length > 0 ? this.#options.now() + RESUME_DELAY : undefined;
  }

  async #sendAll(): Promise<void> {
    const { sql, send, now, retryDelay, wakeAt } = this.#options;
    // The block that tells something must have ended.
    await Promise.resolve();
    try {
      while ((this.#failed?.retryAt ?? 0) <= now()) {
        const batch = this.#waiting();
        const last = batch.at(-1);
        if (!last) return;
        await send(batch.map(({ message }) => message));
        sql.exec("DELETE FROM webhook WHERE sequence <= ?", last.sequence);
        this.#failed = undefined;
      }
    } catch (error) {
      report("warn", "webhooks could not be put into the queue", describe(error));
      const attempts = (this.#failed?.attempts ?? 0) + 1;
      const retryAt = now() + Math.min(retryDelay * 2 ** (attempts - 1), MAX_RETRY_DELAY);
      this.#failed = { attempts, retryAt };
      wakeAt(retryAt);
    } finally {
      // In the block that found nothing more: what is told next is not taken to be on its way.
      this.#sending = undefined;
    }
  }

  /** The next messages that fit into one call. */
  #waiting(): { readonly sequence: number; readonly message: Uint8Array }[] {
    if (!this.#schema.exists) return [];
    const rows = this.#options.sql.exec<Row>(
      "SELECT * FROM webhook ORDER BY sequence LIMIT ?",
      BATCH_MESSAGES,
    );
    const batch: { sequence: number; message: Uint8Array }[] = [];
    let bytes = 0;
    for (const { sequence, ...webhook } of rows) {
      const message = encodeWebhook({ attempt: 1, ...webhook });
      bytes += message.length + MESSAGE_BYTES;
      if (bytes > BATCH_BYTES) break;
      batch.push({ sequence, message });
    }
    return batch;
  }

  #next(event: WebhookEvent): Life {
    const { sql } = this.#options;
    this.#schema.ensure();
    if (this.#life) {
      this.#life = { ...this.#life, sequence: this.#life.sequence + 1, event };
      sql.exec("UPDATE webhook_life SET sequence = ?, event = ?", this.#life.sequence, event);
    } else {
      this.#life = { epoch: crypto.randomUUID().slice(0, 8), sequence: 1, event };
      sql.exec("INSERT INTO webhook_life (epoch, sequence, event) VALUES (?, 1, ?)", this.#life.epoch, event);
    }
    return this.#life;
  }
}
