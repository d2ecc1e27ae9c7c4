import type { Schema } from "./schema.ts";

export function createLastingEventTable(sql: SqlStorage): void {
  // One row for each, without an index beside it.
  sql.exec(`CREATE TABLE lasting_event (
    user TEXT NOT NULL, event TEXT NOT NULL, client TEXT NOT NULL, until INTEGER NOT NULL,
    PRIMARY KEY (user, event)) WITHOUT ROWID`);
}

/** A client's event that lasts until it is ended, typing say. */
export interface LastingEvent {
  readonly user: string;
  readonly event: string;
  /** The device that said so last. */
  readonly client: string;
}

interface Lasting extends LastingEvent {
  until: number;
}

export interface LastingEventsOptions {
  readonly sql: SqlStorage;
  readonly schema: Schema;
  /** After how long (ms) without another word it is over. */
  readonly lasts: number;
  readonly now: () => number;
  readonly wakeAt: (time: number) => void;
}

/**
 * Which of the clients' events last, and when each is over. The first word of it writes a row and sets the alarm, so that
 * an object that sleeps or dies ends it all the same; those that follow only move the time in memory.
 */
export class LastingEvents {
  readonly #options: LastingEventsOptions;
  #known: Map<string, Lasting> | undefined;

  constructor(options: LastingEventsOptions) {
    this.#options = options;
  }

  /** It was said again, or for the first time. */
  keep({ user, event, client }: LastingEvent): void {
    const { sql, schema, now, lasts, wakeAt } = this.#options;
    const until = now() + lasts;
    const known = this.#all().get(keyOf(user, event));
    this.#all().set(keyOf(user, event), { user, event, client, until });
    if (known) return;
    schema.ensure();
    sql.exec(
      "INSERT OR REPLACE INTO lasting_event (user, event, client, until) VALUES (?, ?, ?, ?)",
      user,
      event,
      client,
      until,
    );
    wakeAt(until);
  }

  /** It was said to be over. */
  end({ user, event }: Pick<LastingEvent, "user" | "event">): void {
    if (!this.#all().delete(keyOf(user, event))) return;
    this.#options.sql.exec("DELETE FROM lasting_event WHERE user = ? AND event = ?", user, event);
  }

  /** Ends those whose time has come. */
  takeDue(): LastingEvent[] {
    const now = this.#options.now();
    const due = [...this.#all().values()].filter(({ until }) => until <= now);
    for (const one of due) this.end(one);
    return due;
  }

  /** When the next one is over (ms), or nothing. */
  due(): number | undefined {
    const times = [...this.#all().values()].map(({ until }) => until);
    return times.length > 0 ? Math.min(...times) : undefined;
  }

  #all(): Map<string, Lasting> {
    this.#known ??= new Map(this.#read().map((one) => [keyOf(one.user, one.event), one]));
    return this.#known;
  }

  #read(): Lasting[] {
    const { sql, schema } = this.#options;
    if (!schema.exists) return [];
    return sql.exec<Lasting & Record<string, SqlStorageValue>>("SELECT * FROM lasting_event").toArray();
  }
}

function keyOf(user: string, event: string): string {
  return `${event} ${user}`;
}
