import { formatPosition, type Position, start } from "../../src/protocol/position.ts";

/**
 * Where a client stands with a log. `left`: it does not want it. `away`: it is not being served, because there is no
 * connection or because it has asked to be served from its position; what comes meanwhile is not for this position.
 * `behind`: what it missed is on its way. `live`: it has everything.
 */
export type CursorState = "left" | "away" | "behind" | "live";

/** What an entry is to a client: the next one, one that it has, or one that lies beyond a hole. */
export type Fit = "next" | "had" | "ahead";

/** How far a client has come in one log. All of rule F5 stands here. */
export class LogCursor {
  state: CursorState = "away";
  #position: Position | undefined;

  /** @param since where to begin; without it, at the top. */
  constructor(since?: Position) {
    this.#position = since;
  }

  get position(): Position | undefined {
    return this.#position;
  }

  /** What to say as `since`, as `<epoch>.<offset>`; nothing where there is no position yet. */
  get since(): string | undefined {
    return this.#position && formatPosition(this.#position);
  }

  /**
   * The server has said where it goes on, in `welcome` or `subscribed` (rules R1 to R3).
   *
   * @returns whether something is missing that this client should have had.
   */
  begin(position: Position, recovered: boolean): "whole" | "lost" {
    const before = this.#position;
    this.#position = position;
    this.state = before && recovered ? "behind" : "live";
    return before && !recovered ? "lost" : "whole";
  }

  /** Takes an entry, and moves if it is the next. */
  take(offset: number): Fit {
    const position = this.#position ?? start;
    if (offset <= position.offset) return "had";
    if (offset > position.offset + 1) return "ahead";
    this.#position = { ...position, offset };
    return "next";
  }

  /** Entries up to here were not for this client. */
  skip(upTo: number): void {
    const position = this.#position ?? start;
    if (upTo > position.offset) this.#position = { ...position, offset: upTo };
  }

  /** A replay has reached the top. */
  reachTop(): void {
    if (this.state === "behind") this.state = "live";
  }
}
