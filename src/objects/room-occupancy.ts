import type { Webhooks } from "./webhooks.ts";

export interface RoomOccupancyOptions {
  readonly room: string;
  readonly webhooks: Webhooks;
  /** Whether anybody is here: over one of the room's own sockets, or through their object. */
  readonly isOccupied: () => boolean;
  /** How long (ms) a room that nobody is in counts as occupied. */
  readonly grace: number;
  /** After how long (ms) those who are said to be here are asked for a sign of life; 0 asks nobody. */
  readonly probeInterval: number;
  readonly now: () => number;
  readonly wakeAt: (time: number) => void;
}

/**
 * Tells when the first comes into a room and when the last has gone. What was told last stands beside the webhooks; it is
 * compared with what is so, and the difference is told. So neither sleep nor death makes it tell one of them twice.
 */
export class RoomOccupancy {
  readonly #options: RoomOccupancyOptions;
  /** When the last one went (ms), in the grace after it. */
  #leftAt: number | undefined;
  #probedAt: number | undefined;

  constructor(options: RoomOccupancyOptions) {
    this.#options = options;
  }

  /** Somebody came, or went. */
  changed(): void {
    const { isOccupied, room, webhooks, grace, now, wakeAt } = this.#options;
    if (isOccupied()) {
      this.#leftAt = undefined;
      if (this.#isToldOccupied) return;
      webhooks.tell({ event: "room.occupied", data: { room } }, { at: now() });
      this.probed();
    } else if (this.#isToldOccupied && this.#leftAt === undefined) {
      this.#leftAt = now();
      if (grace > 0) wakeAt(this.#leftAt + grace);
      else this.#vacate(this.#leftAt);
    }
  }

  /** Tells that nobody is here any more, once the grace is over. To be called when the alarm rings. */
  expire(): void {
    this.changed();
    if (this.#leftAt !== undefined && this.#leftAt + this.#options.grace <= this.#options.now()) {
      this.#vacate(this.#leftAt);
    }
  }

  /** Whether it is time to ask those who are said to be here; nobody knows when that was last done after a waking. */
  get isProbeDue(): boolean {
    const { probeInterval, now } = this.#options;
    return this.#isProbing && (this.#probedAt ?? 0) + probeInterval <= now();
  }

  /** They have been asked. */
  probed(): void {
    this.#probedAt = this.#options.now();
  }

  /** When the alarm is to ring next (ms), or nothing. */
  get due(): number | undefined {
    const { grace, probeInterval, now } = this.#options;
    if (this.#leftAt !== undefined) return this.#leftAt + grace;
    return this.#isProbing ? (this.#probedAt ?? now()) + probeInterval : undefined;
  }

  get #isProbing(): boolean {
    return this.#isToldOccupied && this.#options.probeInterval > 0;
  }

  get #isToldOccupied(): boolean {
    return this.#options.webhooks.last === "room.occupied";
  }

  #vacate(at: number): void {
    const { room, webhooks } = this.#options;
    this.#leftAt = undefined;
    webhooks.tell({ event: "room.vacated", data: { room } }, { at });
  }
}
