import { type AimName, type LogKey, logs } from "./cast.ts";
import type { Row } from "./row.ts";

/** One event that a run has announced, under a name of its own. */
export interface Entry {
  readonly event: string;
  readonly id: string | undefined;
  readonly channels: readonly string[];
  readonly aim: AimName | undefined;
  readonly store: boolean;
}

/** What a publisher was answered for one event at one channel. */
export interface Receipt {
  readonly event: string;
  readonly channel: string;
  readonly offset: number;
  readonly isDuplicate: boolean;
}

/** What was published, and what was answered to it: the model of all logs. */
export class Ledger {
  readonly #entries = new Map<string, Entry>();
  readonly #receipts = new Map<LogKey, Receipt[]>(logs.map((log) => [log, []]));

  get entries(): readonly Entry[] {
    return [...this.#entries.values()];
  }

  find(event: string): Entry | undefined {
    return this.#entries.get(event);
  }

  announce(entry: Omit<Entry, "event" | "id">, hasId: boolean): Entry {
    const event = `e${this.#entries.size + 1}`;
    const announced = { ...entry, event, id: hasId ? `id-${event}` : undefined };
    this.#entries.set(event, announced);
    return announced;
  }

  acknowledge(log: LogKey, receipt: Receipt): void {
    this.#receipts.get(log)?.push(receipt);
  }

  /** The highest offset that a publisher was told of. */
  acknowledged(log: LogKey): number {
    return Math.max(0, ...(this.#receipts.get(log) ?? []).map(({ offset }) => offset));
  }

  /** What is wrong with a log, going by what was published (rules F1, F3, F4). */
  faultsOf(log: LogKey, rows: readonly Row[]): string[] {
    const faults: string[] = [];
    const places = new Set<string>();
    rows.forEach(({ offset, event, channel, id }, index) => {
      const entry = this.#entries.get(event);
      const place = `${event} in ${channel}`;
      if (offset !== index + 1) faults.push(`${log}: offset ${offset} stands at place ${index + 1}`);
      if (!entry?.store || !entry.channels.includes(channel))
        faults.push(`${log}: ${place} was never to be stored`);
      if (entry?.id !== undefined && entry.id !== id) faults.push(`${log}: ${place} has the id ${id}`);
      if (places.has(place)) faults.push(`${log}: ${place} is stored twice`);
      places.add(place);
    });
    const taken = new Set<string>();
    for (const { event, channel, offset, isDuplicate } of this.#receipts.get(log) ?? []) {
      const row = rows[offset - 1];
      const place = `${event} in ${channel}`;
      if (row?.event !== event || row.channel !== channel) {
        faults.push(`${log}: ${place} was acknowledged at ${offset}, where ${row?.event ?? "nothing"} is`);
      }
      if (!isDuplicate && taken.has(place)) faults.push(`${log}: ${place} was new twice`);
      if (!isDuplicate) taken.add(place);
    }
    return faults;
  }
}
