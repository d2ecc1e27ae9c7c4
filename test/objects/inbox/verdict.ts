import { z } from "zod";
import type { Selection } from "../../../src/objects/inbox.ts";
import type { Mark } from "../../../src/protocol/frames.ts";
import type { User } from "./cast.ts";
import type { Asked, Journal, Read, Row } from "./journal.ts";
import { Model } from "./model.ts";
import { noteOf, readEntry, type Told } from "./wire.ts";

export interface Limits {
  readonly notifications: number;
  readonly days: number;
}

const frameSchema = z.object({ event: z.string(), data: z.unknown() });

/** Of one call the Worker makes up to three, each of which may change something. */
const ATTEMPTS = 3;

/**
 * Goes through a user's log, entry by entry, with a plain list beside it, and says everything that is wrong: entries that
 * nobody asked for or that tell something else than the list says, answers and pages that do not fit the moment for which
 * they were given, and what was answered and did not happen.
 */
export class Verdict {
  readonly model = new Model();
  readonly faults: string[] = [];
  readonly #user: User;
  readonly #journal: Journal;
  readonly #limits: Limits;
  readonly #arrived = new Set<string>();
  readonly #uses = new Map<Asked, number>();
  readonly #kept = new Set<Asked>();
  #newest = 0;

  constructor(user: User, journal: Journal, limits: Limits) {
    this.#user = user;
    this.#journal = journal;
    this.#limits = limits;
    this.#look(0);
    for (const row of journal.rowsOf(user)) {
      this.#apply(row);
      this.#look(row.offset);
    }
    this.#demand();
  }

  #blame(fault: string): void {
    this.faults.push(`${this.#user}: ${fault}`);
  }

  #apply({ offset, at, frame }: Row): void {
    if (frame === "") this.#blame(`entry ${offset} was gone before it was looked at`);
    const entry = frame === "" ? undefined : readEntry(frameSchema.parse(JSON.parse(frame)));
    if (!entry) return;
    if (entry.kind === "new") this.#arrive(offset, entry);
    else this.#change(offset, at, entry);
    const [told, expected] = [JSON.stringify(entry.counts), JSON.stringify(this.model.counts)];
    if (told !== expected) this.#blame(`entry ${offset} tells ${told}, not ${expected}`);
  }

  #arrive(offset: number, { note, replaces }: Extract<Told, { kind: "new" }>): void {
    const { id, type, collapseKey, expiresAt } = note;
    const published = this.#journal.published.find((one) => one.id === id);
    if (!published?.to.has(this.#user)) this.#blame(`${id} was not for them`);
    if (this.#arrived.has(id)) this.#blame(`${id} came twice`);
    this.#arrived.add(id);
    const isAsPublished =
      note.offset === offset &&
      type === published?.type &&
      collapseKey === published.collapseKey &&
      expiresAt === published.expiresAt &&
      [note.seenAt, note.readAt, note.archivedAt].every((time) => time === null);
    if (!isAsPublished) this.#blame(`${id} came as ${JSON.stringify(note)}`);
    const expected = this.model.arrive(note);
    if (replaces !== expected) this.#blame(`${id} replaces ${replaces}, not ${expected}`);
    this.#newest = offset;
  }

  #change(offset: number, at: number, entry: Exclude<Told, { kind: "new" }>): void {
    const as = entry.kind === "deleted" ? "deleted" : entry.as;
    const found = this.#journal.asked.find(
      (asked) =>
        asked.user === this.#user &&
        asked.as === as &&
        asked.from < offset &&
        offset <= (asked.answered?.until ?? offset) &&
        (this.#uses.get(asked) ?? 0) < ATTEMPTS &&
        isSame(this.#changed(as, asked.selection), entry.which),
    );
    if (found) {
      this.#uses.set(found, (this.#uses.get(found) ?? 0) + 1);
      this.model.mark(as, entry.which, entry.kind === "updated" ? entry.at : at);
      return;
    }
    const pruned = this.model.prune(at, this.#limits);
    if (as !== "deleted" || !isSame({ ids: pruned }, entry.which)) {
      this.#blame(`entry ${offset} tells ${JSON.stringify(entry)}, of which nobody knows`);
    }
  }

  /** What a mark would change of the list, as an entry tells it; nothing where all of it is so already. */
  #changed(as: Mark, selection: Selection): Selection | undefined {
    const isChange = (one: Selection) => this.#copy().mark(as, one, 1);
    if (!isChange(selection)) return undefined;
    if (!("ids" in selection)) {
      return { all: true, upTo: Math.min(selection.upTo ?? this.#newest, this.#newest) };
    }
    return { ids: selection.ids.filter((id) => isChange({ ids: [id] })) };
  }

  #copy(): Model {
    const copy = new Model();
    copy.notes = this.model.notes.map((note) => ({ ...note }));
    return copy;
  }

  /** Looks at what was answered for the moment at which the log had come to an offset. */
  #look(offset: number): void {
    const { asked, reads, told } = this.#journal;
    const counts = JSON.stringify(this.model.counts);
    for (const one of asked) {
      const { answered } = one;
      if (one.user !== this.#user || !answered || this.#kept.has(one)) continue;
      if (offset < answered.from || offset > answered.until) continue;
      const isTold = answered.counts === undefined || JSON.stringify(answered.counts) === counts;
      if (isTold && !this.#changed(one.as, one.selection)) this.#kept.add(one);
    }
    for (const one of told) {
      if (one.user !== this.#user || one.offset !== offset) continue;
      const given = JSON.stringify(one.counts);
      if (given !== counts) this.#blame(`a greeting at ${offset} tells ${given}, not ${counts}`);
    }
    for (const read of reads) {
      if (read.user === this.#user && read.page.position.offset === offset) this.#compare(read, counts);
    }
  }

  #compare({ at, query, before, limit, page }: Read, counts: string): void {
    const fitting = this.model
      .shown(at, query.archived)
      .filter(({ offset }) => offset < (before ?? Number.POSITIVE_INFINITY))
      .filter(({ readAt }) => query.unread === undefined || (readAt === null) === query.unread);
    const notes = fitting.slice(0, limit);
    const next = fitting.length > limit ? (notes.at(-1)?.offset ?? null) : null;
    const expected = JSON.stringify([notes.map(inOrder), next]);
    const given = JSON.stringify([page.notifications.map((one) => inOrder(noteOf(one))), page.next]);
    const what = `a page at ${page.position.offset}, of ${JSON.stringify({ ...query, before, limit })}`;
    if (given !== expected) this.#blame(`${what} shows ${given}, not ${expected}`);
    const told = JSON.stringify(page.counts);
    if (told !== counts) this.#blame(`${what} tells ${told}, not ${counts}`);
  }

  /** What was answered must have happened. */
  #demand(): void {
    for (const one of this.#journal.asked) {
      if (one.user !== this.#user || !one.answered || this.#kept.has(one)) continue;
      this.#blame(`this was answered, but is not so: ${JSON.stringify(one)}`);
    }
    for (const { id, answered, expiresAt } of this.#journal.published) {
      const hasExpired = expiresAt !== undefined && expiresAt <= Date.now();
      if (!answered.has(this.#user) || this.#arrived.has(id) || hasExpired) continue;
      this.#blame(`${id} was answered, and never came`);
    }
  }
}

/** A note's fields in one order, so that two of them compare as texts. */
export function inOrder(note: Model["notes"][number]) {
  const { offset, id, type, collapseKey, at, expiresAt, seenAt, readAt, archivedAt } = note;
  return [offset, id, type, collapseKey, at, expiresAt, seenAt, readAt, archivedAt];
}

function isSame(one: Selection | undefined, other: Selection): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
