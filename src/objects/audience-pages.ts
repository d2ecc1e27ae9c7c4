import { type AudienceEntry, type Prepared, prepare } from "./audience-entry.ts";
import type { Page } from "./follow.ts";
import type { Log } from "./log.ts";
import { isForStanding, type Standing } from "./standing.ts";

interface PreparedEntry extends Prepared {
  readonly offset: number;
  /** When it ceases to be given (ms); a page may be kept for longer. */
  readonly expires: number | undefined;
}

/** Pages of the log that are looked through for one member at once: a few hundredths of a second. */
const PAGES_AT_ONCE = 4;
/** Pages that are kept for the next member: most of them stand at the same offset. */
const PAGES_AT_HAND = 8;
/** How long (ms) the beginning of the first visit's span is used before it is looked up again. */
const SPAN_KEPT = 60_000;

/** Reads the audience's log for its members, each of whom is given what is for them. */
export class AudiencePages {
  readonly #log: Log;
  readonly #now: () => number;
  readonly #pages = new Map<number, Page<PreparedEntry>>();
  #pagesTop = -1;
  #span: { readonly askedAt: number; readonly days: number; readonly offset: number } | undefined;

  constructor(log: Log, now: () => number) {
    this.#log = log;
    this.#now = now;
  }

  /**
   * What is for a user after an offset: a page with something in it, or an empty one. Where that does not reach the top,
   * there was much to look through, and others are to be served before it goes on.
   */
  pageFor(user: string, standing: Standing, after: number): Page<AudienceEntry> {
    const { epoch, offset: top } = this.#log.top;
    let upTo = after;
    for (let pages = 0; pages < PAGES_AT_ONCE && upTo < top; pages++) {
      const page = this.#read(upTo);
      upTo = page.upTo;
      const entries = this.#meantFor(page.entries, user, standing);
      if (entries.length > 0) return { epoch, after, upTo, entries };
    }
    return { epoch, after, upTo, entries: [] };
  }

  /** The offset after which everything is younger than so many days. */
  startOfSpan(days: number): number {
    const now = this.#now();
    if (!this.#span || this.#span.days !== days || now - this.#span.askedAt > SPAN_KEPT) {
      const offset = this.#log.lastBefore(now - days * 86_400_000);
      this.#span = { askedAt: now, days, offset };
    }
    return Math.max(this.#span.offset, this.#log.floor);
  }

  #meantFor(entries: readonly PreparedEntry[], user: string, standing: Standing): AudienceEntry[] {
    const now = this.#now();
    return entries
      .filter(({ expires }) => expires === undefined || expires > now)
      .filter((entry) => isForStanding(entry, entry.offset, user, standing))
      .map(({ offset, given }) => ({ offset, ...given }));
  }

  #read(after: number): Page<PreparedEntry> {
    const top = this.#log.top.offset;
    if (this.#pagesTop !== top) this.#pages.clear();
    this.#pagesTop = top;
    const page = this.#pages.get(after) ?? prepared(this.#log.read(after));
    this.#pages.delete(after);
    this.#pages.set(after, page);
    for (const oldest of this.#pages.keys()) {
      if (this.#pages.size <= PAGES_AT_HAND) break;
      this.#pages.delete(oldest);
    }
    return page;
  }
}

function prepared(page: Page): Page<PreparedEntry> {
  const entries = page.entries.map((entry) => {
    const { offset, expires } = entry;
    return { offset, expires, ...prepare(entry) };
  });
  return { ...page, entries };
}
