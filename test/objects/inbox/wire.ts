import { z } from "zod";
import type { Selection } from "../../../src/objects/inbox.ts";
import type { Keeping } from "../../../src/objects/inbox-state.ts";
import { countsSchema } from "../../../src/protocol/frames.ts";
import type { Position } from "../../../src/protocol/position.ts";
import { shownSchema } from "./asking.ts";
import type { Note } from "./model.ts";

export type Counts = z.output<typeof countsSchema>;

const noteSchema = shownSchema.extend({
  type: z.string(),
  collapseKey: z.string().optional(),
  createdAt: z.number(),
  expiresAt: z.number().optional(),
});

const which = z.union([
  z.strictObject({ ids: z.array(z.string()).min(1) }),
  z.strictObject({ all: z.literal(true), upTo: z.number() }),
]);
const keeping = z.enum(["read", "unread", "seen", "unseen", "archived", "unarchived"]);
const newSchema = noteSchema.extend({ replaces: z.string().optional(), counts: countsSchema });
const changeSchema = z.looseObject({ counts: countsSchema });

/** An entry of the inbox, as it is told. */
export type Told = { readonly counts: Counts } & (
  | { readonly kind: "new"; readonly note: Note; readonly replaces: string | undefined }
  | { readonly kind: "updated"; readonly as: Keeping; readonly at: number; readonly which: Selection }
  | { readonly kind: "deleted"; readonly which: Selection }
);

/** Reads an `event` frame, unless it is of something else. @throws where it is not of the form that is agreed. */
export function readEntry(frame: { readonly event: string; readonly data: unknown }): Told | undefined {
  switch (frame.event) {
    case "notification:new": {
      const { replaces, counts, ...note } = newSchema.parse(frame.data);
      return { kind: "new", note: noteOf(note), replaces, counts };
    }
    case "notification:updated": {
      const { as, at, counts, ...rest } = changeSchema.parse(frame.data);
      const told = { as: keeping.parse(as), at: z.number().parse(at), which: which.parse(rest) };
      return { kind: "updated", ...told, counts };
    }
    case "notification:deleted": {
      const { counts, ...rest } = changeSchema.parse(frame.data);
      return { kind: "deleted", which: which.parse(rest), counts };
    }
    default:
      return undefined;
  }
}

/** An inbox as it was at a position of the log. */
export interface Snapshot {
  readonly notes: readonly Note[];
  readonly counts: Counts;
  readonly position: Position;
}

/** A notification as the service shows it, as far as the model knows of it. */
export function noteOf(shown: unknown): Note {
  const { offset, id, type, collapseKey, createdAt, expiresAt, seenAt, readAt, archivedAt } =
    noteSchema.parse(shown);
  return { offset, id, type, collapseKey, at: createdAt, expiresAt, seenAt, readAt, archivedAt };
}
