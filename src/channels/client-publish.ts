import type { Identity } from "../auth/identity.ts";
import { CarillonError } from "../protocol/errors.ts";
import { exceedsBytes } from "../protocol/json.ts";
import { findRoomFor } from "./access.ts";
import type { ClientEvent } from "./client-events.ts";

/** What a client publishes, once it was checked; `data` is JSON text. */
export interface ClientPublication {
  readonly room: string;
  readonly event: string;
  readonly data: string;
  /** As the client says it. */
  readonly id: string | undefined;
}

/**
 * Checks what a client publishes: a room that it may follow, an event that the room's rule names, by somebody who may,
 * with data that fits.
 *
 * @throws {CarillonError} `invalid_channel`, `unknown_channel`, `forbidden` or `invalid_data`
 */
export function checkClientPublish(
  identity: Identity,
  frame: {
    readonly channel: string;
    readonly event: string;
    readonly data?: unknown;
    readonly id?: string | undefined;
  },
): ClientPublication {
  const { name, rule, params } = findRoomFor(identity, frame.channel);
  const { event, data, id } = frame;
  const known = clientEventOf(rule.events, event);
  if (!known) throw new CarillonError("forbidden", "Clients do not publish this event to this room.");
  if (!known.mayPublish(identity, params)) {
    throw new CarillonError("forbidden", "This identity may not publish this event here.");
  }
  const parsed = known.schema.safeParse(data);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const path = ["data", ...(issue?.path ?? [])].join(".");
    throw new CarillonError("invalid_data", `${path}: ${issue?.message ?? ""}`.slice(0, 200));
  }
  return { room: name, event, id, data: JSON.stringify(parsed.data ?? null) };
}

/** What a rule says of an event of this name; a name that every object has is none. */
export function clientEventOf(
  events: Readonly<Record<string, ClientEvent>>,
  name: string,
): ClientEvent | undefined {
  return Object.hasOwn(events, name) ? events[name] : undefined;
}

/**
 * Checks what a member says of itself in a room: one that it may follow and that has presence.
 *
 * @returns the room, and the state as JSON text; `null` is no state.
 * @throws {CarillonError} `invalid_channel`, `unknown_channel`, `forbidden` or `invalid_data`
 */
export function checkState(
  identity: Identity,
  { channel, state }: { readonly channel: string; readonly state?: unknown },
  maxBytes: number,
): { readonly room: string; readonly state: string | undefined } {
  const { name, rule } = findRoomFor(identity, channel);
  if (!rule.presence) throw new CarillonError("forbidden", "This room does not tell who is there.");
  const text = JSON.stringify(state ?? null);
  if (exceedsBytes(text, maxBytes)) {
    throw new CarillonError("invalid_data", `A state has at most ${maxBytes} bytes of JSON.`);
  }
  return { room: name, state: text === "null" ? undefined : text };
}
