import type { Position } from "../protocol/position.ts";
import type { RoomDoor } from "./room-door.ts";
import type { PresenceVersion } from "./room-presence-version.ts";

export interface RelayOptions {
  readonly room: string;
  readonly door: RoomDoor;
  readonly now: () => number;
  /** Whether a socket follows the room. */
  readonly hasFollowers: () => boolean;
  /** After waking, sockets remember that they follow: the room knows of us. */
  readonly isFollowing: boolean;
}

/**
 * A user's object as a follower of one room: whether the room knows of it, and under which generation (rule F7).
 * What is wanted (a socket follows, or is about to) is compared with what the room was told; the calls that bring the
 * two together happen one after the other.
 */
export class Relay {
  readonly room: string;
  readonly #options: RelayOptions;
  /** Made of the clock, so that it grows without being stored. 0 after waking, until a push says it. */
  #generation = 0;
  /** Pushes of an older generation are not for us. A call that failed raises nothing: the room may not have heard it. */
  #least = 0;
  #isFollowing: boolean;
  #seen: Position | undefined;
  #seenPresence: PresenceVersion | undefined;
  #pending = 0;
  #turn: Promise<void> = Promise.resolve();

  constructor(options: RelayOptions) {
    this.room = options.room;
    this.#options = options;
    this.#isFollowing = options.isFollowing;
  }

  /** The highest position that was pushed or answered in this waking. */
  get seen(): Position | undefined {
    return this.#seen;
  }

  /** Whether a socket follows, or is about to. */
  get isUsed(): boolean {
    return this.#pending > 0 || this.#options.hasFollowers();
  }

  /** Keeps the relay in use while a task is under way, and leaves the room after it if nobody follows. */
  async whileUsed(task: () => Promise<void>): Promise<void> {
    this.#pending += 1;
    try {
      await task();
    } finally {
      this.#pending -= 1;
      await this.leaveIfUnused();
    }
  }

  /**
   * Makes sure that the room knows of us and that its position is known.
   *
   * @returns the room's top where it was asked, nothing where all was known, or that the room takes no more followers.
   */
  async follow(): Promise<Position | "moved" | undefined> {
    let answer: Position | "moved" | undefined;
    await this.#inTurn(async () => {
      if (!this.#isFollowing || !this.#seen) answer = await this.#tell();
    });
    return answer;
  }

  /** Tells the room that nobody follows any more, if so. */
  async leaveIfUnused(): Promise<void> {
    if (this.isUsed) return;
    await this.#inTurn(async () => {
      if (this.isUsed || (!this.#isFollowing && this.#generation > 0)) return;
      this.#nextGeneration();
      this.#least = this.#generation;
      this.#isFollowing = false;
      this.#seen = undefined;
      await this.#options.door.unfollow(this.room, this.#generation);
    });
  }

  /**
   * Whether a push of this generation is for us. It can overtake the answer to our own call, so that is waited for.
   */
  async expects(generation: number): Promise<boolean> {
    if (this.#pending > 0) await this.#turn.catch(() => undefined);
    if (generation < this.#least || !this.isUsed) return false;
    this.#generation = Math.max(this.#generation, generation);
    this.#isFollowing = true;
    return true;
  }

  /** Learns a position of the room. */
  see(position: Position): void {
    this.#seen = later(this.#seen, position);
  }

  /** Learns of a change of who is there, which was pushed. */
  seePresence(version: PresenceVersion): void {
    this.#seenPresence = version;
  }

  /** Whether a change was pushed that came after this state: a socket that is told of the state would miss it. */
  hasSeenBeyond({ incarnation, seq }: PresenceVersion): boolean {
    const seen = this.#seenPresence;
    return seen !== undefined && seen.incarnation === incarnation && seen.seq > seq;
  }

  async #tell(): Promise<Position | "moved"> {
    for (;;) {
      this.#nextGeneration();
      const answer = await this.#options.door.follow(this.room, this.#generation);
      if (answer.kind === "following") {
        this.#isFollowing = true;
        this.#least = this.#generation;
        this.see(answer.position);
        return answer.position;
      }
      if (answer.kind === "moved") return answer.kind;
      this.#generation = answer.generation;
    }
  }

  #nextGeneration(): void {
    this.#generation = Math.max(this.#options.now(), this.#generation + 1);
  }

  #inTurn(task: () => Promise<void>): Promise<void> {
    this.#turn = this.#turn.catch(() => undefined).then(task);
    return this.#turn;
  }
}

/** The later of two positions of one log; another life's position gives way to the newer answer. */
function later(known: Position | undefined, answered: Position): Position {
  if (!known) return answered;
  if (known.epoch !== answered.epoch) return answered.epoch === "0" ? known : answered;
  return known.offset >= answered.offset ? known : answered;
}
