import type { ServerFrameOf } from "../../protocol/frames.ts";
import { randomId } from "../random-id.ts";
import { FakeLog } from "./fake-log.ts";
import type { FakeSocket } from "./fake-socket.ts";

/** One room: its log, and who is there. */
export class FakeRoom {
  readonly name: string;
  readonly log: FakeLog;
  /** Whether it has sockets of its own, to which those who follow it are sent. */
  hasMoved = false;
  readonly #incarnation = randomId().slice(0, 8);
  #seq = 0;
  readonly #states = new Map<string, unknown>();

  constructor(name: string) {
    this.name = name;
    this.log = new FakeLog(name);
  }

  get presence(): NonNullable<ServerFrameOf<"subscribed">["presence"]> {
    const members = [...this.#states].map(([user, state]) => ({
      user,
      ...(state !== undefined && { state }),
    }));
    return { members, count: members.length, incarnation: this.#incarnation, seq: this.#seq };
  }

  enter(socket: FakeSocket): void {
    const { user } = socket;
    this.log.followers.add(socket);
    if (user === undefined || this.#states.has(user)) return;
    this.#states.set(user, undefined);
    this.#change({ joined: [{ user }] }, socket);
  }

  leave(socket: FakeSocket): void {
    const { user } = socket;
    this.log.followers.delete(socket);
    const isThere = [...this.log.followers].some((other) => other.user === user);
    if (user === undefined || isThere || !this.#states.delete(user)) return;
    this.#change({ left: [user] });
  }

  say(user: string, state: unknown): void {
    const kept = state ?? undefined;
    this.#states.set(user, kept);
    this.#change({ updated: [{ user, ...(kept !== undefined && { state: kept }) }] });
  }

  #change(what: Partial<ServerFrameOf<"presence">>, except?: FakeSocket): void {
    this.#seq += 1;
    const { count, incarnation, seq } = this.presence;
    for (const follower of this.log.followers) {
      if (follower !== except)
        follower.send({ type: "presence", channel: this.name, ...what, count, incarnation, seq });
    }
  }
}
