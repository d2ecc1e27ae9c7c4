import { settingsTable } from "../../src/config/settings.ts";
import { type ClientFrame, clientFrame, type Ref } from "../../src/protocol/frames.ts";
import type { Message } from "./cases/messages.ts";

// What the protocol says of a message, written a second time: the server's own reading cannot judge itself. Only the
// fields of each type are taken from the one place where they stand.

/** The largest message that a service takes whose settings do not say otherwise, in bytes. */
export const MAX_FRAME_BYTES = settingsTable.MAX_FRAME_BYTES.schema.parse(undefined);

const MAX_DEPTH = 32;
const knownTypes = ["ping", "subscribe", "unsubscribe", "ack", "auth", "mark", "publish", "presence"];

/** One frame of a well-formed message. */
export type ReadFrame =
  | { readonly kind: "known"; readonly frame: ClientFrame }
  | { readonly kind: "unknown"; readonly ref: Ref | undefined };

export type Reading =
  | { readonly kind: "frames"; readonly frames: readonly ReadFrame[] }
  | { readonly kind: "refused"; readonly reason: "invalid_frame" | "frame_too_large" };

const malformed: Reading = { kind: "refused", reason: "invalid_frame" };

/** Reads a message as rules P1 to P5 have it. */
export function readMessage({ data, isBinary }: Message): Reading {
  if (isBinary) return malformed;
  // Text goes over the wire as UTF-8, and what is not becomes U+FFFD.
  const text = (typeof data === "string" ? Buffer.from(data) : Buffer.from(data)).toString();
  if (Buffer.byteLength(text) > MAX_FRAME_BYTES) return { kind: "refused", reason: "frame_too_large" };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return malformed;
  }
  if (!isHarmless(value, MAX_DEPTH)) return malformed;
  const frames = (Array.isArray(value) ? value : [value]).map(readFrame);
  const wellFormed = frames.filter((frame) => frame !== undefined);
  return wellFormed.length === frames.length ? { kind: "frames", frames: wellFormed } : malformed;
}

function readFrame(value: unknown): ReadFrame | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  if (!("type" in value) || typeof value.type !== "string") return undefined;
  if (!knownTypes.includes(value.type)) {
    const { success, data } = clientFrame.safeParse({
      type: "ping",
      ref: "ref" in value ? value.ref : undefined,
    });
    return { kind: "unknown", ref: success && data.type === "ping" ? data.ref : undefined };
  }
  const { data: frame } = clientFrame.safeParse(value);
  return frame && { kind: "known", frame };
}

/** Whether nothing lies deeper than so many levels, and no key is `__proto__`. */
function isHarmless(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  if (levels === 0 || Object.hasOwn(value, "__proto__")) return false;
  return Object.values(value).every((part) => isHarmless(part, levels - 1));
}
