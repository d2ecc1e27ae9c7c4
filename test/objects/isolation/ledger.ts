import type { Announcement } from "./announcement.ts";
import type { Ticks } from "./ticks.ts";

/** One event that a run has announced, under a name of its own. */
export interface Entry {
  readonly event: string;
  readonly announcement: Announcement;
  /** When it began to be published, and when it was first answered. */
  readonly from: number;
  until: number;
  /** From when on it is too old to be replayed. */
  goneFrom: number;
}

/** What was published in a run. */
export class Ledger {
  readonly #ticks: Ticks;
  readonly #entries = new Map<string, Entry>();

  constructor(ticks: Ticks) {
    this.#ticks = ticks;
  }

  get entries(): readonly Entry[] {
    return [...this.#entries.values()];
  }

  find(event: string): Entry | undefined {
    return this.#entries.get(event);
  }

  announce(announcement: Announcement): Entry {
    const event = `e${this.#entries.size + 1}`;
    const never = Number.POSITIVE_INFINITY;
    const entry: Entry = { event, announcement, from: this.#ticks.next(), until: never, goneFrom: never };
    this.#entries.set(event, entry);
    return entry;
  }

  answered(entry: Entry): void {
    entry.until = Math.min(entry.until, this.#ticks.next());
  }

  /** The clock was turned on: what has a short life, and was published by then, is too old. */
  age(): void {
    const tick = this.#ticks.next();
    for (const entry of this.#entries.values()) {
      if (entry.announcement.isBrief) entry.goneFrom = Math.min(entry.goneFrom, tick);
    }
  }
}
