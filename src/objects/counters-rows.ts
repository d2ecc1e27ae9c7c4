import { z } from "zod";
import { addedUp, type Sums } from "../operation/metrics-tally.ts";
import type { HandOver } from "./counters.ts";
import type { Schema } from "./schema.ts";

/** How long (ms) a life is remembered after its last hand-over: longer than any is repeated. */
const REMEMBERED = 1_200_000;

export function createCounterTable(sql: SqlStorage): void {
  // One row: what this shard was ever given, and by whom lately.
  sql.exec("CREATE TABLE counter (sums TEXT NOT NULL, lives TEXT NOT NULL)");
}

const sumsSchema = z.record(z.string(), z.number());
/** By life: its last sequence, and when that came (ms). */
const livesSchema = z.record(z.string(), z.tuple([z.number(), z.number()]));

interface Kept {
  readonly sums: Sums;
  readonly lives: z.output<typeof livesSchema>;
}

/**
 * The counters of one shard. A hand-over is added and written in one block, one row for everything in it; nothing is
 * told that has not been written, so the sums never go back.
 */
export class CounterRows {
  readonly #sql: SqlStorage;
  readonly #schema: Schema;
  readonly #now: () => number;
  #kept: Kept | undefined;

  constructor(sql: SqlStorage, schema: Schema, now: () => number) {
    this.#sql = sql;
    this.#schema = schema;
    this.#now = now;
  }

  get sums(): Sums {
    return this.#schema.exists ? this.#read().sums : {};
  }

  /** Adds a hand-over, unless it came before. @returns whether it is new. */
  add({ life, sequence, sums }: HandOver): boolean {
    this.#schema.ensure();
    const before = this.#read();
    const [last = 0] = before.lives[life] ?? [];
    if (sequence <= last) return false;
    const now = this.#now();
    const recent = Object.entries(before.lives).filter(([, [, at]]) => now - at < REMEMBERED);
    const lives: Kept["lives"] = { ...Object.fromEntries(recent), [life]: [sequence, now] };
    this.#write({ sums: addedUp([before.sums, sums]), lives });
    return true;
  }

  #read(): Kept {
    if (this.#kept) return this.#kept;
    const [row] = this.#sql
      .exec<{ sums: string; lives: string }>("SELECT sums, lives FROM counter")
      .toArray();
    this.#kept = row
      ? { sums: sumsSchema.parse(JSON.parse(row.sums)), lives: livesSchema.parse(JSON.parse(row.lives)) }
      : { sums: {}, lives: {} };
    return this.#kept;
  }

  #write(kept: Kept): void {
    const texts = [JSON.stringify(kept.sums), JSON.stringify(kept.lives)];
    const { rowsWritten } = this.#sql.exec("UPDATE counter SET sums = ?, lives = ?", ...texts);
    if (rowsWritten === 0) this.#sql.exec("INSERT INTO counter (sums, lives) VALUES (?, ?)", ...texts);
    this.#kept = kept;
  }
}
