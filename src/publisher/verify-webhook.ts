import type { Webhook } from "../protocol/webhook.ts";
import { isSigned, readSignature } from "../protocol/webhook-signature.ts";
import { isRecord } from "./result.ts";
import { WebhookError } from "./webhook-error.ts";

/** Seconds for which a signature counts: clocks differ a little, and a webhook takes a moment on its way. */
const TOLERANCE = 300;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A webhook as it came. */
export interface ReceivedWebhook {
  /** The value of the header `Carillon-Signature`. */
  readonly signature: string | null | undefined;
  /** The body to the letter, as text or as bytes: before any JSON parser has touched it. */
  readonly body: string | Uint8Array;
  /** The secret of `WEBHOOK_SECRET`; during a rotation both of them. */
  readonly secret: string | readonly string[];
  /** How far (seconds) the time of signing may be from now: 300 unless it is said. */
  readonly tolerance?: number;
  /** The time (ms since 1970); the clock's unless it is said. */
  readonly now?: number;
}

/**
 * Checks that a webhook was sent by the service that holds the secret, and not long ago, and reads it. The same webhook may
 * come more than once: remember its `id`.
 *
 * @throws {WebhookError} where it is not to be believed; answer 400.
 * @example
 * const webhook = await verifyWebhook({ signature: request.headers.get("Carillon-Signature"), body, secret });
 * if (webhook.event === "user.offline") await noteOffline(webhook.data.userId, webhook.at);
 */
export async function verifyWebhook({
  signature,
  body,
  secret,
  tolerance = TOLERANCE,
  now = Date.now(),
}: ReceivedWebhook): Promise<Webhook> {
  const secrets = typeof secret === "string" ? [secret] : secret;
  if (secrets.length === 0 || secrets.includes("")) throw new TypeError("secret is one of WEBHOOK_SECRET.");
  const read = readSignature(signature ?? "");
  if (!read) throw new WebhookError("missing_signature", "There is no Carillon-Signature.");
  const bytes = typeof body === "string" ? encoder.encode(body) : body;
  if (!(await isSigned(read, secrets, bytes))) {
    throw new WebhookError("wrong_signature", "The signature is not that of this body and this secret.");
  }
  if (Math.abs(now / 1000 - read.timestamp) > tolerance) {
    throw new WebhookError("expired", "It was signed too long ago, or in the future.");
  }
  const webhook = parse(decoder.decode(bytes));
  if (isWebhook(webhook)) return webhook;
  throw new WebhookError("invalid_body", "It is no webhook that this version knows.");
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A later service may tell further fields. */
function isWebhook(value: unknown): value is Webhook {
  if (!isRecord(value) || !isRecord(value.data)) return false;
  const { id, event, at, source, epoch, sequence, data } = value;
  const texts = [id, source, epoch];
  const numbers = [at, sequence];
  if (!texts.every(isText) || !numbers.every(Number.isFinite)) return false;
  switch (event) {
    case "user.online":
    case "user.offline":
      return isText(data.userId);
    case "room.occupied":
    case "room.vacated":
      return isText(data.room);
    case "notification.read":
      return isText(data.userId) && isRead(data);
    default:
      return false;
  }
}

function isRead({ ids, all, upTo }: Readonly<Record<string, unknown>>): boolean {
  return Array.isArray(ids) ? ids.every(isText) : all === true && Number.isFinite(upTo);
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}
