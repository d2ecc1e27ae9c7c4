import type { z } from "zod";
import { events } from "../config/events.ts";
import type { Delivery, NotificationTemplate, Row } from "../config/route-kinds.ts";
import { routes } from "../config/routes.ts";
import type { Notification } from "../objects/notification.ts";
import { CarillonError } from "../protocol/errors.ts";
import type { IncomingEvent } from "./event.ts";
import { render } from "./render.ts";
import { targetOf } from "./route-target.ts";

/** What an event becomes that names no target. */
export interface Route {
  readonly schema: z.ZodType<Row>;
  /** Each under the name that makes its id. */
  readonly deliveries: Readonly<Record<string, Delivery>>;
}

/** What is known of events, and what becomes of them. */
export interface RoutingTable {
  readonly events: Readonly<Record<string, z.ZodType<Row>>>;
  readonly routes: Readonly<Record<string, Readonly<Record<string, Delivery>>>>;
}

/** The route of an event, if it is known and has one. */
export function findRoute(event: string, table: RoutingTable = { events, routes }): Route | undefined {
  // A publisher may call an event "constructor".
  const schema = Object.hasOwn(table.events, event) ? table.events[event] : undefined;
  const deliveries = Object.hasOwn(table.routes, event) ? table.routes[event] : undefined;
  return schema && deliveries && { schema, deliveries };
}

/** Where and when a route is followed. */
export interface RouteOptions {
  /** Where a field of the posted event stands in the body, for errors. */
  readonly at: (name: string) => string;
  /** In which moments are told in notifications. */
  readonly timeZone: string;
}

/**
 * The deliveries that a route makes of an event. The id of each is the event's with the delivery's name, so that the
 * same event published again makes the same deliveries. What the publisher says of the event holds for all of them; a
 * notification takes the place of those that the route has.
 *
 * @param event as it was posted, without targets; `data` is its data, not yet checked.
 * @throws {CarillonError} `invalid_data` where the data does not fit the event's schema, or gives a target or a
 *   notification that cannot be; `invalid_body` for a notification that no delivery of the route would bring.
 */
export function deliveriesOf(
  { schema, deliveries }: Route,
  event: IncomingEvent,
  data: unknown,
  options: RouteOptions,
): IncomingEvent[] {
  const row = checkData(schema, data, options);
  const named = Object.entries(deliveries);
  if (event.notification && named.every(([, { notification }]) => notification === undefined)) {
    const issues = [{ path: options.at("notification"), message: "Say in to whom it is for." }];
    throw new CarillonError("invalid_body", "No delivery of this event comes with a notification.", {
      issues,
    });
  }
  return named.flatMap(([name, delivery]) => {
    const { to, when, notification } = delivery;
    if (when && !when(row)) return [];
    const target = targetOf(to, row, (field) => options.at(`data.${field}`));
    if (!target) return [];
    return {
      ...event,
      id: `${event.id}~${name}`,
      event: delivery.event ?? event.event,
      data: JSON.stringify(dataOf(delivery, row)),
      channels: target.channels,
      reach: target.reach,
      notification: notification && (event.notification ?? write(notification, row, options)),
    };
  });
}

function checkData(schema: Route["schema"], data: unknown, { at }: RouteOptions): Row {
  const parsed = schema.safeParse(data);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(({ path, message }) => ({
    path: at(["data", ...path].join(".")),
    message,
  }));
  throw new CarillonError("invalid_data", "The data does not fit the schema of this event.", { issues });
}

function write(template: NotificationTemplate, row: Row, { at, timeZone }: RouteOptions): Notification {
  const rendered = render(template, row, timeZone);
  if ("notification" in rendered) return rendered.notification;
  const issues = [{ path: at("data"), message: `It gives no notification: ${rendered.wrong}` }];
  throw new CarillonError("invalid_data", "The data gives no notification that can be kept.", { issues });
}

/** What a delivery sends of an event's data. */
function dataOf({ pick, add }: Delivery, row: Row): Row {
  if (!pick) return { ...row, ...add };
  const picked = pick.filter((field) => Object.hasOwn(row, field)).map((field) => [field, row[field]]);
  return { ...Object.fromEntries(picked), ...add };
}
