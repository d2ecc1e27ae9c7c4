import { type Arrival, Inbox, type InboxLimits, type ShownItem } from "../../../src/objects/inbox.ts";
import { createInboxTable } from "../../../src/objects/inbox-rows.ts";
import type { KeptNotification } from "../../../src/objects/notification.ts";
import { Schema } from "../../../src/objects/schema.ts";

export const DAY = 86_400_000;
/** When time begins in these tests (ms). */
export const START = 1_800_000_000_000;

/** An inbox in storage of its own, with a clock that a test turns on. */
export class Opened {
  now = START;
  readonly #sql: SqlStorage;
  readonly #limits: InboxLimits;
  readonly #isSleepy: boolean;
  #inbox: Inbox;

  /** @param isSleepy whether it falls asleep after everything that is done with it. */
  constructor(sql: SqlStorage, isSleepy = false, limits: Partial<InboxLimits> = {}) {
    this.#sql = sql;
    this.#limits = { notifications: 10_000, days: 90, ...limits };
    this.#isSleepy = isSleepy;
    this.#inbox = this.#wake();
  }

  get inbox(): Inbox {
    if (this.#isSleepy) this.sleep();
    return this.#inbox;
  }

  /** What is in memory is forgotten. */
  sleep(): void {
    this.#inbox = this.#wake();
  }

  /** Takes notifications in, one at each offset, under the id `n` and the offset. */
  fill(...offsets: readonly number[]): this {
    for (const offset of offsets) this.inbox.add(arrival(offset, { at: this.now }));
    return this;
  }

  /** Everything that is shown, newest first. */
  get shown(): readonly ShownItem[] {
    const all = (archived: boolean) =>
      this.inbox.page(Number.MAX_SAFE_INTEGER, 1_000_000, { archived }, () => true).items;
    return [...all(false), ...all(true)].toSorted((a, b) => b.offset - a.offset);
  }

  get ids(): readonly string[] {
    return this.shown.map(({ id }) => id);
  }

  #wake(): Inbox {
    return new Inbox(this.#sql, new Schema(this.#sql, [createInboxTable]), this.#limits, () => this.now);
  }
}

export const content: KeptNotification = {
  type: "news",
  title: "A title",
  message: "A message",
  priority: "normal",
  data: "null",
  silent: false,
};

/** A notification that comes, under the id `n` and its offset. */
export function arrival(
  offset: number,
  {
    id = `n${offset}`,
    at = START,
    channel = "user:42",
    aim,
    ...more
  }: Partial<Arrival & KeptNotification> = {},
): Arrival {
  return { offset, id, at, channel, aim, content: { ...content, ...more } };
}
