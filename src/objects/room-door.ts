import type { Position } from "../protocol/position.ts";
import type { PageAnswer, Resumption } from "./follow.ts";
import type { PresenceView } from "./room-presence-version.ts";

/** What a room says to a user's object that begins to follow it. */
export type Following =
  | { readonly kind: "following"; readonly position: Position }
  /** A newer generation is known already. */
  | { readonly kind: "stale"; readonly generation: number }
  /** So many follow already that who comes now is to connect to the room itself. */
  | { readonly kind: "moved" };

/** How a user's object speaks to rooms. Each call may fail; all may be repeated. */
export interface RoomDoor {
  follow(room: string, generation: number): Promise<Following>;
  /** Never fails: what cannot be told now is told later. */
  unfollow(room: string, generation: number): Promise<void>;
  /** The room's top, and whether its log reaches back to `since`. */
  resume(room: string, since: Position): Promise<Resumption>;
  /** The page after a position, or that the log does not reach back to it. */
  read(room: string, after: Position): Promise<PageAnswer>;
  /** Who is in the room, or nothing where it does not tell. */
  presence(room: string): Promise<PresenceView | undefined>;
}

/** What a room says of itself. */
export interface RoomDescription {
  readonly position: Position;
  readonly presence: PresenceView | undefined;
}
