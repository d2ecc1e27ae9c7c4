import { z } from "zod";
import { type ErrorCode, errorKinds } from "../protocol/errors.ts";
import { type WebhookEvent, webhookEvents } from "../protocol/webhook.ts";

/** A webhook on its way through a queue. */
export interface WebhookParcel {
  /** Which try to send it is next, from 1. */
  readonly attempt: number;
  readonly id: string;
  readonly event: WebhookEvent;
  /** Whom or what it is about: a user's channel, or a room. */
  readonly subject: string;
  /** What its receiver is sent, as JSON text. */
  readonly body: string;
  /** Why the last try failed. */
  readonly failure?: { readonly code: ErrorCode; readonly message: string } | undefined;
}

const errorCode = z.custom<ErrorCode>((code) => typeof code === "string" && Object.hasOwn(errorKinds, code));

/** The first line of a message; what follows it is the body. */
const headerSchema = z.strictObject({
  webhook: z.literal(1),
  attempt: z.number().int().min(1),
  id: z.string(),
  event: z.enum(webhookEvents),
  subject: z.string(),
  failure: z.strictObject({ code: errorCode, message: z.string() }).exactOptional(),
});

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const LINE_BREAK = 10;
/** How a message begins that holds a webhook. */
const BEGINNING = encoder.encode('{"webhook":');

/** Writes it as the body of a queue's message. */
export function encodeWebhook({ body, attempt, id, event, subject, failure }: WebhookParcel): Uint8Array {
  const header = { webhook: 1, attempt, id, event, subject, failure };
  return encoder.encode(`${JSON.stringify(header)}\n${body}`);
}

/** Reads the body of a queue's message, or nothing where it is no webhook that this version knows. */
export function decodeWebhook(message: unknown): WebhookParcel | undefined {
  const bytes = message instanceof ArrayBuffer ? new Uint8Array(message) : message;
  if (!(bytes instanceof Uint8Array) || !BEGINNING.every((byte, index) => bytes[index] === byte)) return;
  try {
    const end = bytes.indexOf(LINE_BREAK);
    const { webhook: _, ...header } = headerSchema.parse(JSON.parse(decoder.decode(bytes.subarray(0, end))));
    return { ...header, body: decoder.decode(bytes.subarray(end + 1)) };
  } catch {
    return undefined;
  }
}
