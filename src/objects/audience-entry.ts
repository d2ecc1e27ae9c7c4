import { z } from "zod";
import { belongsTo, findChannel } from "../channels/access.ts";
import type { Membership } from "../channels/rules.ts";
import { CarillonError } from "../protocol/errors.ts";
import { isMeantFor, keptAimSchema, matchesAny } from "./aim.ts";
import type { Entry, LoggedEvent } from "./entry.ts";
import { notificationSchema } from "./notification.ts";
import { EACH_USER, type PublishedEvent } from "./publication.ts";

/** An event as it is handed to the members of an audience: as it was published, under its publish id. */
export interface AudienceEvent {
  readonly id: string;
  /** When it was published (ms). */
  readonly at: number;
  readonly event: PublishedEvent;
}

/** An event in the audience's log. */
export interface AudienceEntry extends AudienceEvent {
  readonly offset: number;
}

const eventSchema = z.object({
  id: z.string(),
  at: z.number(),
  event: z.object({
    channel: z.string(),
    event: z.string(),
    data: z.string(),
    store: z.boolean(),
    aim: keptAimSchema.exactOptional(),
    reach: z
      .object({
        roles: z.array(z.string()),
        tenants: z.array(z.string()),
        everyone: z.boolean(),
        besides: z.array(z.string()),
      })
      .exactOptional(),
    ttl: z.number().exactOptional(),
    notification: notificationSchema.exactOptional(),
  }),
});

/** Writes an event for the audience's log, whose readers are objects. */
export function writeAudienceEvent(
  { keptFor: _, ...event }: LoggedEvent,
  { id, at }: { id: string; at: number },
): string {
  return JSON.stringify({ id, at, event } satisfies AudienceEvent);
}

/** Reads back what `writeAudienceEvent` wrote. */
export function readAudienceEvent(text: string): AudienceEvent {
  return eventSchema.parse(JSON.parse(text));
}

/** An event of the audience, ready to be handed on: whom it is for, and what a member is given of it. */
export interface Prepared {
  readonly given: AudienceEvent;
  readonly isFor: (member: Membership) => boolean;
}

const prepared = new WeakMap<object, Prepared>();

/** Prepares an entry once, however many members it is for. */
export function prepare(entry: Pick<Entry, "frame">): Prepared {
  let known = prepared.get(entry);
  if (!known) {
    known = prepareOne(readAudienceEvent(entry.frame));
    prepared.set(entry, known);
  }
  return known;
}

function prepareOne({ id, at, event }: AudienceEvent): Prepared {
  const { reach, ...rest } = event;
  if (!reach) return { given: { id, at, event }, isFor: membersOf(event) };
  const { roles, tenants, everyone, besides } = reach;
  const named = new Set(besides);
  const any = everyone ? undefined : { roles: [...roles], tenants: [...tenants] };
  const aim = any ? { ...event.aim, any } : event.aim;
  return {
    // Those who got it by name may be many; a member need not know them.
    given: { id, at, event: { ...rest, ...(aim && { aim }) } },
    isFor: (member) =>
      !named.has(member.userId) &&
      (everyone || matchesAny(reach, member)) &&
      isMeantFor(event.aim, { identity: member, client: "" }),
  };
}

/** Members of the audience that an event's channel names; nobody where its rule is gone. */
function membersOf({ channel, aim }: PublishedEvent): Prepared["isFor"] {
  if (channel === EACH_USER) return () => false;
  try {
    const found = findChannel(channel);
    return (member) => belongsTo(member, found) && isMeantFor(aim, { identity: member, client: "" });
  } catch (error) {
    if (error instanceof CarillonError) return () => false;
    throw error;
  }
}
