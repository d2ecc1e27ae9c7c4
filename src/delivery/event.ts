import { z } from "zod";
import { role, userId } from "../auth/identity.ts";
import type { Settings } from "../config/settings.ts";
import { aimSchema } from "../objects/aim.ts";
import { type Notification, notificationSchema } from "../objects/notification.ts";
import type { Reach } from "../objects/publication.ts";
import { CarillonError, type Issue } from "../protocol/errors.ts";
import { checkJson, exceedsBytes } from "../protocol/json.ts";
import { deliveriesOf, findRoute } from "./route.ts";

const publishId = z
  .string()
  .min(1)
  .max(128)
  .refine((id) => !/\p{Cc}/u.test(id) && id.isWellFormed(), "An id has no control characters.");

const eventName = z
  .string()
  .regex(/^[\w:.-]{1,100}$/, "An event's name has 1 to 100 letters, digits and _ - . :");

/** One event as a backend posts it. docs/http.md says what each field means. */
export const publishedEventSchema = z.strictObject({
  id: publishId.exactOptional(),
  event: eventName,
  data: z.unknown().optional(),
  to: z
    .strictObject({
      users: z.array(userId).exactOptional(),
      roles: z.array(role).max(50).exactOptional(),
      tenants: z.array(z.string().min(1).max(128)).max(200).exactOptional(),
      channels: z.array(z.string()).exactOptional(),
      everyone: z.boolean().exactOptional(),
    })
    .exactOptional(),
  notification: notificationSchema.exactOptional(),
  ...aimSchema.shape,
  store: z.boolean().default(true),
  ttl: z.number().int().min(1).max(34_560_000).exactOptional(),
});

/** An event to be delivered, checked; `data` is JSON text. */
export interface IncomingEvent {
  /** Made up by us where the publisher gave none. */
  readonly id: string;
  readonly isOwnId: boolean;
  readonly event: string;
  readonly data: string;
  readonly users: readonly string[];
  readonly channels: readonly string[];
  readonly reach: Reach | undefined;
  readonly notification: Notification | undefined;
  readonly aim: z.output<typeof aimSchema> | undefined;
  readonly store: boolean;
  readonly ttl: number | undefined;
}

/** A posted event and what it becomes: one delivery where it names its targets, else those of the routing table. */
export interface PostedEvent {
  readonly id: string;
  readonly event: string;
  readonly isRouted: boolean;
  readonly deliveries: readonly IncomingEvent[];
}

/**
 * Checks the body of `POST /publish`: one event, or an array of them. What names no target is routed.
 *
 * @throws {CarillonError} `invalid_body`, `invalid_data`, `too_deep`, `forbidden_key`, `event_too_large`, `no_route`,
 * `too_many_targets`
 */
export function parseEvents(body: unknown, settings: Settings): PostedEvent[] {
  checkJson(body, settings.MAX_DEPTH);
  const isBatch = Array.isArray(body);
  const items: readonly unknown[] = isBatch ? body : [body];
  if (items.length === 0 || items.length > settings.MAX_BATCH) {
    throw new CarillonError("invalid_body", `A publish has 1 to ${settings.MAX_BATCH} events.`);
  }
  const events = items.map((item, index) => parseEvent(item, isBatch ? `${index}` : "", settings));
  const targets = events
    .flatMap(({ deliveries }) => deliveries)
    .reduce((sum, { users, channels }) => sum + users.length + channels.length, 0);
  if (targets > settings.MAX_TARGETS) {
    throw new CarillonError("too_many_targets", `A publish has at most ${settings.MAX_TARGETS} targets.`);
  }
  return events;
}

function parseEvent(item: unknown, path: string, settings: Settings): PostedEvent {
  const at = (name: string) => [path, name].filter((part) => part !== "").join(".");
  const parsed = publishedEventSchema.safeParse(item);
  if (!parsed.success) {
    const issues: Issue[] = parsed.error.issues.map((issue) => ({
      path: at(issue.path.join(".")),
      message: issue.message,
    }));
    throw new CarillonError("invalid_body", "The body does not fit the schema of an event.", { issues });
  }
  const { event, data, to, only, except, store, ttl, notification } = parsed.data;
  const users = to?.users ?? [];
  const channels = to?.channels ?? [];
  const reach = reachOf(to, users);
  const namesNobody = users.length + channels.length === 0 && !reach;
  // Targets that turned out empty are a publisher's list of nobody: such an event is not for whom the table says.
  const route = to ? undefined : findRoute(event);
  if (namesNobody && !route) {
    const issues = [
      { path: at("to"), message: "Name somebody: users, roles, tenants, channels or everyone." },
    ];
    throw new CarillonError("no_route", "The event names no target.", { issues });
  }
  const text = JSON.stringify(data ?? null);
  if (exceedsBytes(text, settings.MAX_DATA_BYTES)) {
    const issues = [{ path: at("data"), message: `It has at most ${settings.MAX_DATA_BYTES} bytes.` }];
    throw new CarillonError("event_too_large", "The event's data is too large.", { issues });
  }
  const delivery: IncomingEvent = {
    id: parsed.data.id ?? crypto.randomUUID(),
    isOwnId: parsed.data.id === undefined,
    event,
    data: text,
    users,
    channels,
    reach,
    notification,
    aim: only || except ? { ...(only && { only }), ...(except && { except }) } : undefined,
    store,
    ttl,
  };
  return {
    id: delivery.id,
    event,
    isRouted: route !== undefined,
    deliveries: route
      ? deliveriesOf(route, delivery, data, { at, timeZone: settings.TIME_ZONE })
      : [delivery],
  };
}

function reachOf(
  { roles = [], tenants = [], everyone = false }: Partial<Reach> = {},
  besides: readonly string[],
): Reach | undefined {
  return roles.length + tenants.length > 0 || everyone ? { roles, tenants, everyone, besides } : undefined;
}
