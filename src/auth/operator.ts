import type { Settings } from "../config/settings.ts";
import { CarillonError } from "../protocol/errors.ts";
import { authenticate } from "./credentials.ts";
import { findPublisher } from "./publish-key.ts";

/** Who operates the service: the name of a publish key, or a user with one of `OPERATOR_ROLES`. */
export interface Operator {
  readonly name: string;
}

/**
 * The operator who sends this request.
 *
 * @throws {CarillonError} `unauthorized` without credentials that count, `forbidden` for a user without the role.
 */
export async function requireOperator(request: Request, settings: Settings, now: number): Promise<Operator> {
  const publisher = await findPublisher(request.headers.get("Authorization"), settings);
  if (publisher) return { name: `key ${publisher.name}` };
  const { userId, roles } = await authenticate(request, settings, now);
  const operating = settings.OPERATOR_ROLES.map((role) => role.toLowerCase());
  if (roles.some((role) => operating.includes(role))) return { name: `user ${userId}` };
  throw new CarillonError("forbidden", "This needs a publish key, or one of OPERATOR_ROLES.");
}
