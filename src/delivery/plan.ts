import { findChannel, userChannel } from "../channels/access.ts";
import { EACH_USER, type Publication, type PublishedEvent } from "../objects/publication.ts";
import { CarillonError, type ErrorCode } from "../protocol/errors.ts";
import type { IncomingEvent } from "./event.ts";
import { mayReach, type Permission } from "./permission.ts";

/** One target of one event: the channel as it was resolved, and where its outcome is to be found. */
export type Target =
  | { readonly kind: "call"; readonly channel: string; readonly place: Place }
  | {
      readonly kind: "refused";
      readonly channel: string;
      readonly code: ErrorCode;
      readonly message: string;
    };

/** Which event of which publication of which call. */
export interface Place {
  readonly call: ObjectCall;
  readonly publication: number;
  readonly event: number;
}

/** The one call that an object gets for a whole request. */
export interface ObjectCall {
  readonly object: { readonly kind: "user" | "room" | "audience"; readonly name: string };
  readonly publications: Publication[];
}

/** What a request becomes: for each of its events its targets, and one call for each object. */
export interface Plan {
  readonly targets: readonly (readonly Target[])[];
  readonly calls: readonly ObjectCall[];
}

/** Resolves the targets of a request's events and gathers them by object. */
export async function plan(events: readonly IncomingEvent[], permission: Permission): Promise<Plan> {
  const calls = new Map<string, ObjectCall>();
  const targets: Target[][] = [];
  for (const event of events) {
    const hash = event.isOwnId ? "" : await contentHash(event);
    targets.push(planOne(event, hash, calls, permission));
  }
  return { targets, calls: [...calls.values()] };
}

function planOne(
  event: IncomingEvent,
  hash: string,
  calls: Map<string, ObjectCall>,
  permission: Permission,
): Target[] {
  const drafts = new Map<ObjectCall, { publication: number; events: PublishedEvent[] }>();
  const seen = new Map<string, Target>();
  const names = [...event.users.map(userChannel), ...event.channels];
  const resolved = names.map((name) => ({ name, target: permitted(resolve(name), permission) }));
  if (event.reach) {
    const target: Resolved = { kind: "found", channel: EACH_USER, object: audience };
    resolved.push({ name: EACH_USER, target: permitted(target, permission) });
  }
  for (const { name, target } of resolved) {
    // What is told of a refused name may be cut short, and it may be spelt as what stands for all members (user:*).
    const spelling = target.kind === "refused" ? `refused ${name}` : target.channel;
    if (seen.has(spelling)) continue;
    if (target.kind === "refused") {
      seen.set(spelling, target);
      continue;
    }
    const { object, channel } = target;
    const key = `${object.kind} ${object.name}`;
    const call = calls.get(key) ?? { object, publications: [] };
    calls.set(key, call);
    let draft = drafts.get(call);
    if (!draft) {
      draft = { publication: call.publications.length, events: [] };
      drafts.set(call, draft);
      call.publications.push({ id: event.id, hash, events: draft.events });
    }
    const place = { call, publication: draft.publication, event: draft.events.length };
    draft.events.push({
      channel,
      event: event.event,
      data: event.data,
      store: event.store,
      ...(event.aim && { aim: event.aim }),
      ...(event.reach && channel === EACH_USER && { reach: event.reach }),
      ...(event.notification && object.kind !== "room" && { notification: event.notification }),
      ...(event.ttl !== undefined && { ttl: event.ttl }),
    });
    seen.set(channel, { kind: "call", channel, place });
  }
  return [...seen.values()];
}

/** The shard that numbers the audience's events. */
const audience: ObjectCall["object"] = { kind: "audience", name: "0" };

type Resolved =
  | { readonly kind: "found"; readonly channel: string; readonly object: ObjectCall["object"] }
  | Extract<Target, { kind: "refused" }>;

function resolve(name: string): Resolved {
  try {
    const { name: channel, rule, params } = findChannel(name);
    if (rule.kind === "room") return { kind: "found", channel, object: { kind: "room", name: channel } };
    if (rule.kind === "audience") return { kind: "found", channel, object: audience };
    return { kind: "found", channel, object: { kind: "user", name: params.userId ?? "" } };
  } catch (error) {
    if (!(error instanceof CarillonError)) throw error;
    return { kind: "refused", channel: name.slice(0, 200), code: error.code, message: error.message };
  }
}

/** What was resolved, unless it is not for this publisher. */
function permitted(target: Resolved, permission: Permission): Resolved {
  if (target.kind === "refused" || mayReach(target.channel, permission)) return target;
  const message = "This publish key is not for this channel.";
  return { kind: "refused", channel: target.channel, code: "forbidden", message };
}

/**
 * Stands for what an event says, so that an id used again for something else is noticed. Its targets are not part
 * of it: the same event may be published to more of them later.
 */
async function contentHash({ event, data, aim, store, ttl, notification }: IncomingEvent): Promise<string> {
  const text = JSON.stringify([
    event,
    data,
    aim ?? null,
    store,
    ttl ?? null,
    ...(notification ? [notification] : []),
  ]);
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest, 0, 16), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
