/** A run's own time: each thing that begins or ends has a moment of its own. */
export class Ticks {
  #now = 0;

  get now(): number {
    return this.#now;
  }

  next(): number {
    this.#now += 1;
    return this.#now;
  }
}
