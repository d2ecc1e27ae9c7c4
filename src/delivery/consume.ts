import { readSettings, type Settings } from "../config/settings.ts";
import type { Env } from "../objects/env.ts";
import type { Outcome } from "../objects/publication.ts";
import { decodeWebhook } from "../objects/webhook-parcel.ts";
import { describe, report } from "../operation/report.ts";
import { errorKinds } from "../protocol/errors.ts";
import { delayAfter } from "./backoff.ts";
import { countDelivered, countQueued } from "./counted.ts";
import { bury, rawBody } from "./dead-letters.ts";
import { deliver, failureOf, isForLater } from "./deliver.ts";
import { enqueue } from "./enqueue.ts";
import { inLanes } from "./lanes.ts";
import { DEAD_PARCEL_BYTES, pack } from "./pack.ts";
import { decodeParcel, type Parcel, type ParcelCall } from "./parcel.ts";
import { queuesOf } from "./queues.ts";
import { deliverWebhook } from "./webhook.ts";

/** The longest delay (s) before a dead letter is brought again that could not be kept: a hundred of them are four days. */
const DEAD_DELAY = 3600;
/** How soon (s) a service comes back to its queues that is not configured. */
const UNCONFIGURED_DELAY = 600;
/** Webhooks sent at once: a Worker may await as many answers from outside. */
const WEBHOOK_LANES = 6;

/**
 * Works off one batch of a queue: deliveries are made, message by message, webhooks are sent, and what was given up is kept
 * as dead letters.
 * A message that fails as a whole comes again; everything in it may be repeated.
 */
export async function consume(batch: MessageBatch, env: Env): Promise<void> {
  const read = readSettings(env);
  if (!read.ok) {
    report("error", "queue waits: the service is not configured", { queue: batch.queue });
    for (const message of batch.messages) message.retry({ delaySeconds: UNCONFIGURED_DELAY });
    return;
  }
  const { settings } = read;
  const isDead = batch.queue === settings.DEAD_LETTER_QUEUE;
  const work = async (message: Message) => {
    try {
      const webhook = isDead ? undefined : decodeWebhook(message.body);
      if (isDead) await bury(message, env, settings);
      else if (webhook) await deliverWebhook(webhook, env, settings);
      else await deliverAll(message, env, settings);
      message.ack();
    } catch (error) {
      report("error", "queue message failed", { queue: batch.queue, id: message.id, ...describe(error) });
      const longest = isDead ? DEAD_DELAY : undefined;
      const delay = delayAfter(message.attempts, settings.QUEUE_RETRY_SECONDS, Math.random(), longest);
      message.retry({ delaySeconds: delay });
    }
  };
  const isWebhook = ({ body }: Message) => !isDead && decodeWebhook(body) !== undefined;
  const { webhooks = [], others = [] } = Object.groupBy(batch.messages, (message) =>
    isWebhook(message) ? "webhooks" : "others",
  );
  await Promise.all([inLanes(others, 1, work), inLanes(webhooks, WEBHOOK_LANES, work)]);
}

/** Makes the calls of one message. Those that fail go on in messages of their own, so that the others are not repeated. */
async function deliverAll(message: Message, env: Env, settings: Settings): Promise<void> {
  const queues = queuesOf(env);
  if (!queues) throw new Error("The queues are not bound.");
  const parcel = read(message);
  if (!parcel) {
    await queues.undeliverable.send(rawBody(message), { contentType: "bytes" });
    return;
  }
  const later: ParcelCall[] = [];
  const never: ParcelCall[] = [];
  await inLanes(parcel.calls, settings.PUBLISH_CONCURRENCY, async (call) => {
    const left = await makeOne(call, env, settings, parcel.requestId);
    later.push(...left.later);
    never.push(...left.never);
  });
  const { attempt, requestId } = parcel;
  // What was refused is the publisher's affair; what is given up, the operator's.
  const givenUp = attempt >= settings.QUEUE_ATTEMPTS ? later.splice(0) : [];
  if (later.length + never.length + givenUp.length > 0) {
    const counts = { later: later.length, refused: never.length, givenUp: givenUp.length };
    report(givenUp.length > 0 ? "error" : "warn", "queued deliveries failed", {
      ...{ requestId, attempt, calls: parcel.calls.length },
      ...counts,
    });
  }
  never.push(...givenUp);
  // Of one call some publications may go on and others be given up.
  const left = new Set([...later, ...never].map(({ object }) => `${object.kind} ${object.name}`)).size;
  countQueued("delivered", parcel.calls.length - left);
  countQueued("retried", later.length);
  countQueued("dead", never.length);
  const delay = delayAfter(attempt, settings.QUEUE_RETRY_SECONDS, Math.random());
  await Promise.all([
    send(queues.deliveries, { attempt: attempt + 1, requestId, calls: later }, delay, settings),
    send(queues.undeliverable, { attempt, requestId, calls: never }, 0, settings),
  ]);
}

/** What is left of a call: what may succeed later, and what never will. */
interface Left {
  readonly later: readonly ParcelCall[];
  readonly never: readonly ParcelCall[];
}

async function makeOne(
  call: ParcelCall,
  env: Env,
  settings: Settings,
  requestId: string | undefined,
): Promise<Left> {
  try {
    const outcomes = await deliver(call, env, settings, requestId);
    countDelivered(call, outcomes);
    return leftOf(call, outcomes);
  } catch (error) {
    const failure = failureOf(error, call, requestId);
    return { later: isForLater(call) ? [{ ...call, failure }] : [], never: [] };
  }
}

/** Nobody waits for the outcomes: those that failed are kept with their reason, or tried again where that makes sense. */
function leftOf({ object, publications }: ParcelCall, outcomes: readonly (readonly Outcome[])[]): Left {
  const failures = publications.flatMap((publication, index) => {
    const failed = outcomes[index]?.find((outcome) => outcome.status === "failed");
    return failed ? [{ publication, failure: { code: failed.code, message: failed.message } }] : [];
  });
  const those = (isRetryable: boolean): ParcelCall[] => {
    const some = failures.filter(({ failure }) => errorKinds[failure.code].retryable === isRetryable);
    const [first] = some;
    const failed = some.map(({ publication }) => publication);
    return first ? [{ object, publications: failed, failure: first.failure }] : [];
  };
  return { later: those(true), never: those(false) };
}

/**
 * Puts what failed into a queue.
 *
 * @throws {Error} when the queue does not take it.
 */
async function send(
  queue: Queue<Uint8Array>,
  { attempt, requestId, calls }: Parcel,
  delay: number,
  settings: Settings,
): Promise<void> {
  const { parcels, tooLarge } = pack(calls, { calls: settings.PARCEL_CALLS, bytes: DEAD_PARCEL_BYTES });
  const packed = parcels.map((some) => ({ attempt, requestId, calls: some }));
  const left = await enqueue(queue, packed, delay, settings);
  if (left.length + tooLarge.length > 0) throw new Error("What failed could not be put into a queue.");
}

function read(message: Message): Parcel | undefined {
  try {
    return decodeParcel(message.body);
  } catch (error) {
    report("error", "queue message unreadable", { id: message.id, ...describe(error) });
    return undefined;
  }
}
