import type { ServerFrame } from "../protocol/frames.ts";
import { hasFields } from "./json.ts";

/** The subprotocol; the module that defines it would bring the server's schemas along. */
export const SUBPROTOCOL = "carillon.v1";
/** To the letter what the runtime answers without waking the object. */
export const PING = '{"type":"ping"}';

/** What is sent, before it is JSON. */
export type Outgoing = Readonly<Record<string, unknown>> & { readonly type: string };

/**
 * The frames of one message. The server is the service's own, so a frame is taken at its word by its type; one of a
 * type that is not known yet is passed over where frames are handled.
 */
export function framesIn(message: unknown): readonly ServerFrame[] {
  try {
    const parsed: unknown = JSON.parse(String(message));
    return (Array.isArray(parsed) ? parsed : [parsed]).filter(isFrame);
  } catch {
    return [];
  }
}

function isFrame(value: unknown): value is ServerFrame {
  return hasFields(value, "type");
}
