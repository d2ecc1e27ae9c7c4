import type { Notification, PublishedEvent, Targets } from "../publisher/index.ts";
import { required, UsageError } from "./args.ts";

/** What the options of `npm run publish` say of the event. */
export interface EventWords {
  readonly user?: string[] | undefined;
  readonly role?: string[] | undefined;
  readonly tenant?: string[] | undefined;
  readonly channel?: string[] | undefined;
  readonly everyone?: boolean | undefined;
  readonly event?: string | undefined;
  readonly data?: string | undefined;
  readonly title?: string | undefined;
  readonly message?: string | undefined;
  readonly type?: string | undefined;
  readonly "action-url"?: string | undefined;
  readonly id?: string | undefined;
}

/**
 * The event that the options say.
 *
 * @throws {UsageError} where they do not make one.
 */
export function eventFrom(words: EventWords): PublishedEvent<Readonly<Record<string, unknown>>> {
  const to = targetsFrom(words);
  const notification = notificationFrom(words);
  const event = {
    ...(words.id === undefined ? {} : { id: words.id }),
    event: required("event", words.event),
    ...(notification && { notification }),
  };
  const data = words.data === undefined ? undefined : parseData(words.data);
  if (to) return { ...event, ...(data === undefined ? {} : { data }), to };
  return { ...event, data };
}

/** Nothing where nobody is named: the routing table decides then. */
function targetsFrom({ user, role, tenant, channel, everyone }: EventWords): Targets | undefined {
  const to = {
    ...(user && { users: user }),
    ...(role && { roles: role }),
    ...(tenant && { tenants: tenant }),
    ...(channel && { channels: channel }),
    ...(everyone && { everyone }),
  };
  return Object.keys(to).length > 0 ? to : undefined;
}

function notificationFrom({
  title,
  message,
  type,
  "action-url": actionUrl,
}: EventWords): Notification | undefined {
  if ([title, message, type, actionUrl].every((word) => word === undefined)) return undefined;
  return {
    type: type ?? "info",
    title: required("title", title),
    message: required("message", message),
    ...(actionUrl === undefined ? {} : { actionUrl }),
  };
}

function parseData(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : "";
    throw new UsageError(`--data is not JSON (text needs quotes of its own: '"hello"'): ${reason}.`);
  }
}
