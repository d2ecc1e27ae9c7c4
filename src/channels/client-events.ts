import type { z } from "zod";
import type { MayFollow } from "./rules.ts";

/** An event that clients may publish to a room by themselves, over their sockets. */
export interface ClientEvent {
  /** What its data must be; fields that are not named are left out. */
  readonly schema: z.ZodType;
  /** Whether it becomes an entry of the room's log. */
  readonly store: boolean;
  /** Who of those who may follow the room may publish it. */
  readonly mayPublish: MayFollow;
  /** The data that says that it is over, as JSON text; the room says so for a client that falls silent. */
  readonly ends: string | undefined;
}

/** The events that clients may publish to a room, by their names. */
export type ClientEvents = Readonly<Record<string, ClientEvent>>;

/** How a rule says that a room has presence. */
export interface PresenceRule {
  /** Up to how many members they are named one by one; above it only their count is told. */
  readonly full: number;
}
