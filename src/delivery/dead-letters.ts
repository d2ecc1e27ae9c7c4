import type { Settings } from "../config/settings.ts";
import type { DeadBody, NewLetter } from "../objects/dead-letter-rows.ts";
import { deadLetterObject, type Env } from "../objects/env.ts";
import type { Outcome } from "../objects/publication.ts";
import { decodeWebhook, type WebhookParcel } from "../objects/webhook-parcel.ts";
import { tally } from "../operation/metrics-tally.ts";
import { CarillonError } from "../protocol/errors.ts";
import { callObject } from "./call.ts";
import { countDelivered } from "./counted.ts";
import { deliver, type Failure, failureOf } from "./deliver.ts";
import { decodeParcel, type ParcelCall, UnreadableParcel } from "./parcel.ts";
import { type EventResult, resultAt } from "./publish.ts";
import { sendWebhook } from "./webhook.ts";

const encoder = new TextEncoder();
/** What is kept of a message that has no right to be longer. */
const LONGEST = 128_000;

/** What there is no reason for in the message itself: its consumer died, each time. */
const ENDED: Failure = {
  code: "unavailable",
  message: "The service was ended each time it tried to deliver this.",
};
const UNREADABLE: Failure = { code: "invalid_body", message: "The message could not be read." };

/**
 * Keeps what a message of the dead-letter queue holds, one letter for each call or webhook.
 *
 * @throws what the object that keeps it threw; the message may be given again then.
 */
export async function bury(message: Message, env: Env, settings: Settings): Promise<void> {
  const body = rawBody(message);
  const letters = lettersOf(body);
  await callObject(async () => await deadLetterObject(env).keep(message.id, body, letters), {
    attempts: settings.PUBLISH_ATTEMPTS,
    wait: (ms) => scheduler.wait(ms),
    random: Math.random,
  });
  tally.count("carillon_dead_letters_total", {}, letters.length);
}

/** The body of a message as bytes, whatever somebody has sent. */
export function rawBody({ body }: Message): Uint8Array {
  if (body instanceof Uint8Array) return body;
  if (body instanceof ArrayBuffer) return new Uint8Array(body);
  return encoder.encode(written(body)).subarray(0, LONGEST);
}

function written(body: unknown): string {
  try {
    return JSON.stringify(body) ?? "";
  } catch {
    return String(body);
  }
}

function lettersOf(body: Uint8Array): NewLetter[] {
  const webhook = decodeWebhook(body);
  if (webhook) return [letterOfWebhook(webhook)];
  try {
    return decodeParcel(body).calls.map(letterOf);
  } catch (error) {
    if (!(error instanceof UnreadableParcel)) throw error;
    return [{ object: undefined, publications: "[]", code: UNREADABLE.code, reason: UNREADABLE.message }];
  }
}

/** What is shown of a call tells which events these are, but not what they say. */
function letterOf({ object, publications, failure = ENDED }: ParcelCall): NewLetter {
  const shown = publications.map(({ id, events }) => ({
    id,
    events: events.map(({ channel, event }) => ({ channel, event })),
  }));
  return { object, publications: JSON.stringify(shown), code: failure.code, reason: failure.message };
}

/** A webhook is shown under whom or what it is about. */
function letterOfWebhook({ id, event, subject, failure = ENDED }: WebhookParcel): NewLetter {
  const shown = [{ id, events: [{ channel: subject, event }] }];
  const { code, message: reason } = failure;
  return { object: { kind: "webhook", name: subject }, publications: JSON.stringify(shown), code, reason };
}

/** What became of a dead letter that was delivered again. */
export type Redelivery =
  | { readonly kind: "delivered"; readonly results: readonly EventResult[] }
  | { readonly kind: "failed"; readonly failure: Failure };

/**
 * Delivers a dead letter again, now. Done twice it is delivered once, as its publications are known by their ids; a webhook
 * is known to its receiver by its own.
 *
 * @throws {CarillonError} `invalid_body` where it cannot be read.
 */
export async function redeliver(
  dead: DeadBody,
  env: Env,
  settings: Settings,
  requestId: string,
): Promise<Redelivery> {
  const webhook = decodeWebhook(dead.body);
  if (webhook) return await sendAgain(webhook, settings);
  const call = callIn(dead);
  let outcomes: readonly (readonly Outcome[])[];
  try {
    outcomes = await deliver(call, env, settings, requestId);
    countDelivered(call, outcomes);
  } catch (error) {
    return { kind: "failed", failure: failureOf(error, call, requestId) };
  }
  const failed = outcomes.flat().find((outcome) => outcome.status === "failed");
  if (failed) return { kind: "failed", failure: { code: failed.code, message: failed.message } };
  const results = call.publications.map(({ id, events }, index) => ({
    id,
    event: events[0]?.event ?? "",
    targets: events.flatMap(({ channel }, place) => {
      const outcome = outcomes[index]?.[place];
      return outcome ? [resultAt(channel, outcome)] : [];
    }),
  }));
  return { kind: "delivered", results };
}

async function sendAgain(webhook: WebhookParcel, settings: Settings): Promise<Redelivery> {
  const failure = await sendWebhook(webhook, settings);
  if (failure) return { kind: "failed", failure };
  return { kind: "delivered", results: [{ id: webhook.id, event: webhook.event, targets: [] }] };
}

function callIn({ body, place }: DeadBody): ParcelCall {
  try {
    const call = decodeParcel(body).calls[place];
    if (call) return call;
  } catch (error) {
    if (!(error instanceof UnreadableParcel)) throw error;
  }
  throw new CarillonError("invalid_body", "This version of the service cannot read the letter; it is kept.");
}
