import { findChannel } from "../channels/access.ts";
import { encodeSegment } from "../channels/name.ts";
import type { People, Row } from "../config/route-kinds.ts";
import type { Reach } from "../objects/publication.ts";
import { CarillonError } from "../protocol/errors.ts";

/** Whom a delivery is for, as a publisher would have named it. */
export interface RouteTarget {
  readonly channels: readonly string[];
  readonly reach: Reach | undefined;
}

/**
 * Finds whom a delivery is for in the data.
 *
 * @param pathOf where a field of the data stands in the body, for the error.
 * @returns nothing where a field that it needs is absent.
 * @throws {CarillonError} `invalid_data` where a value cannot stand in a target.
 */
export function targetOf(
  to: string | People,
  data: Row,
  pathOf: (field: string) => string,
): RouteTarget | undefined {
  if (typeof to === "string") {
    const name = channelOf(to, data, pathOf);
    return name === undefined ? undefined : { channels: [name], reach: undefined };
  }
  const nobody = { roles: [], tenants: [], everyone: false, besides: [] };
  if ("everyone" in to) return { channels: [], reach: { ...nobody, everyone: true } };
  if ("roles" in to) return { channels: [], reach: { ...nobody, roles: to.roles } };
  const tenants = to.tenants.flatMap((tenant) => valueAt(tenant, data, pathOf) ?? []);
  return tenants.length === 0 ? undefined : { channels: [], reach: { ...nobody, tenants } };
}

function channelOf(to: string, data: Row, pathOf: (field: string) => string): string | undefined {
  const template = to.split(":");
  const values = template.map((segment) => valueAt(segment, data, pathOf));
  if (values.includes(undefined)) return undefined;
  const name = values.map((value = "") => encodeSegment(value)).join(":");
  if (isOfForm(name, template)) return name;
  const fields = template.flatMap((segment) => fieldIn(segment) ?? []);
  throw misfit(fields.map(pathOf));
}

/**
 * Whether the rule of this name is the one that the route was written for. With the id `payments` the channel
 * `admin:{userId}` would be that of all administrators.
 */
function isOfForm(name: string, template: readonly string[]): boolean {
  try {
    const pattern = findChannel(name).rule.pattern.source.split(":");
    return pattern.every((segment, index) => fieldIn(segment) !== undefined || segment === template[index]);
  } catch (error) {
    if (error instanceof CarillonError) return false;
    throw error;
  }
}

/** A segment as it stands, or the value of the field that it names. */
function valueAt(segment: string, data: Row, pathOf: (field: string) => string): string | undefined {
  const field = fieldIn(segment);
  if (field === undefined) return segment;
  const value = Object.hasOwn(data, field) ? data[field] : undefined;
  if (value === undefined || value === null) return undefined;
  const text = typeof value === "number" ? `${value}` : value;
  if (typeof text === "string" && isFit(text)) return text;
  throw misfit([pathOf(field)]);
}

function isFit(text: string): boolean {
  return text !== "" && text.length <= 128 && text.isWellFormed() && !/\p{Cc}/u.test(text);
}

function fieldIn(segment: string): string | undefined {
  return /^\{(\w+)\}$/.exec(segment)?.[1];
}

function misfit(paths: readonly string[]): CarillonError {
  const message = "It says for whom the event is: 1 to 128 characters, none of them a control character.";
  return new CarillonError("invalid_data", "The event's data names nobody to whom it can be routed.", {
    issues: paths.map((path) => ({ path, message })),
  });
}
