import type { CloseReason } from "../../src/protocol/close-codes.ts";
import type { Ref, ServerFrame } from "../../src/protocol/frames.ts";
import type { Message } from "./cases/messages.ts";
import { type ReadFrame, readMessage } from "./reading.ts";

/** How often each kind of answer must come, by `kindOf`. */
export type Answers = ReadonlyMap<string, number>;

/** What a message must lead to: the end of the connection, or these answers. */
export type Expectation =
  | { readonly kind: "close"; readonly reason: CloseReason }
  | {
      readonly kind: "answers";
      readonly answers: Answers;
      /** Why the connection may be closed over it all the same. */
      readonly mayClose: ReadonlySet<CloseReason>;
      readonly frames: number;
    };

/** What the protocol says of a message on a user's connection, or on a room's own. */
export function expectationOf(message: Message, place: "user" | "room"): Expectation {
  const reading = readMessage(message);
  if (reading.kind === "refused") return { kind: "close", reason: reading.reason };
  const answers = new Map<string, number>();
  const mayClose = new Set<CloseReason>();
  for (const read of reading.frames) {
    const { kind, ref, times } = answersTo(read);
    if (times > 0) answers.set(keyOf(kind, ref), (answers.get(keyOf(kind, ref)) ?? 0) + times);
    for (const reason of closesOf(read, place)) mayClose.add(reason);
  }
  return { kind: "answers", answers, mayClose, frames: reading.frames.length };
}

/** Which of the expected answers a frame is; nothing where it is none, but comes by itself. */
export function kindOf(frame: ServerFrame): string | undefined {
  switch (frame.type) {
    case "pong":
      return keyOf("pong", frame.ref);
    case "ok":
      return keyOf("request", frame.ref);
    case "subscribed":
    case "unsubscribed":
      return keyOf("channels", frame.ref);
    case "error":
      if (frame.code === "unknown_type") return keyOf("unknown", frame.ref);
      return keyOf(frame.channel === undefined ? "request" : "channels", frame.ref);
    default:
      return undefined;
  }
}

/** Whether a frame may come although nobody asked: of what is missing (R6), and of a room that must be left (C7). */
export function mayBeUnasked(frame: ServerFrame): boolean {
  if (frame.type === "subscribed") return frame.ref === undefined && !frame.recovered;
  return frame.type === "unsubscribed" && frame.ref === undefined && frame.code === "forbidden";
}

type Kind = "pong" | "unknown" | "request" | "channels";

function keyOf(kind: Kind, ref: Ref | undefined): string {
  return `${kind} ${JSON.stringify(ref)}`;
}

function answersTo(read: ReadFrame): { kind: Kind; ref: Ref | undefined; times: number } {
  if (read.kind === "unknown") return { kind: "unknown", ref: read.ref, times: 1 };
  const { frame } = read;
  switch (frame.type) {
    case "ping":
      return { kind: "pong", ref: frame.ref, times: 1 };
    case "ack":
      return { kind: "pong", ref: undefined, times: 0 };
    case "auth":
    case "mark":
    case "publish":
    case "presence":
      return { kind: "request", ref: frame.ref, times: 1 };
    case "subscribe":
    case "unsubscribe":
      return { kind: "channels", ref: frame.ref, times: frame.channels.length };
  }
}

function closesOf(read: ReadFrame, place: "user" | "room"): readonly CloseReason[] {
  if (read.kind === "unknown") return [];
  if (read.frame.type === "auth") return ["forbidden", "unauthorized"];
  return read.frame.type === "unsubscribe" && place === "room" ? ["bye"] : [];
}
