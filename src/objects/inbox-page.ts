import { z } from "zod";
import { checkMark, type Mark, markFields } from "../protocol/frames.ts";
import type { Position } from "../protocol/position.ts";
import type { Selection, ShownItem } from "./inbox.ts";
import type { Counts } from "./inbox-state.ts";
import { textFor } from "./notification.ts";

/** Which notifications to mark as what: by id, or all that arrived up to an offset of the user's log. */
export type MarkRequest = { readonly as: Mark } & Selection;

/** The body of a request to mark. */
export const markRequestSchema = z.strictObject(markFields).check(checkMark).transform(markRequestOf);

/** What a checked body or `mark` frame asks for. */
export function markRequestOf({
  as,
  ids,
  upTo,
}: {
  readonly as: Mark;
  readonly ids?: readonly string[] | undefined;
  readonly upTo?: number | undefined;
}): MarkRequest {
  return ids ? { as, ids } : { as, all: true, upTo };
}

/** What a client asks for of the inbox. */
export interface InboxQuery {
  /** What arrived before this offset. */
  readonly before?: number | undefined;
  readonly limit: number;
  readonly unread?: boolean | undefined;
  readonly archived?: boolean | undefined;
  readonly type?: string | undefined;
}

/** A page of the inbox, newest first, as JSON texts; counts and position are of the same moment. */
export interface InboxPage {
  readonly notifications: readonly string[];
  /** Where the next page begins (`before`), if there may be one. */
  readonly next: number | undefined;
  readonly counts: Counts;
  readonly position: Position;
}

/** A notification as a reader is shown it: JSON text, since its `data` is such already. */
export function writeItem(item: ShownItem, locale: string | undefined): string {
  const { id, offset, type, at, seenAt, readAt, archivedAt, content } = item;
  const { title, message, actionUrl, actionText, priority, collapseKey, expiresAt, silent, data } = content;
  const text = JSON.stringify({
    id,
    offset,
    type,
    title: textFor(title, locale),
    message: textFor(message, locale),
    actionUrl,
    ...(actionText !== undefined && { actionText: textFor(actionText, locale) }),
    priority,
    collapseKey,
    expiresAt,
    ...(silent && { silent }),
    createdAt: at,
    seenAt,
    readAt,
    archivedAt,
  });
  return `${text.slice(0, -1)},"data":${data}}`;
}
