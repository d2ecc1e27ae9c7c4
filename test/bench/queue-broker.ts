import { DurableObject, WorkerEntrypoint } from "cloudflare:workers";
import type { ConsumerConfig } from "./consumer-config.ts";

// The queues of a Worker that runs on `workerd serve`, which has the binding but no queues. This module is loaded as a
// service of its own, so it imports nothing but what the runtime has. Messages lie on the disk: as on the platform they
// outlive a process that is killed.

interface BrokerEnv {
  readonly BROKERS: DurableObjectNamespace<QueueBroker>;
  readonly CONSUMERS: Readonly<Record<string, ConsumerConfig>>;
  readonly WORKER: QueueConsumer;
}

/** The Worker as a queue sees it. */
interface QueueConsumer {
  queue(
    name: string,
    messages: readonly { id: string; timestamp: Date; body: ArrayBuffer; attempts: number }[],
    metadata: object,
  ): Promise<{
    readonly outcome: string;
    readonly retryBatch: { readonly retry: boolean; readonly delaySeconds?: number };
    readonly retryMessages?: readonly { readonly msgId: string; readonly delaySeconds?: number }[];
  }>;
}

interface Incoming {
  readonly body: Uint8Array;
  /** Seconds. */
  readonly delay: number;
}

/** Batches of one queue that are consumed at once. Each object that is called takes four of the 20,000 files a process may open. */
const LANES = 2;
/** Seconds until a batch comes again whose consumer was not there. */
const ABSENCE = 1;

/** Where the binding of a queue leads, over the protocol by which the runtime speaks to it. */
export default class QueueDoor extends WorkerEntrypoint<BrokerEnv, { queue: string }> {
  override async fetch(request: Request): Promise<Response> {
    const broker = this.env.BROKERS.getByName(this.ctx.props.queue);
    await broker.put(await messagesIn(request));
    return Response.json({ metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } } });
  }
}

async function messagesIn(request: Request): Promise<Incoming[]> {
  const delay = Number(request.headers.get("X-Msg-Delay-Secs") ?? 0);
  if (new URL(request.url).pathname !== "/batch") {
    expectBytes(request.headers.get("X-Msg-Fmt"));
    return [{ body: await request.bytes(), delay }];
  }
  const { messages } = await request.json<{
    messages: readonly { contentType: string; body: string; delaySecs?: number }[];
  }>();
  return messages.map(({ contentType, body, delaySecs }) => {
    expectBytes(contentType);
    return {
      body: Uint8Array.from(atob(body), (character) => character.charCodeAt(0)),
      delay: delaySecs ?? delay,
    };
  });
}

function expectBytes(contentType: string | null): void {
  if (contentType !== "bytes") throw new Error(`These queues hold bytes, not ${contentType}.`);
}

/** One queue. */
export class QueueBroker extends DurableObject<BrokerEnv> {
  readonly #sql: SqlStorage;

  constructor(ctx: DurableObjectState, env: BrokerEnv) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
    this.#sql.exec(`CREATE TABLE IF NOT EXISTS message (
      id INTEGER PRIMARY KEY AUTOINCREMENT, body BLOB, sent INTEGER, attempts INTEGER, due INTEGER)`);
  }

  /** Takes messages; they are on the disk when it answers. */
  async put(messages: readonly Incoming[]): Promise<void> {
    const now = Date.now();
    for (const { body, delay } of messages) {
      this.#sql.exec(
        "INSERT INTO message (body, sent, attempts, due) VALUES (?, ?, 1, ?)",
        body,
        now,
        now + delay * 1000,
      );
    }
    await this.#wake();
  }

  override async alarm(): Promise<void> {
    const { max_batch_size } = this.#config;
    const due = this.#sql
      .exec<Row>(
        "SELECT * FROM message WHERE due <= ? ORDER BY id LIMIT ?",
        Date.now(),
        LANES * max_batch_size,
      )
      .toArray();
    const batches = Map.groupBy(due, (_, index) => Math.floor(index / max_batch_size));
    // Set first: should the process be killed meanwhile, all of them come again.
    await this.ctx.storage.setAlarm(Date.now() + ABSENCE * 1000);
    await Promise.all([...batches.values()].map((batch) => this.#bring(batch)));
    await this.#wake();
  }

  get #config(): ConsumerConfig {
    const config = this.env.CONSUMERS[this.ctx.id.name ?? ""];
    if (!config) throw new Error(`Nobody consumes the queue ${this.ctx.id.name}.`);
    return config;
  }

  async #bring(batch: readonly Row[]): Promise<void> {
    const messages = batch.map(({ id, sent, body, attempts }) => {
      return { id: `${this.ctx.id.name}-${id}`, timestamp: new Date(sent), body, attempts };
    });
    const result = await this.env.WORKER.queue(this.ctx.id.name ?? "", messages, { metrics: {} }).catch(
      () => undefined,
    );
    const delays = new Map(result?.retryMessages?.map(({ msgId, delaySeconds }) => [msgId, delaySeconds]));
    const isAllToRetry = result === undefined || result.outcome !== "ok" || result.retryBatch.retry;
    for (const [index, row] of batch.entries()) {
      const id = messages[index]?.id ?? "";
      if (!isAllToRetry && !delays.has(id)) this.#sql.exec("DELETE FROM message WHERE id = ?", row.id);
      else
        await this.#retry(row, delays.get(id) ?? result?.retryBatch.delaySeconds ?? this.#config.retry_delay);
    }
  }

  async #retry({ id, body, attempts }: Row, delay: number): Promise<void> {
    const { max_retries, dead_letter_queue } = this.#config;
    if (attempts <= max_retries) {
      const due = Date.now() + delay * 1000;
      this.#sql.exec("UPDATE message SET attempts = ?, due = ? WHERE id = ?", attempts + 1, due, id);
      return;
    }
    if (dead_letter_queue !== undefined) {
      await this.env.BROKERS.getByName(dead_letter_queue).put([{ body: new Uint8Array(body), delay: 0 }]);
    }
    this.#sql.exec("DELETE FROM message WHERE id = ?", id);
  }

  async #wake(): Promise<void> {
    const { due } = this.#sql.exec<{ due: number | null }>("SELECT min(due) AS due FROM message").one();
    if (due === null) await this.ctx.storage.deleteAlarm();
    else await this.ctx.storage.setAlarm(Math.max(due, Date.now()));
  }
}

type Row = { id: number; body: ArrayBuffer; sent: number; attempts: number; due: number };
