import { formatPosition, type Position, start } from "../protocol/position.ts";

/**
 * Where the client stands with a log. `away`: it is not being served, because there is no connection or because it has
 * asked to be served from its position; what comes meanwhile is not for this position. `behind`: what it missed is on
 * its way. `live`: it has everything.
 */
export type CursorState = "away" | "behind" | "live";

/** What an entry is to the client: the next one, one that it has, or one that lies beyond a hole. */
export type Fit = "next" | "had" | "ahead";

/** How far the client has come in one log. All of rule F5 stands here. */
export class LogCursor {
  state: CursorState = "away";
  /** The newest request to be served; answers to older ones are of no interest any more. */
  ref: string | undefined;
  position: Position | undefined;

  /** @param since where to begin; without it, at the top. */
  constructor(since?: Position) {
    this.position = since;
  }

  /** What to say as `since`; nothing where there is no position yet. */
  get since(): string | undefined {
    return this.position && formatPosition(this.position);
  }

  /**
   * The server has said where it goes on (rules R1 to R3).
   *
   * @returns whether something is missing that the client should have had.
   */
  begin(position: Position, recovered: boolean): boolean {
    const before = this.position;
    // Where two ways overlapped, as when a socket takes the place of polling, it began further back: the rest comes again.
    const isAhead = recovered && before?.epoch === position.epoch && before.offset > position.offset;
    if (!isAhead) this.position = position;
    this.state = before && recovered ? "behind" : "live";
    return before !== undefined && !recovered;
  }

  /** It is not served any more. The position stays. */
  end(): void {
    this.state = "away";
    this.ref = undefined;
  }

  /** Takes an entry, and moves if it is the next. */
  take(offset: number): Fit {
    const at = this.position ?? start;
    if (offset <= at.offset) return "had";
    if (offset > at.offset + 1) return "ahead";
    this.position = { epoch: at.epoch, offset };
    return "next";
  }

  /** Entries up to here were not for this client. */
  skip(upTo: number): void {
    const at = this.position ?? start;
    if (upTo > at.offset) this.position = { epoch: at.epoch, offset: upTo };
  }
}
