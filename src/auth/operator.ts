import type { Settings } from "../config/settings.ts";
import { CarillonError } from "../protocol/errors.ts";
import type { Identity } from "./identity.ts";
import { findPublisher } from "./publish-key.ts";

/** Who operates the service: the name of a publish key that is not limited, or a user with one of `OPERATOR_ROLES`. */
export interface Operator {
  readonly name: string;
}

/**
 * The operator who sends a request.
 *
 * @param authorization the request's header.
 * @param identify whose request it is where the header bears no key; asked only then.
 * @throws {CarillonError} `forbidden` for a limited key and for a user without the role, or what `identify` throws.
 */
export async function requireOperator(
  authorization: string | null,
  settings: Settings,
  identify: () => Promise<Identity>,
): Promise<Operator> {
  const publisher = await findPublisher(authorization, settings);
  if (publisher?.limits) {
    throw new CarillonError("forbidden", "This key is limited to publishing; see PUBLISH_KEY_LIMITS.");
  }
  if (publisher) return { name: `key ${publisher.name}` };
  const { userId, roles } = await identify();
  if (hasRole(roles, settings.OPERATOR_ROLES)) return { name: `user ${userId}` };
  throw new CarillonError("forbidden", "This needs a publish key, or one of OPERATOR_ROLES.");
}

/** Whether one of these roles, which are in lower case, is among those that a setting lists in any case. */
export function hasRole(roles: readonly string[], listed: readonly string[]): boolean {
  return listed.some((role) => roles.includes(role.toLowerCase()));
}
