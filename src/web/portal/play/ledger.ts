import { useSyncExternalStore } from "react";
import * as z from "zod/mini";
import { recall, remember } from "../remember.ts";

/** One thing that the played backend knows of: an application, an order, a clinic's queue. */
const record = z.object({
  kind: z.string(),
  id: z.string(),
  /** Whom it belongs to. */
  owner: z.string(),
  /** How people call it: its number, its title. */
  label: z.string(),
  state: z.string(),
  /** Numbers that move. */
  count: z.optional(z.number()),
});

export type LedgerRecord = z.infer<typeof record>;

const stored = z.array(record);
const KEY = "carillon-portal-ledger";
/** As many as a visitor of the demo can look over. */
const MOST = 200;

/**
 * The database of the backend that a visitor plays, kept in the browser so that every window plays the same one. No page
 * shows what stands in it: pages show what the service tells them.
 */
export class Ledger {
  #records: readonly LedgerRecord[] = read();
  readonly #listeners = new Set<() => void>();

  constructor() {
    addEventListener("storage", ({ key }) => {
      if (key === KEY) this.#show(read());
    });
  }

  readonly get = (): readonly LedgerRecord[] => this.#records;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** The newest record of a kind that belongs to somebody, in one of these states where they are named. */
  newest(kind: string, owner: string, ...states: readonly string[]): LedgerRecord | undefined {
    return this.#records.findLast(
      (one) =>
        one.kind === kind && one.owner === owner && (states.length === 0 || states.includes(one.state)),
    );
  }

  /** Writes a record down, in place of one with its kind and id. */
  write(next: LedgerRecord): LedgerRecord {
    const others = this.#records.filter(({ kind, id }) => kind !== next.kind || id !== next.id);
    const records = [...others, next].slice(-MOST);
    remember("device", KEY, JSON.stringify(records));
    this.#show(records);
    return next;
  }

  #show(records: readonly LedgerRecord[]): void {
    this.#records = records;
    for (const listener of this.#listeners) listener();
  }
}

function read(): readonly LedgerRecord[] {
  try {
    return stored.parse(JSON.parse(recall("device", KEY) ?? "[]"));
  } catch {
    return [];
  }
}

export const ledger = new Ledger();

/** Renders again when something was written. */
export function useLedger(): Ledger {
  useSyncExternalStore(ledger.subscribe, ledger.get);
  return ledger;
}

/** A number that people can read out: `APP-4821`. */
export function numberFor(prefix: string): string {
  return `${prefix}-${1000 + Math.floor(Math.random() * 9000)}`;
}
