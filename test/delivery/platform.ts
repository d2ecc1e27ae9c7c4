import { createExecutionContext, createMessageBatch, getQueueResult } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { z } from "zod";
import type { EventResult, TargetResult } from "../../src/delivery/publish.ts";
import type { Env } from "../../src/objects/env.ts";
import worker from "../../src/worker.ts";
import { ORIGIN, posted, publisher } from "../http/service.ts";

interface Waiting {
  readonly id: string;
  readonly body: unknown;
  readonly attempts: number;
  readonly delay: number;
}

let ids = 0;

/** A queue that holds what it is sent, within the platform's limits, until a test lets it be consumed. */
export class FakeQueue implements Queue<Uint8Array> {
  readonly name: string;
  waiting: Waiting[] = [];
  /** Calls that it took. */
  calls = 0;
  /** Whether it takes the next call. */
  takes: () => boolean = () => true;

  constructor(name: string) {
    this.name = name;
  }

  /** Refuses so many calls from now on. */
  refuse(times: number): void {
    let left = times;
    this.takes = () => {
      left -= 1;
      return left < 0;
    };
  }

  async send(body: unknown, { delaySeconds = 0 }: QueueSendOptions = {}) {
    this.#take([{ body }], delaySeconds);
    return metadata;
  }

  async sendBatch(
    messages: Iterable<MessageSendRequest<Uint8Array>>,
    { delaySeconds = 0 }: QueueSendBatchOptions = {},
  ) {
    this.#take([...messages], delaySeconds);
    return metadata;
  }

  async metrics() {
    return metadata.metadata.metrics;
  }

  #take(messages: readonly { readonly body: unknown }[], delay: number): void {
    if (!this.takes()) throw new Error("Too Many Requests");
    const sizes = messages.map(({ body }) => (body instanceof Uint8Array ? body.length : 0) + 100);
    if (messages.length > 100) throw new Error("Too many messages at once.");
    if (sizes.some((size) => size > 128_000)) throw new Error("A message is too large.");
    if (sizes.reduce((sum, size) => sum + size, 0) > 256_000) throw new Error("The messages are too large.");
    if (!Number.isInteger(delay) || delay < 0 || delay > 86_400) throw new Error("The delay is not valid.");
    this.calls += 1;
    for (const { body } of messages) {
      ids += 1;
      this.waiting.push({ id: `message-${ids}`, body, attempts: 1, delay });
    }
  }
}

const metadata = { metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } } };

/** The service with queues that a test has in its hands: nothing is consumed unless it says so, and delays pass at once. */
export class Platform {
  readonly deliveries = new FakeQueue("carillon-deliveries");
  readonly undeliverable = new FakeQueue("carillon-dead-letters");
  readonly env: Env;

  constructor(vars: Readonly<Record<string, string | undefined>> = {}) {
    this.env = { ...env, DELIVERIES: this.deliveries, UNDELIVERABLE: this.undeliverable, ...vars };
  }

  /** Asks the service. */
  async ask(path: string, init: RequestInit = {}): Promise<Response> {
    return worker.fetch(new Request(`${ORIGIN}${path}`, init), this.env, createExecutionContext());
  }

  /** Publishes, and gives what is answered for all targets. */
  async publish(body: unknown): Promise<readonly TargetResult[]> {
    const response = await this.ask("/publish", posted(body, publisher));
    if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
    const { results } = await response.json<{ results: EventResult[] }>();
    return results.flatMap(({ targets }) => targets);
  }

  /** Lets one batch of what waits be consumed, at most so many messages; what comes again waits again. */
  async consume(queue: FakeQueue, messages = 100): Promise<void> {
    const batch = queue.waiting.splice(0, messages);
    await this.deliver(queue, batch);
  }

  /** Brings messages to the service as the platform does: those that are not acknowledged wait again. */
  async deliver(queue: FakeQueue, messages: readonly Waiting[]): Promise<void> {
    const batch = createMessageBatch(
      queue.name,
      messages.map(({ delay: _, ...message }) => ({ ...message, timestamp: Date.now() })),
    );
    const delays = delaysOf(batch);
    await worker.queue(batch, this.env, createExecutionContext());
    const { explicitAcks, retryMessages } = await getQueueResult(batch, createExecutionContext());
    for (const message of messages) {
      if (retryMessages.some(({ msgId }) => msgId === message.id)) {
        const delay = delays.get(message.id) ?? 0;
        queue.waiting.push({ ...message, attempts: message.attempts + 1, delay });
      } else if (!explicitAcks.includes(message.id)) {
        throw new Error("A message was neither acknowledged nor put back.");
      }
    }
  }

  /** Lets everything be consumed until nothing waits any more. */
  async drain(): Promise<void> {
    for (let round = 0; round < 1000; round++) {
      const queue = [this.deliveries, this.undeliverable].find(({ waiting }) => waiting.length > 0);
      if (!queue) return;
      await this.consume(queue);
    }
    throw new Error("The queues do not become empty.");
  }

  /** The dead letters that are listed. */
  async deadLetters(query = ""): Promise<z.output<typeof page>> {
    const response = await this.ask(`/dead-letters${query}`, { headers: publisher });
    if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
    return page.parse(await response.json());
  }

  async retry(id: number): Promise<Response> {
    return this.ask(`/dead-letters/${id}/retry`, { method: "POST", headers: publisher });
  }
}

/** Notes with which delay each message is put back, which the runner does not tell. */
function delaysOf({ messages }: MessageBatch): ReadonlyMap<string, number> {
  const delays = new Map<string, number>();
  for (const message of messages) {
    const { retry } = message;
    message.retry = (options) => {
      delays.set(message.id, options?.delaySeconds ?? 0);
      retry.call(message, options);
    };
  }
  return delays;
}

const page = z.strictObject({
  deadLetters: z.array(
    z.strictObject({
      id: z.number(),
      at: z.number(),
      code: z.string(),
      reason: z.string(),
      object: z.strictObject({ kind: z.string(), name: z.string() }).nullable(),
      publications: z.array(
        z.strictObject({
          id: z.string(),
          events: z.array(z.strictObject({ channel: z.string(), event: z.string() })),
        }),
      ),
    }),
  ),
  more: z.boolean(),
});
