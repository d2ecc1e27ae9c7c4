import type { Position } from "../../../src/protocol/position.ts";

/** What taking a frame does to where a client is: it moved, had that already, or something is missing before it. */
export type Move = "moved" | "had" | "hole";

/** Where a client is in one log, by rule F5. */
export class LogState {
  position: Position;
  isFollowed: boolean;

  constructor(position: Position, isFollowed: boolean) {
    this.position = position;
    this.isFollowed = isFollowed;
  }

  takeEvent(offset: number): Move {
    const expected = this.position.offset + 1;
    if (offset < expected) return "had";
    this.#moveTo(offset);
    return offset === expected ? "moved" : "hole";
  }

  /** A `skip` says no beginning: it is as good as what is known of the entries that it leaves out. */
  takeSkip(upTo: number): Move {
    if (upTo <= this.position.offset) return "had";
    this.#moveTo(upTo);
    return "moved";
  }

  #moveTo(offset: number): void {
    this.position = { ...this.position, offset };
  }
}
