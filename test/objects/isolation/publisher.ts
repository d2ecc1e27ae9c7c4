import { publish } from "../listener.ts";
import type { Announcement } from "./announcement.ts";
import { BRIEF } from "./clock.ts";
import type { Entry, Ledger } from "./ledger.ts";
import { kindOf } from "./who-may.ts";
import type { Witness } from "./witness.ts";

/** A backend that publishes, each event under an id of its own. */
export class Publisher {
  readonly #ledger: Ledger;
  readonly #witness: Witness;
  readonly #published: Entry[] = [];

  constructor(ledger: Ledger, witness: Witness) {
    this.#ledger = ledger;
    this.#witness = witness;
  }

  /** Publishes a batch, several times at once where one of its events says so. */
  async publish(announcements: readonly Announcement[]): Promise<void> {
    const entries = announcements.map((announcement) => this.#ledger.announce(announcement));
    const times = Math.max(...announcements.map((one) => one.times));
    await Promise.all(Array.from({ length: times }, () => this.#post(entries)));
    this.#published.push(...entries);
  }

  /** Publishes something again, to the letter. */
  async repeat(which: number): Promise<void> {
    const entry = this.#published[which % this.#published.length];
    if (entry) await this.#post([entry]);
  }

  async #post(entries: readonly Entry[]): Promise<void> {
    const { results } = await publish(entries.map(bodyOf));
    for (const [index, entry] of entries.entries()) {
      this.#ledger.answered(entry);
      for (const { channel, status, code } of results[index]?.targets ?? []) {
        const isKnown = channel === "user:*" ? code !== "invalid_channel" : kindOf(channel) !== "unknown";
        if ((status === "failed") === isKnown) {
          this.#witness.blame(`${entry.event} to ${channel} was answered ${status} ${code ?? ""}`);
        }
      }
    }
  }
}

function bodyOf({ event, announcement }: Entry): object {
  const { users, roles, tenants, isForEveryone, channels, aim, store, isBrief, isNotification } =
    announcement;
  const notification = { type: "news", title: event, message: event };
  return {
    id: `id-${event}`,
    event,
    data: { is: event },
    to: { users, roles, tenants, everyone: isForEveryone, channels },
    ...aim,
    store,
    ...(isBrief && { ttl: BRIEF / 1000 }),
    ...(isNotification && { notification }),
  };
}
