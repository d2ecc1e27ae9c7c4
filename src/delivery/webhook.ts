import type { Settings } from "../config/settings.ts";
import type { Env } from "../objects/env.ts";
import { encodeWebhook, type WebhookParcel } from "../objects/webhook-parcel.ts";
import { report } from "../operation/report.ts";
import { SIGNATURE_HEADER, signWebhook } from "../protocol/webhook-signature.ts";
import { delayAfter } from "./backoff.ts";
import type { Failure } from "./deliver.ts";

/**
 * Sends a webhook that came out of the queue. What the receiver does not take is put back, to be sent later, and in the
 * end becomes a dead letter.
 *
 * @throws {Error} when the queue does not take it back.
 */
export async function deliverWebhook(webhook: WebhookParcel, env: Env, settings: Settings): Promise<void> {
  const failure = await sendWebhook(webhook, settings);
  if (!failure) return;
  const { WEBHOOKS, UNDELIVERABLE } = env;
  if (!WEBHOOKS || !UNDELIVERABLE) throw new Error("The queues are not bound.");
  const { id, attempt, event } = webhook;
  const isDead = attempt >= settings.WEBHOOK_ATTEMPTS;
  report(isDead ? "error" : "warn", "webhook not taken", { id, event, attempt, reason: failure.message });
  if (isDead) {
    await UNDELIVERABLE.send(encodeWebhook({ ...webhook, failure }), { contentType: "bytes" });
    return;
  }
  const again = encodeWebhook({ ...webhook, attempt: attempt + 1, failure });
  const delaySeconds = delayAfter(attempt, settings.QUEUE_RETRY_SECONDS, Math.random());
  await WEBHOOKS.send(again, { contentType: "bytes", delaySeconds });
}

/** Sends a webhook once. @returns why it failed, if it did; the address is not told. */
export async function sendWebhook(
  { id, event, attempt, body }: WebhookParcel,
  { WEBHOOK_URL, WEBHOOK_SECRET, WEBHOOK_TIMEOUT_SECONDS }: Settings,
): Promise<Failure | undefined> {
  if (WEBHOOK_URL === "") return failed("WEBHOOK_URL is not set any more.");
  const signature = await signWebhook(WEBHOOK_SECRET, Math.floor(Date.now() / 1000), body);
  try {
    const { status, body: answer } = await fetch(WEBHOOK_URL, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        "User-Agent": "Carillon",
        [SIGNATURE_HEADER]: signature,
      },
      body,
      // What is signed is for this address and no other.
      redirect: "manual",
      signal: AbortSignal.timeout(WEBHOOK_TIMEOUT_SECONDS * 1000),
    });
    await answer?.cancel();
    if (status < 200 || status > 299) return failed(`The receiver answered ${status}.`);
    report("debug", "webhook taken", { id, event, attempt });
    return undefined;
  } catch (error) {
    const isLate = error instanceof Error && error.name === "TimeoutError";
    return failed(isLate ? "The receiver did not answer in time." : "The receiver could not be reached.");
  }
}

function failed(message: string): Failure {
  return { code: "unavailable", message };
}
