import type { CloseReason, closeReasons } from "../protocol/close-codes.ts";
import type { ServerFrame } from "../protocol/frames.ts";
import type { Outgoing } from "./frame.ts";

/** What the client does when a line has ended: a column of the table of close codes. */
export type Verdict = (typeof closeReasons)[CloseReason]["reconnect"];

type VerdictOf<Reason extends CloseReason> = (typeof closeReasons)[Reason]["reconnect"];

/**
 * The table's verdicts, without its sentences, which a page need not load: whatever is not here is `later`. It does not
 * compile where the table says something else.
 */
const verdicts: {
  readonly [Reason in CloseReason as VerdictOf<Reason> extends "later" ? never : Reason]: VerdictOf<Reason>;
} = {
  bye: "never",
  relocated: "now",
  replaced: "never",
  invalid_frame: "never",
  invalid_request: "never",
  unauthorized: "renew",
  token_expired: "renew",
  forbidden: "never",
  origin_not_allowed: "never",
  kicked: "never",
  frame_too_large: "never",
  slow_consumer: "now",
};

/** How a line ended, unless the client itself let go of it. */
export interface Ending {
  readonly verdict: Verdict;
  /** A close reason of the service's, or `network` or `timeout`. */
  readonly reason: string;
}

/** What a line is: a socket, or polling in its place. */
export type Over = "websocket" | "polling";

/** A way to the service, over which frames come and go. */
export interface Line {
  /** Where it polls, a socket may take its place before a greeting comes. */
  readonly over: Over;
  send(frame: Outgoing): void;
  /** Makes sure that somebody is still there, after the device slept or moved to another network. */
  probe(): void;
  /** Lets go of it; nothing is told of it any more. */
  close(): void;
}

/** What a line tells. After `ended` it tells nothing more. */
export interface LineEvents {
  /** Each frame in its order, those of a bundle one by one. */
  frame(frame: ServerFrame): void;
  ended(ending: Ending): void;
  /** A socket is on its way to be greeted. */
  attempted?(): void;
  /** A heartbeat was answered after so many ms. */
  roundTrip?(ms: number): void;
  /** The device has slept since the last sign of life. */
  slept?(): void;
}

/** What to do after a `close` frame. A reason that is newer than this client is taken as one to come back from later. */
export function endingOf(reason: string): Ending {
  const known: Readonly<Record<string, Verdict>> = verdicts;
  return { verdict: known[reason] ?? "later", reason };
}
