import type { Position } from "../protocol/position.ts";
import type { Entry, PassingEvent } from "./entry.ts";

/**
 * A stretch of a log: the entries in (`after`, `upTo`], of which some may be missing because they expired. Every
 * follower's position moves to `upTo` (rule F2).
 */
export interface Page<One extends { readonly offset: number } = Entry> {
  readonly epoch: string;
  readonly after: number;
  readonly upTo: number;
  readonly entries: readonly One[];
}

/**
 * What a log hands to a follower in another object.
 *
 * `page` continues the follower's position. `reset` says that the log does not reach back to it: the follower goes
 * to `position` and tells its own followers that something is missing. `passing` are events that are not stored.
 */
export type Push<One extends { readonly offset: number } = Entry, Passing = PassingEvent> =
  | { readonly kind: "page"; readonly page: Page<One>; readonly passing: readonly Passing[] }
  | { readonly kind: "reset"; readonly position: Position };

/**
 * A follower's answer: it has what was pushed (and holds `connections` sockets that follow), it is behind at a
 * position and wants to be served from there, or it does not follow (any more).
 */
export type PushAnswer =
  | { readonly kind: "taken"; readonly connections: number }
  | { readonly kind: "behind"; readonly position: Position }
  | { readonly kind: "gone" };

/** What a log says to a follower who comes with a position. */
export type Resumption =
  | { readonly kind: "recovered"; readonly from: Position; readonly top: Position }
  | { readonly kind: "lost"; readonly top: Position };

/** What a log says to a follower who asks for the page after a position. */
export type PageAnswer =
  | { readonly kind: "page"; readonly page: Page }
  | Extract<Resumption, { kind: "lost" }>;

/** What applying a page does to a follower at some position. */
export type Applied<One> =
  | { readonly kind: "moved"; readonly position: Position; readonly entries: readonly One[] }
  | { readonly kind: "had" }
  | { readonly kind: "behind" };

/**
 * Applies a page to a follower's position: what it has is dropped, what continues it is taken, and a hole is never
 * jumped over (rules F2 and F5). A follower that stood before the first entry of an empty log takes on the epoch
 * that the first entry brought.
 */
export function applyPage<One extends { readonly offset: number }>(
  position: Position,
  page: Page<One>,
): Applied<One> {
  const isSameLife = page.epoch === position.epoch || (position.epoch === "0" && position.offset === 0);
  if (!isSameLife || position.offset < page.after) return { kind: "behind" };
  if (page.upTo <= position.offset) return { kind: "had" };
  return {
    kind: "moved",
    position: { epoch: page.epoch, offset: page.upTo },
    entries: page.entries.filter(({ offset }) => offset > position.offset),
  };
}
