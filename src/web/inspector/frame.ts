import type { ClientFrame, ServerFrame } from "../../protocol/frames.ts";
import type { Position } from "../../protocol/position.ts";
import { isObject, type JsonObject, numberAt, parseJson, textAt } from "./json.ts";

/**
 * A frame as it came. The inspector is there to show also what a newer or a broken server sends, so beyond `type`
 * nothing is taken for granted.
 */
export interface Frame {
  readonly type: string;
  readonly fields: JsonObject;
}

/** The types that the inspector itself acts on, checked against the protocol. */
export type KnownType = ServerFrame["type"] | ClientFrame["type"];

/** Whether a frame is of this type of the protocol. */
export function isType(frame: Frame, type: KnownType): boolean {
  return frame.type === type;
}

/** Reads one WebSocket message: a frame or an array of frames. Anything else becomes a frame of type `?`. */
export function readFrames(message: unknown): readonly Frame[] {
  const value = typeof message === "string" ? parseJson(message) : undefined;
  if (value === undefined) return [{ type: "?", fields: { message: String(message) } }];
  return (Array.isArray(value) ? value : [value]).map(readFrame);
}

/** A frame from what is known to be JSON already, such as one that is about to be sent. */
export function readFrame(value: unknown): Frame {
  if (!isObject(value)) return { type: "?", fields: { message: value } };
  return { type: textAt(value, "type") ?? "?", fields: value };
}

/** The frame's `position`, if it has one. */
export function positionOf({ fields }: Frame): Position | undefined {
  const { position } = fields;
  if (!isObject(position)) return undefined;
  const epoch = textAt(position, "epoch");
  const offset = numberAt(position, "offset");
  return epoch === undefined || offset === undefined ? undefined : { epoch, offset };
}
