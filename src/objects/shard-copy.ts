import type { Position } from "../protocol/position.ts";
import { readAudienceEvent } from "./audience-entry.ts";
import { applyPage, type Page, type PageAnswer, type Push, type PushAnswer } from "./follow.ts";
import type { Log } from "./log.ts";

/** What the first shard says to another that begins to follow it. */
export interface ShardFollowing {
  readonly top: Position;
  /** The newest offset of which nothing is left. */
  readonly floor: number;
}

/** How a shard speaks to the first one. */
export interface FirstShardDoor {
  follow(): Promise<ShardFollowing>;
  read(after: Position): Promise<PageAnswer>;
}

/**
 * A shard's log as a copy of the first shard's: the same entries under the same offsets (rules F2 and F5). What is pushed
 * is applied where it continues the copy; a new shard, or one that is short, fetches the rest.
 */
export class ShardCopy {
  readonly #log: Log;
  readonly #door: FirstShardDoor;
  #filling: Promise<void> | undefined;
  /** Asking the first shard where the copy begins. */
  #beginning: Promise<unknown> | undefined;

  constructor(log: Log, door: FirstShardDoor) {
    this.#log = log;
    this.#door = door;
  }

  /** Begins to follow the first shard and fetches all that it has. May be repeated. */
  async fill(): Promise<void> {
    this.#filling ??= this.#fill().finally(() => {
      this.#filling = undefined;
    });
    await this.#filling;
  }

  /**
   * To be awaited before a push is taken: it may have overtaken the word of where the copy begins, or say that the first
   * shard does not reach back to the copy, which is then made anew.
   */
  async makeReady(push: Push): Promise<void> {
    if (push.kind === "reset") await this.fill();
    else await this.#beginning?.catch(() => undefined);
  }

  /** Takes what the first shard pushes. @returns the answer, and whether anything was stored. */
  take(push: Push): { readonly answer: PushAnswer; readonly isNew: boolean } {
    if (push.kind === "reset") return { answer: { kind: "taken", connections: 0 }, isNew: true };
    const applied = this.#apply(push.page);
    if (applied === "behind") return { answer: { kind: "behind", position: this.#log.top }, isNew: false };
    return { answer: { kind: "taken", connections: 0 }, isNew: applied === "moved" };
  }

  async #fill(): Promise<void> {
    const beginning = this.#begin();
    this.#beginning = beginning;
    const top = await beginning.finally(() => {
      this.#beginning = undefined;
    });
    while (this.#log.top.offset < top.offset) {
      const answer = await this.#door.read(this.#log.top);
      if (answer.kind === "lost") throw new Error("The first shard does not reach back to what it offered.");
      this.#apply(answer.page);
    }
  }

  /** Begins anew where the first shard does not reach back to the copy. @returns up to where it is to be filled. */
  async #begin(): Promise<Position> {
    const { top, floor } = await this.#door.follow();
    const own = this.#log.top;
    const isOfThisLife = own.epoch === top.epoch && own.offset >= floor;
    if (top.offset > 0 && !isOfThisLife) this.#log.copyFrom(top.epoch, floor);
    return top;
  }

  #apply(page: Page): "moved" | "had" | "behind" {
    const applied = applyPage(this.#log.top, page);
    if (applied.kind !== "moved") return applied.kind;
    const entries = applied.entries.map((entry) => {
      const { id, at } = readAudienceEvent(entry.frame);
      return { ...entry, id, at };
    });
    this.#log.copy({ ...page, after: this.#log.top.offset, entries });
    return "moved";
  }
}
