import type { z } from "zod";
import type { countsSchema, ServerFrame, ServerFrameOf } from "../../../src/protocol/frames.ts";
import type { Position } from "../../../src/protocol/position.ts";
import { Model, type Note } from "./model.ts";
import { readEntry, type Snapshot } from "./wire.ts";

/**
 * What a device makes of the log: the reference reducer. It applies the inbox's entries in their order and asks for the
 * inbox itself only where it comes for the first time or the log does not reach back.
 */
export class Device {
  readonly #model = new Model();
  readonly faults: string[] = [];
  counts: z.output<typeof countsSchema> = { total: 0, unread: 0, unseen: 0 };
  position: Position | undefined;
  /** What comes while it reads the inbox. */
  #waiting: ServerFrame[] | undefined;

  get notes(): readonly Note[] {
    return this.#model.notes;
  }

  /** Whether it is waiting for the inbox itself. */
  get isReading(): boolean {
    return this.#waiting !== undefined;
  }

  /** From now on it does not know anything until it is given the inbox. @returns what stands for this reading. */
  beginReading(): object {
    this.#waiting = [];
    return this.#waiting;
  }

  /** It is given the inbox as it was at a position; by a reading that it has begun anew since, for nothing. */
  take({ notes, counts, position }: Snapshot, reading: object): void {
    if (reading !== this.#waiting) return;
    this.#model.notes = notes.toSorted((a, b) => a.offset - b.offset).map((note) => ({ ...note }));
    this.counts = counts;
    this.position = position;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    // A replay that ended meanwhile may have ended before what was read.
    for (const frame of waiting) if (frame.type !== "live") this.hear(frame);
    this.#count("the inbox that was read");
  }

  hear(frame: ServerFrame): void {
    if (this.#waiting) this.#waiting.push(frame);
    else if (frame.type === "event" && frame.offset !== undefined) this.#apply(frame, frame.offset);
    else if (frame.type === "skip") this.#move(Math.max(frame.upTo, this.position?.offset ?? 0));
    else if (frame.type === "live" && frame.counts) {
      this.counts = frame.counts;
      this.#count("the end of a replay");
    }
  }

  #apply(frame: ServerFrameOf<"event">, offset: number): void {
    const at = this.position?.offset ?? 0;
    if (offset <= at) return;
    if (offset !== at + 1) this.faults.push(`a hole between ${at} and ${offset}`);
    this.#move(offset);
    const entry = readEntry(frame);
    switch (entry?.kind) {
      case undefined:
        return;
      case "new":
        this.#model.notes = this.#model.notes.filter(({ id }) => id !== entry.replaces);
        this.#model.notes.push({ ...entry.note });
        break;
      case "updated":
        this.#model.mark(entry.as, entry.which, entry.at);
        break;
      case "deleted":
        this.#model.mark("deleted", entry.which, 0);
    }
    this.counts = entry.counts;
    this.#count(`entry ${offset}`);
  }

  /** What it counts itself is what it is told. */
  #count(after: string): void {
    const [told, counted] = [JSON.stringify(this.counts), JSON.stringify(this.#model.counts)];
    if (told !== counted) this.faults.push(`${after} tells ${told}, and ${counted} are there`);
  }

  #move(offset: number): void {
    this.position = { epoch: this.position?.epoch ?? "0", offset };
  }
}
