import { type Position, start } from "../protocol/position.ts";
import { aimSchema } from "./aim.ts";
import { type Entry, eventFrame, type PassingEvent } from "./entry.ts";
import type { Page, Resumption } from "./follow.ts";
import type { Publication, PublishedEvent } from "./publication.ts";
import { type Place, PublishIds, type Recalled } from "./publish-ids.ts";
import type { Schema } from "./schema.ts";

/** How much a log keeps, and how much of it is handled at once. */
export interface LogLimits {
  /** The newest entries that are kept. */
  readonly events: number;
  /** Days for which an entry is kept. */
  readonly days: number;
  /** Publish ids of the newest entries by which a repeated publish is known. */
  readonly rememberedIds: number;
  /** Entries of one page. */
  readonly pageEvents: number;
  /** Characters of one page's frames, unless a single entry is longer. */
  readonly pageBytes: number;
}

/** What a log did with a publication. */
export type Taken =
  | { readonly kind: "taken"; readonly places: readonly Place[]; readonly passing: readonly PassingEvent[] }
  | Exclude<Recalled, { kind: "new" }>;

interface Life {
  readonly epoch: string;
  /** 1 until the log is deleted and begins anew: only then does the epoch "0" stand for this one. */
  readonly life: number;
  top: number;
  /** The newest offset that was pruned, or 0. */
  floor: number;
  /** When the oldest entry was written, once that has been asked for. */
  oldestAt: number | undefined;
}

type Row = {
  offset: number;
  id: string;
  hash: string;
  at: number;
  expires: number | null;
  channel: string;
  aim: string | null;
  frame: string;
};

const DAY = 86_400_000;
/** Entries that are too old lie a tenth longer, so that one alarm prunes many of them. */
const PRUNE_DELAY = 1.1;
/** Rows deleted in one go, so that pruning never holds an object for long. */
const PRUNE_BATCH = 500;

/**
 * An object's ordered, durable record (rules F1, F4, F10). Everything here is synchronous: an entry gets its offset
 * in the block that stores it, and the platform lets nothing out before that block is durable.
 *
 * The newest row is never deleted, only emptied, so that the next offset is always known from the rows alone.
 */
export class Log {
  readonly #sql: SqlStorage;
  readonly #schema: Schema;
  readonly #limits: LogLimits;
  readonly #now: () => number;
  #life: Life | undefined;
  #ids: PublishIds | undefined;
  /** The newest entries of this waking, which followers mostly ask for; in offset order, without holes. */
  #recent: Entry[] = [];

  constructor(sql: SqlStorage, schema: Schema, limits: LogLimits, now: () => number) {
    this.#sql = sql;
    this.#schema = schema;
    this.#limits = limits;
    this.#now = now;
    if (schema.exists) this.#life = this.#readLife();
  }

  /** The newest entry's position. */
  get top(): Position {
    return this.#life ? { epoch: this.#life.epoch, offset: this.#life.top } : start;
  }

  /**
   * Stores a publication's events, unless its id was taken before. Entries of one publication have offsets in a row.
   */
  take(publication: Publication): Taken {
    const { id, events } = publication;
    const ids = this.#publishIds();
    const recalled = ids.recall(publication);
    if (recalled.kind !== "new") return recalled;
    const at = this.#now();
    const places: Place[] = [];
    const passing: PassingEvent[] = [];
    for (const event of events) {
      const { channel, aim } = event;
      if (event.store) {
        places.push({ channel, offset: this.#append(publication, event, at) });
      } else {
        places.push({ channel, offset: undefined });
        passing.push({ channel, aim, frame: eventFrame(event, { id, at }) });
      }
    }
    ids.remember(publication, places);
    return { kind: "taken", places, passing };
  }

  /** Where a follower who has everything up to `since` goes on, or that the log does not reach back to it. */
  resume(since: Position): Resumption {
    const top = this.top;
    const life = this.#life;
    const isSameLife = since.epoch === top.epoch || (since.epoch === "0" && (life?.life ?? 1) === 1);
    if (!isSameLife || since.offset > top.offset || since.offset < (life?.floor ?? 0)) {
      return { kind: "lost", top };
    }
    return { kind: "recovered", from: { epoch: top.epoch, offset: since.offset }, top };
  }

  /** The next page after an offset that is not below the floor. */
  read(after: number): Page {
    const { epoch, offset: top } = this.top;
    const first = this.#recent[0];
    const rows =
      first && after >= first.offset - 1
        ? this.#recent.slice(after - first.offset + 1, after - first.offset + 1 + this.#limits.pageEvents)
        : after < top
          ? this.#readRows(after)
          : [];
    const entries: Entry[] = [];
    let size = 0;
    for (const entry of rows) {
      size += entry.frame.length;
      if (entries.length > 0 && size > this.#limits.pageBytes) {
        return { epoch, after, upTo: entries.at(-1)?.offset ?? after, entries: this.#alive(entries) };
      }
      entries.push(entry);
    }
    const upTo = rows.length < this.#limits.pageEvents ? top : (rows.at(-1)?.offset ?? top);
    return { epoch, after, upTo, entries: this.#alive(entries) };
  }

  #alive(entries: readonly Entry[]): Entry[] {
    const now = this.#now();
    return entries.filter(({ frame, expires }) => frame !== "" && (expires === undefined || expires > now));
  }

  /** When something is next to be pruned (ms), or nothing. */
  pruneDue(): number | undefined {
    const life = this.#life;
    if (!life || life.floor >= life.top) return undefined;
    // Somewhat more than the limit may lie there, so that pruning comes in batches and not with each event.
    const surplus = life.top - life.floor - this.#limits.events;
    if (surplus > Math.max(50, this.#limits.events / 10)) return this.#now();
    life.oldestAt ??= this.#readOldestAt(life.floor);
    return life.oldestAt + this.#limits.days * DAY * PRUNE_DELAY;
  }

  /** Deletes one batch of what is beyond the limits. */
  prune(): void {
    const life = this.#life;
    if (!life) return;
    const youngest = this.#now() - this.#limits.days * DAY;
    const oldest = this.#sql
      .exec<{ offset: number; at: number }>(
        "SELECT offset, at FROM log WHERE offset > ? ORDER BY offset LIMIT ?",
        life.floor,
        PRUNE_BATCH,
      )
      .toArray();
    const gone = oldest.filter(
      ({ offset, at }) => offset <= life.top - this.#limits.events || at <= youngest,
    );
    const floor = gone.at(-1)?.offset;
    if (floor === undefined) return;
    this.#sql.exec("DELETE FROM log WHERE offset <= ? AND offset < ?", floor, life.top);
    if (floor === life.top) this.#sql.exec("UPDATE log SET frame = '', aim = NULL WHERE offset = ?", floor);
    life.floor = floor;
    life.oldestAt = undefined;
    this.#recent = this.#recent.filter(({ offset }) => offset > floor);
  }

  #append(publication: Publication, event: PublishedEvent, at: number): number {
    const life = this.#startLife();
    const { id, hash } = publication;
    const { channel, aim, ttl } = event;
    const offset = life.top + 1;
    const frame = eventFrame(event, { id, at, offset });
    const expires = ttl === undefined ? undefined : at + ttl * 1000;
    this.#sql.exec(
      "INSERT INTO log (offset, id, hash, at, expires, channel, aim, frame) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      offset,
      id,
      hash,
      at,
      expires ?? null,
      channel,
      aim === undefined ? null : JSON.stringify(aim),
      frame,
    );
    life.top = offset;
    this.#recent.push({ offset, channel, frame, aim, expires });
    if (this.#recent.length > 2 * this.#limits.pageEvents) {
      this.#recent = this.#recent.slice(-this.#limits.pageEvents);
    }
    return offset;
  }

  #readOldestAt(floor: number): number {
    return this.#sql
      .exec<{ at: number }>("SELECT at FROM log WHERE offset > ? ORDER BY offset LIMIT 1", floor)
      .one().at;
  }

  #startLife(): Life {
    if (!this.#life) {
      this.#schema.ensure();
      this.#life = this.#readLife();
    }
    if (!this.#life) {
      this.#life = { epoch: newEpoch(), life: 1, top: 0, floor: 0, oldestAt: undefined };
      this.#sql.exec("INSERT INTO log_life (epoch, life) VALUES (?, 1)", this.#life.epoch);
    }
    return this.#life;
  }

  #readLife(): Life | undefined {
    const [life] = this.#sql
      .exec<{ epoch: string; life: number }>("SELECT epoch, life FROM log_life")
      .toArray();
    if (!life) return undefined;
    const [newest] = this.#sql
      .exec<{ offset: number }>("SELECT offset FROM log ORDER BY offset DESC LIMIT 1")
      .toArray();
    const [oldest] = this.#sql
      .exec<{ offset: number; frame: string }>("SELECT offset, frame FROM log ORDER BY offset LIMIT 1")
      .toArray();
    const floor = oldest ? (oldest.frame === "" ? oldest.offset : oldest.offset - 1) : 0;
    return { ...life, top: newest?.offset ?? 0, floor, oldestAt: undefined };
  }

  #readRows(after: number): Entry[] {
    return this.#sql
      .exec<Row>("SELECT * FROM log WHERE offset > ? ORDER BY offset LIMIT ?", after, this.#limits.pageEvents)
      .toArray()
      .map(({ offset, channel, aim, frame, expires }) => ({
        offset,
        channel,
        aim: aim === null ? undefined : aimSchema.parse(JSON.parse(aim)),
        expires: expires ?? undefined,
        frame,
      }));
  }

  #publishIds(): PublishIds {
    if (this.#ids) return this.#ids;
    const { rememberedIds } = this.#limits;
    this.#ids = new PublishIds(rememberedIds);
    if (this.#life) {
      const newest = this.#sql.exec<Pick<Row, "offset" | "id" | "hash" | "channel">>(
        "SELECT offset, id, hash, channel FROM log WHERE offset > ? ORDER BY offset",
        this.#life.top - rememberedIds,
      );
      this.#ids.read(newest);
    }
    return this.#ids;
  }
}

/** Ten letters and digits; two lives of one log never share them but by a chance of one in 10^15. */
function newEpoch(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(10));
  return Array.from(bytes, (byte) => (byte % 36).toString(36)).join("");
}
