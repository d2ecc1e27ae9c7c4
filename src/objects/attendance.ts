/** Since when a user is online or was, as their shard of the audience remembers it. */
export interface Presence {
  /** When the first connection came (ms). */
  readonly since: number;
  /** When the last connection went (ms); absent while one is there. */
  readonly leftAt?: number | undefined;
}

/** What a user's object sees of its own connections, for the shard to put right what it remembers. */
export interface Attendance {
  /** When this was so (ms, by the clock of the user's object); grows from one to the next. */
  readonly asOf: number;
  /** Whether a connection to the user's object is there. */
  readonly isHere: boolean;
  /** Whether a direct connection to a room is there. */
  readonly inRooms: boolean;
  /** How many of the two kinds; absent where older code says it. */
  readonly counts?: ConnectionCounts | undefined;
}

/** A user's connections: those to the user's object, and direct ones to rooms. */
export interface ConnectionCounts {
  readonly own: number;
  readonly direct: number;
}

/** What a shard knows of a user's presence. */
export interface KnownPresence {
  readonly isOnline: boolean;
  /** Since when the user is online or was (ms), and when the last connection went; absent for who has never come. */
  readonly since?: number | undefined;
  readonly leftAt?: number | undefined;
}

/** Whether a connection is there. */
export function isThere(presence: Presence | undefined): boolean {
  return presence !== undefined && presence.leftAt === undefined;
}

/**
 * Whether a user counts as online: from the first connection until some time after the last, so that a page which is
 * loaded anew changes nothing.
 *
 * @param grace that time (ms).
 */
export function isOnline(presence: Presence | undefined, now: number, grace: number): boolean {
  if (!presence) return false;
  return presence.leftAt === undefined || presence.leftAt + grace > now;
}
