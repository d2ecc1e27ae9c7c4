import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import type { z } from "zod";
import { userObject } from "../../../src/objects/env.ts";
import type { Selection } from "../../../src/objects/inbox.ts";
import type { Mark } from "../../../src/protocol/frames.ts";
import type { pageSchema } from "./asking.ts";
import { type User, users } from "./cast.ts";
import type { Names } from "./names.ts";
import type { Counts } from "./wire.ts";

/** What was published under an id, to whom, and to whom of them it was answered. */
export interface Published {
  readonly id: string;
  readonly type: string;
  readonly collapseKey: string | undefined;
  readonly expiresAt: number | undefined;
  readonly to: Set<User>;
  readonly answered: Set<User>;
}

/** A mark that was asked for. */
export interface Asked {
  readonly user: User;
  readonly as: Mark;
  readonly selection: Selection;
  /** The log had come so far before. */
  readonly from: number;
  /** It was answered when the log had come between these offsets. */
  answered:
    | { readonly from: number; readonly until: number; readonly counts: Counts | undefined }
    | undefined;
}

/** A page of somebody's inbox as it was answered. */
export interface Read {
  readonly user: User;
  /** When (ms). */
  readonly at: number;
  readonly query: { readonly archived: boolean; readonly unread: boolean | undefined };
  readonly before: number | undefined;
  readonly limit: number;
  readonly page: z.output<typeof pageSchema>;
}

/** Counts that somebody was told for a position of the log. */
export interface Told {
  readonly user: User;
  readonly offset: number;
  readonly counts: Counts;
}

/** An entry of a user's log, copied before it is pruned. */
export interface Row {
  readonly offset: number;
  /** When it was written, or published (ms). */
  readonly at: number;
  readonly frame: string;
}

/** Everything that is written down of a run. */
export class Journal {
  readonly published: Published[] = [];
  readonly asked: Asked[] = [];
  readonly reads: Read[] = [];
  readonly told: Told[] = [];
  readonly faults: string[] = [];
  readonly #rows = new Map<User, Row[]>(users.map((user) => [user, []]));
  readonly #names: Names;

  constructor(names: Names) {
    this.#names = names;
  }

  rowsOf(user: User): readonly Row[] {
    return this.#rows.get(user) ?? [];
  }

  /** How far a user's log had come when it was last copied. */
  topOf(user: User): number {
    return this.rowsOf(user).at(-1)?.offset ?? 0;
  }

  /** Copies what is new in a user's log; an object that is dying is asked again. @returns how far the log has come. */
  async copy(user: User): Promise<number> {
    for (let tries = 0; ; tries++) {
      try {
        const rows = await this.#readAfter(user, this.topOf(user));
        const known = this.topOf(user);
        this.#rows.get(user)?.push(...rows.filter(({ offset }) => offset > known));
        return this.topOf(user);
      } catch (error) {
        if (tries === 20) throw error;
      }
    }
  }

  #readAfter(user: User, after: number): Promise<Row[]> {
    return runInDurableObject(userObject(env, this.#names.user(user)), (_instance, { storage: { sql } }) => {
      if (sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'log'").toArray().length === 0) return [];
      return sql
        .exec<Row & Record<string, SqlStorageValue>>(
          "SELECT offset, at, frame FROM log WHERE offset > ? ORDER BY offset",
          after,
        )
        .toArray();
    });
  }
}
