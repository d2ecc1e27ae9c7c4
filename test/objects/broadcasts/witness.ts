import type { SeatName, User } from "./cast.ts";
import { placeOf } from "./ledger.ts";
import type { Row } from "./objects.ts";

/** What a client took in of its log. */
export interface Sighting {
  readonly by: SeatName;
  readonly user: User;
  readonly offset: number;
  readonly place: string;
}

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

  /** What was seen in another place than the log has it. */
  faultsAgainst(user: User, rows: readonly Row[]): string[] {
    return this.#sightings
      .filter((sighting) => sighting.user === user)
      .flatMap(({ by, offset, place }) => {
        const row = rows[offset - 1];
        const there = row ? placeOf(row) : "nothing";
        return there === place ? [] : [`${by} saw ${place} at ${offset}, where ${there} is`];
      });
  }
}
