import type { ServerFrame } from "../protocol/frames.ts";
import type { ConnectionState } from "./api.ts";
import type { Outgoing } from "./frame.ts";

/** What brings frames to the client and takes them away: a connection of its own, or one that tabs share. */
export interface Carrier {
  connect(): void;
  retry(): void;
  close(): void;
  send(frame: Outgoing): void;
}

/** What a carrier tells. */
export interface CarrierEvents {
  state(state: ConnectionState): void;
  /** @param isShared the connection is another tab's: it may be elsewhere in the user's log. */
  frame(frame: ServerFrame, isShared: boolean): void;
}

/** How it stands before anybody connects, and after `close`. */
export const closed: ConnectionState = { status: "disconnected", reason: "closed", attempt: 0 };
