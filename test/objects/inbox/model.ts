import type { Selection } from "../../../src/objects/inbox.ts";
import type { Mark } from "../../../src/protocol/frames.ts";

/** A notification in the model: a plain object that is changed in place. */
export interface Note {
  readonly offset: number;
  readonly id: string;
  readonly type: string;
  readonly collapseKey: string | undefined;
  /** When it was published (ms). */
  readonly at: number;
  readonly expiresAt: number | undefined;
  seenAt: number | null;
  readAt: number | null;
  archivedAt: number | null;
}

export type Arriving = Omit<Note, "seenAt" | "readAt" | "archivedAt">;

const DAY = 86_400_000;

/** What an inbox ought to be: a plain list, oldest first, that every operation walks from end to end. */
export class Model {
  notes: Note[] = [];

  get counts() {
    const inbox = this.notes.filter(({ archivedAt }) => archivedAt === null);
    return {
      total: inbox.length,
      unread: inbox.filter(({ readAt }) => readAt === null).length,
      unseen: inbox.filter(({ seenAt }) => seenAt === null).length,
    };
  }

  /** @returns the id of the one that it replaces. */
  arrive(arriving: Arriving): string | undefined {
    const replaced =
      arriving.collapseKey === undefined
        ? undefined
        : this.notes.findLast(
            ({ collapseKey, readAt }) => collapseKey === arriving.collapseKey && readAt === null,
          );
    this.notes = this.notes.filter((note) => note !== replaced);
    this.notes.push({ ...arriving, seenAt: null, readAt: null, archivedAt: null });
    return replaced?.id;
  }

  /** @returns whether anything changed. */
  mark(as: Mark, selection: Selection, at: number): boolean {
    const before = JSON.stringify(this.notes);
    const chosen = (note: Note) =>
      "ids" in selection
        ? this.notes.findLast(({ id }) => id === note.id) === note && selection.ids.includes(note.id)
        : note.offset <= (selection.upTo ?? Number.POSITIVE_INFINITY);
    if (as === "deleted") this.notes = this.notes.filter((note) => !chosen(note));
    else for (const note of this.notes.filter(chosen)) markOne(note, as, at);
    return JSON.stringify(this.notes) !== before;
  }

  /** Takes away what is too old or has expired, and then what is too much. @returns the ids of what went. */
  prune(now: number, { notifications, days }: { notifications: number; days: number }): string[] {
    const isDue = ({ at, expiresAt }: Note) =>
      at <= now - days * DAY || (expiresAt !== undefined && expiresAt <= now);
    const due = this.notes.filter(isDue);
    const left = this.notes.filter((note) => !isDue(note));
    const isDone = ({ readAt, archivedAt }: Note) => readAt !== null || archivedAt !== null;
    const inOrder = [...left.filter(isDone), ...left.filter((note) => !isDone(note))];
    const tooMuch = inOrder.slice(0, Math.max(0, left.length - notifications));
    this.notes = left.filter((note) => !tooMuch.includes(note));
    return [...due, ...tooMuch].map(({ id }) => id);
  }

  /** What somebody is shown who looks, newest first. */
  shown(now: number, isArchived: boolean): Note[] {
    return this.notes
      .filter(
        ({ expiresAt, archivedAt }) => (expiresAt ?? now + 1) > now && (archivedAt !== null) === isArchived,
      )
      .toReversed();
  }
}

function markOne(note: Note, as: Exclude<Mark, "deleted">, at: number): void {
  if (as === "read") note.readAt ??= at;
  if (as === "read" || as === "seen") note.seenAt ??= at;
  if (as === "unread") note.readAt = null;
  if (as === "unseen") note.seenAt = null;
  if (as === "archived") note.archivedAt ??= at;
  if (as === "unarchived") note.archivedAt = null;
}
