/**
 * The one alarm of an object, shared by everything in it that waits for a time: it is set to the earliest. Setting
 * it is a row written, so it is only ever moved forward; whoever is woken too early asks again.
 */
export class Alarms {
  readonly #storage: DurableObjectStorage;
  #due: number | undefined;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
  }

  /** Learns what is set; to be awaited before the object handles anything. */
  async load(): Promise<void> {
    this.#due = (await this.#storage.getAlarm()) ?? undefined;
  }

  /** Wakes the object at `time` (ms), or earlier. */
  atLatest(time: number | undefined): void {
    if (time === undefined || (this.#due !== undefined && this.#due <= time)) return;
    this.#due = time;
    // Not awaited: the runtime lets nothing out of the object before the write is durable.
    void this.#storage.setAlarm(time);
  }

  /** To be called first when the alarm has fired. */
  fired(): void {
    this.#due = undefined;
  }
}
