import { setTimeout as wait } from "node:timers/promises";
import { type Counts, difference } from "./counts.ts";
import { type CostRow, faultsOf, type Measurement } from "./measurement.ts";
import type { Stage } from "./stage.ts";

/** How something that was measured becomes a row of what it cost. */
export interface Metered {
  readonly what: string;
  readonly each: CostRow["each"];
  readonly of: number;
  readonly row: Exclude<Measurement, CostRow>;
}

/** Reads the counts of a stage's server before and after each thing that happens there. */
export class Meter {
  readonly stage: Stage;
  readonly #measured: (row: CostRow) => void;
  #before: Counts;

  static async of(stage: Stage, measured: (row: CostRow) => void): Promise<Meter> {
    return new Meter(stage, (await stage.counts()).counts, measured);
  }

  constructor(stage: Stage, before: Counts, measured: (row: CostRow) => void) {
    this.stage = stage;
    this.#before = before;
    this.#measured = measured;
  }

  /** Leaves out what has happened so far. */
  async skip(): Promise<void> {
    this.#before = (await this.stage.counts()).counts;
  }

  /** Tells what has happened since the last row. */
  async tell(metered: Metered): Promise<void> {
    const { counts } = await this.stage.counts();
    this.#tell(metered, difference(counts, this.#before));
    this.#before = counts;
  }

  /**
   * Tells what an hour costs in which nothing happens but signs of life: what was counted in some seconds of it, and the
   * alarms that are due within it.
   */
  async tellIdleHour(seconds: number, metered: Metered): Promise<void> {
    await this.skip();
    await this.stage.ping();
    await wait(seconds * 1000);
    // By now the objects may be asleep, and this must not wake them.
    await this.stage.ping();
    const { counts, alarmsWithinAnHour } = await this.stage.counts();
    const counted = difference(counts, this.#before);
    const alarms = Object.fromEntries(
      Object.entries(alarmsWithinAnHour).map(([kind, count]) => [`${kind} alarm to come`, count]),
    );
    this.#tell(metered, { ...counted, requests: { ...counted.requests, ...alarms } });
    this.#before = counts;
  }

  #tell({ what, each, of, row }: Metered, counted: Counts): void {
    const { server, audience, sockets, failures } = row;
    const deliveries = "deliveries" in row ? row.deliveries : 0;
    const events =
      row.kind === "publish" ? row.events : row.kind === "broadcast" ? row.broadcasts * row.batch : 0;
    this.#measured({
      ...{ kind: "cost", server, audience, sockets, failures },
      ...{ what, each, of, events, deliveries, counted, faults: faultsOf(row) },
    });
  }
}
