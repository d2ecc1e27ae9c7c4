import type { Aim } from "../../src/objects/aim.ts";

/** What a publish that was answered with success put into a log. */
export interface Entry {
  readonly offset: number;
  readonly id: string;
  readonly channel: string;
  readonly aim: Aim;
  /** When the answer came, in ms of this process. */
  readonly at: number;
}

/** Everything that publishers were told is delivered or stored, by log and offset. */
export class PublishRecord {
  published = 0;
  acknowledged = 0;
  /** Answers that no publish may get. */
  readonly faults: string[] = [];
  readonly #logs = new Map<string, Map<number, Entry>>();
  readonly #offsets = new Map<string, number>();

  /** Takes one target's answer. A repeated publish must be answered with the place that it had. */
  answered(log: string, entry: Entry): void {
    const key = `${entry.channel} ${entry.id}`;
    const before = this.#offsets.get(key);
    if (before !== undefined) {
      if (before !== entry.offset) {
        this.faults.push(`${entry.id} has the offsets ${before} and ${entry.offset} in ${entry.channel}.`);
      }
      return;
    }
    const entries = this.#logs.get(log) ?? new Map<number, Entry>();
    this.#logs.set(log, entries);
    const other = entries.get(entry.offset);
    if (other) {
      this.faults.push(`${other.id} and ${entry.id} both have the offset ${entry.offset} in ${log}.`);
    }
    this.#offsets.set(key, entry.offset);
    entries.set(entry.offset, entry);
  }

  /** What was acknowledged in a log, in no order. */
  entries(log: string): Iterable<Entry> {
    return this.#logs.get(log)?.values() ?? [];
  }

  /** The highest offset that was acknowledged in a log, or 0. */
  top(log: string): number {
    let top = 0;
    for (const { offset } of this.entries(log)) top = Math.max(top, offset);
    return top;
  }
}
