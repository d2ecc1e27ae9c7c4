import { env } from "cloudflare:workers";
import { roomObject } from "../../../src/objects/env.ts";
import { publish } from "../listener.ts";
import type { Room } from "./cast.ts";
import type { Announcement } from "./command.ts";
import type { Entry, Ledger } from "./ledger.ts";
import type { Names } from "./names.ts";

/** A backend that publishes, and writes down what it is answered. */
export class Publisher {
  readonly #names: Names;
  readonly #ledger: Ledger;
  /** What may be published again: each of its events has an id. */
  readonly #repeatable: (readonly Entry[])[] = [];

  constructor(names: Names, ledger: Ledger) {
    this.#names = names;
    this.#ledger = ledger;
  }

  /** Publishes a batch through the Worker, several times at once if need be. */
  async publish(events: readonly Announcement[], times: number): Promise<void> {
    const entries = events.map(({ targets, aim, store, hasId }) => {
      const channels = targets.map((target) => this.#names.channel(target));
      return this.#ledger.announce({ channels, aim, store }, hasId || times > 1);
    });
    if (entries.every(({ id }) => id !== undefined)) this.#repeatable.push(entries);
    await Promise.all(Array.from({ length: times }, () => this.#post(entries)));
  }

  /** Publishes something again, to the letter. */
  async repeat(which: number): Promise<void> {
    const entries = this.#repeatable[which % this.#repeatable.length];
    if (entries) await this.#post(entries);
  }

  /** Calls a room as the Worker does, but does not repeat the call when it fails. */
  async publishOnce(room: Room): Promise<void> {
    const channel = this.#names.room(room);
    const { event, id } = this.#ledger.announce({ channels: [channel], aim: undefined, store: true }, true);
    const events = [{ channel, event, data: "null", store: true }];
    const publication = { id: id ?? "", hash: "", events };
    // An array of results that has not come says that the room died.
    const outcomes = await Promise.resolve(roomObject(env, channel).deliver([publication])).catch(() => []);
    const outcome = outcomes[0]?.[0];
    if (outcome && outcome.status !== "failed" && outcome.offset !== undefined) {
      const { offset, duplicate } = outcome;
      this.#ledger.acknowledge(room, { event, channel, offset, isDuplicate: duplicate });
    }
  }

  async #post(entries: readonly Entry[]): Promise<void> {
    const { results } = await publish(entries.map((entry) => this.#bodyOf(entry)));
    for (const [index, { event }] of entries.entries()) {
      for (const { channel, status, offset, duplicate } of results[index]?.targets ?? []) {
        const log = this.#names.logOf(channel);
        if (!log || status === "failed" || offset === undefined) continue;
        this.#ledger.acknowledge(log, { event, channel, offset, isDuplicate: duplicate });
      }
    }
  }

  #bodyOf({ event, id, channels, aim, store }: Entry): object {
    return { event, ...(id !== undefined && { id }), to: { channels }, store, ...this.#names.aim(aim) };
  }
}
