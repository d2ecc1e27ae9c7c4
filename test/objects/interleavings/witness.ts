import { isFor, isUser, type LogKey, mayEnter, type Onlooker } from "./cast.ts";
import type { Ledger } from "./ledger.ts";
import type { Row } from "./row.ts";

/** What a client saw of a log at some moment, and as whom. */
export type Sighting =
  | {
      readonly kind: "stored";
      readonly log: LogKey;
      readonly by: string;
      readonly as: Onlooker;
      readonly offset: number;
      readonly channel: string;
      readonly event: string;
    }
  | {
      readonly kind: "passing";
      readonly log: LogKey;
      readonly by: string;
      readonly as: Onlooker;
      readonly channel: string;
      readonly event: string;
    }
  | {
      readonly kind: "skip";
      readonly log: LogKey;
      readonly by: string;
      readonly as: Onlooker;
      readonly after: number;
      readonly upTo: number;
    };

/** Writes down what all clients of a run saw, and what was wrong with it on the face of it. */
export class Witness {
  readonly faults: string[] = [];
  readonly #sightings: Sighting[] = [];

  blame(fault: string): void {
    this.faults.push(fault);
  }

  see(sighting: Sighting): void {
    this.#sightings.push(sighting);
  }

  /** What is wrong with what was seen, going by what the logs hold in the end. */
  faultsAgainst(rowsOf: ReadonlyMap<LogKey, readonly Row[]>, ledger: Ledger): string[] {
    return this.#sightings.flatMap((sighting) => faultsOf(sighting, rowsOf.get(sighting.log) ?? [], ledger));
  }
}

function faultsOf(sighting: Sighting, rows: readonly Row[], ledger: Ledger): string[] {
  const { kind, log, by, as } = sighting;
  if (kind === "skip") {
    // What a skip leaves out must have been withheld by an aim: no room hides one entry and shows another.
    return rows
      .slice(sighting.after, sighting.upTo)
      .filter(({ event }) => isFor(ledger.find(event)?.aim, as))
      .map(
        ({ event, offset }) =>
          `${by}: ${event} at ${offset} of ${log} was skipped, and is for ${JSON.stringify(as)}`,
      );
  }
  const { event, channel } = sighting;
  const entry = ledger.find(event);
  const faults: string[] = [];
  if (!entry || !isFor(entry.aim, as))
    faults.push(`${by}: ${event} of ${log} is not for ${JSON.stringify(as)}`);
  if (!isUser(log) && !mayEnter(as, log)) {
    faults.push(`${by}: ${event} of ${log} was sent to ${JSON.stringify(as)}, who may not follow it`);
  }
  if (isUser(log) && log !== as.user) faults.push(`${by}: ${event} of ${log} was sent to ${as.user}`);
  if (kind === "passing" && entry?.store !== false)
    faults.push(`${by}: ${event} of ${log} has lost its offset`);
  if (kind === "stored") {
    const row = rows[sighting.offset - 1];
    if (row?.event !== event || row.channel !== channel) {
      const there = row ? `${row.event} in ${row.channel}` : "nothing";
      faults.push(
        `${by}: ${event} in ${channel} was seen at ${sighting.offset} of ${log}, where ${there} is`,
      );
    }
  }
  return faults;
}
