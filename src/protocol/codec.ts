import type { CloseReason } from "./close-codes.ts";
import { CarillonError } from "./errors.ts";
import { type ClientFrame, clientFrame, clientFrameTypes, type Ref, type ServerFrame } from "./frames.ts";
import { checkJson, exceedsBytes } from "./json.ts";

/**
 * A frame as the server understood it: parsed, of a type it does not know (answered, not closed), or so wrong
 * that the connection ends.
 */
export type Decoded =
  | { readonly kind: "frame"; readonly frame: ClientFrame }
  | { readonly kind: "unknown"; readonly ref: Ref | undefined; readonly type: string };

export type DecodeResult =
  | { readonly kind: "frames"; readonly frames: readonly Decoded[] }
  | { readonly kind: "refused"; readonly reason: CloseReason; readonly message: string };

/** The depth that a client's frame may have; our own frames need five. */
const MAX_FRAME_DEPTH = 32;

/**
 * Reads one WebSocket message: a frame, or an array of frames that are handled in order. Either all of it is well
 * formed or none of it is handled.
 *
 * @param maxBytes the largest message, in bytes of UTF-8.
 */
export function decode(message: string | ArrayBuffer, maxBytes: number): DecodeResult {
  if (typeof message !== "string") return refuse("invalid_frame", "Frames are text, not binary.");
  if (exceedsBytes(message, maxBytes)) {
    return refuse("frame_too_large", `A frame has at most ${maxBytes} bytes.`);
  }
  let value: unknown;
  try {
    value = JSON.parse(message);
  } catch {
    return refuse("invalid_frame", "The frame is not JSON.");
  }
  try {
    checkJson(value, MAX_FRAME_DEPTH);
  } catch (error) {
    if (error instanceof CarillonError) return refuse("invalid_frame", error.message);
    throw error;
  }
  const frames: Decoded[] = [];
  for (const item of Array.isArray(value) ? value : [value]) {
    const decoded = decodeOne(item);
    if (decoded.kind === "refused") return decoded;
    frames.push(decoded);
  }
  return { kind: "frames", frames };
}

function decodeOne(value: unknown): Decoded | Extract<DecodeResult, { kind: "refused" }> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return refuse("invalid_frame", "A frame is a JSON object or an array of them.");
  }
  if (!("type" in value) || typeof value.type !== "string") {
    return refuse("invalid_frame", 'A frame has a "type", which is a string.');
  }
  if (!clientFrameTypes.has(value.type)) {
    return { kind: "unknown", ref: refOf(value), type: value.type.slice(0, 64) };
  }
  const parsed = clientFrame.safeParse(value);
  if (parsed.success) return { kind: "frame", frame: parsed.data };
  const [issue] = parsed.error.issues;
  return refuse("invalid_frame", `${value.type}.${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}`);
}

function refOf(value: object): Ref | undefined {
  const ref = "ref" in value ? value.ref : undefined;
  if (typeof ref === "number" && Number.isSafeInteger(ref) && ref >= 0) return ref;
  return typeof ref === "string" && ref.length <= 64 ? ref : undefined;
}

function refuse(reason: CloseReason, message: string): Extract<DecodeResult, { kind: "refused" }> {
  // A close frame may be shown to a person; what the client sent is not repeated at length.
  return { kind: "refused", reason, message: message.slice(0, 200) };
}

/** Writes one server frame. Fields that are `undefined` are left out. */
export function encode(frame: ServerFrame): string {
  return JSON.stringify(frame);
}

/** Joins frames that are already text into one WebSocket message. */
export function bundle(frames: readonly string[]): string {
  return frames.length === 1 ? (frames[0] ?? "") : `[${frames.join(",")}]`;
}
