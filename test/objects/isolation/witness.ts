import type { Sighting } from "./sightings.ts";

/** Writes down what everybody saw in a run, and what was wrong with it on the face of it. */
export class Witness {
  readonly faults: string[] = [];
  readonly sightings: Sighting[] = [];

  blame(fault: string): void {
    this.faults.push(fault);
  }

  see(sighting: Sighting): void {
    this.sightings.push(sighting);
  }
}
