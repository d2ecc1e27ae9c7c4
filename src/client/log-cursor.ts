import { formatPosition, type Position, start } from "../protocol/position.ts";

/**
 * Where the client stands with a log. `away`: it is not being served, because there is no connection or because it has
 * asked to be served from its position; what comes meanwhile is not for this position. `behind`: what it missed is on
 * its way. `live`: it has everything.
 */
export type CursorState = "away" | "behind" | "live";

/** How far the client has come in one log. All of rule F5 stands here. */
export interface LogCursor {
  state: CursorState;
  /** The newest request to be served; answers to older ones are of no interest any more. */
  ref?: string | number | undefined;
  position: Position | undefined;
}

/** What to say as `since`; nothing where there is no position yet. */
export function sinceOf({ position }: LogCursor): string | undefined {
  return position && formatPosition(position);
}

/** It is not served from now on, until this request is answered. */
export function leave(cursor: LogCursor, ref?: LogCursor["ref"]): void {
  cursor.state = "away";
  cursor.ref = ref;
}

/**
 * The server has said where it goes on (rules R1 to R3).
 *
 * @returns whether something is missing that the client should have had.
 */
export function begin(cursor: LogCursor, position: Position, recovered: boolean): boolean {
  const before = cursor.position;
  // Where two ways overlapped, as when a socket takes the place of polling, it began further back: the rest comes again.
  const isAhead = recovered && before?.epoch === position.epoch && before.offset > position.offset;
  if (!isAhead) cursor.position = position;
  cursor.state = before && recovered ? "behind" : "live";
  return before !== undefined && !recovered;
}

/** How far an entry lies ahead: 1 is the next one, what is less it has, and what is more lies beyond a hole. */
export function distance({ position }: LogCursor, offset: number): number {
  return offset - (position ?? start).offset;
}

/** Entries up to here are taken, or were not for this client. */
export function advance(cursor: LogCursor, offset: number): void {
  const { epoch } = cursor.position ?? start;
  if (distance(cursor, offset) > 0) cursor.position = { epoch, offset };
}
