import type { Position } from "../../protocol/position.ts";
import { type Frame, isType, positionOf } from "./frame.ts";
import { numberAt, textAt, textsAt } from "./json.ts";

/** How a frame's offset stands to the position of its log: the rule that clients follow (F5). */
export type Step = "next" | "repeat" | "gap" | "none";

/**
 * Where this page stands in each log: the user's own, and one for each room that is followed.
 *
 * An event of a followed room lies in the room's log; every other one lies in the user's.
 */
export class Positions {
  #own: Position | undefined;
  #ownChannels: readonly string[] = [];
  readonly #rooms = new Map<string, Position>();

  /** The user's own log, once a welcome has told it. */
  get own(): Position | undefined {
    return this.#own;
  }

  /** The rooms that are followed, in the order in which they were. */
  get rooms(): ReadonlyMap<string, Position> {
    return this.#rooms;
  }

  forget(): void {
    this.#own = undefined;
    this.#rooms.clear();
  }

  leave(room: string): void {
    this.#rooms.delete(room);
  }

  /** Takes a frame into account, and tells how its offset fits. */
  apply(frame: Frame): Step {
    const channel = textAt(frame.fields, "channel") ?? "";
    const position = positionOf(frame);
    if (isType(frame, "welcome")) {
      this.#own = position ?? this.#own;
      this.#ownChannels = textsAt(frame.fields, "channels");
    } else if (isType(frame, "subscribed")) {
      if (position && !this.#isOwn(channel, position)) this.#rooms.set(channel, position);
    } else if (isType(frame, "unsubscribed")) {
      this.#rooms.delete(channel);
    } else if (isType(frame, "skip")) {
      this.#advance(channel, numberAt(frame.fields, "upTo") ?? 0);
    } else if (isType(frame, "event")) {
      return this.#step(channel, numberAt(frame.fields, "offset"));
    }
    return "none";
  }

  /**
   * Whether `subscribed` was about the user's own log: a channel that is always followed, or a topic under one,
   * answers with the position of that log.
   */
  #isOwn(channel: string, position: Position): boolean {
    if (position.epoch !== "0" && position.epoch === this.#own?.epoch) return true;
    return this.#ownChannels.some((own) => channel === own || channel.startsWith(`${own}:`));
  }

  #step(channel: string, offset: number | undefined): Step {
    const position = this.#rooms.get(channel) ?? this.#own;
    if (offset === undefined || !position) return "none";
    if (offset <= position.offset) return "repeat";
    // A client does not move over a gap: it asks again from where it stands, and so does "Reconnect with since".
    if (offset > position.offset + 1) return "gap";
    this.#advance(channel, offset);
    return "next";
  }

  #advance(channel: string, offset: number): void {
    const room = this.#rooms.get(channel);
    if (room) {
      this.#rooms.set(channel, { ...room, offset: Math.max(room.offset, offset) });
    } else if (this.#own) {
      this.#own = { ...this.#own, offset: Math.max(this.#own.offset, offset) };
    }
  }
}
