import type { Settings } from "../config/settings.ts";
import type { Env } from "../objects/env.ts";
import type { Outcome, Publication } from "../objects/publication.ts";
import { CarillonError, type ErrorCode } from "../protocol/errors.ts";
import { type Dispatched, dispatch } from "./dispatch.ts";
import { parseEvents } from "./event.ts";
import { type Permission, requirePermitted } from "./permission.ts";
import { plan, type Target } from "./plan.ts";

/** What became of one event at one target. */
export interface TargetResult {
  /** The delivery's own id and event, where the routing table made it. */
  readonly id?: string;
  readonly event?: string;
  readonly channel: string;
  /**
   * `delivered`: to at least one connection, or not to be kept; `stored`: kept for when someone comes; `queued`: it will
   * be delivered later, and be listed among the dead letters if it cannot be.
   */
  readonly status: "delivered" | "stored" | "queued" | "failed";
  readonly code?: ErrorCode;
  readonly message?: string;
  /** Its place in the target's log. */
  readonly offset?: number;
  readonly connections: number;
  /** The id had been taken before with the same content; this is that result. */
  readonly duplicate: boolean;
}

/** What became of one event. */
export interface EventResult {
  readonly id: string;
  readonly event: string;
  readonly targets: readonly TargetResult[];
}

/**
 * Takes the body of `POST /publish` to the objects: one call for each object, all of them at once within bounds. A
 * call that fails is repeated with the same ids, so nothing is stored twice; what fails for now, and what is too much to
 * be waited for, is queued.
 *
 * @param requestId by which what is logged later, and elsewhere, is found.
 * @throws {CarillonError} where the body is refused as a whole; nothing was delivered then.
 */
export async function publish(
  body: unknown,
  env: Env,
  settings: Settings,
  permission: Permission,
  requestId?: string,
): Promise<EventResult[]> {
  const posted = parseEvents(body, settings);
  requirePermitted(posted, permission);
  const deliveries = posted.flatMap((event) => event.deliveries);
  const { targets, calls } = await plan(deliveries, permission);
  const outcomes = await dispatch(calls, env, settings, requestId);
  const results = new Map(
    deliveries.map((delivery, index) => [
      delivery,
      (targets[index] ?? []).map((target) => resultOf(target, outcomes)),
    ]),
  );
  return posted.map(({ id, event, isRouted, deliveries }) => ({
    id,
    event,
    targets: deliveries.flatMap((delivery) =>
      (results.get(delivery) ?? []).map((result) =>
        isRouted ? { id: delivery.id, event: delivery.event, ...result } : result,
      ),
    ),
  }));
}

function resultOf(target: Target, dispatched: ReadonlyMap<Publication, Dispatched>): TargetResult {
  const { channel } = target;
  if (target.kind === "refused") return failed(channel, target.code, target.message);
  const { call, publication, event } = target.place;
  const published = call.publications[publication];
  const became = published && dispatched.get(published);
  if (!became) throw new CarillonError("internal", "A publication was left out.");
  if (became.kind === "queued") return { channel, status: "queued", connections: 0, duplicate: false };
  if (became.kind === "failed") return failed(channel, became.code, "The channel's object did not answer.");
  const one = became.outcomes[event];
  if (!one) throw new CarillonError("internal", "An object answered less than it was asked.");
  return resultAt(channel, one);
}

/** What an object answered for an event, as it is told. */
export function resultAt(channel: string, outcome: Outcome): TargetResult {
  return outcome.status === "failed"
    ? failed(channel, outcome.code, outcome.message)
    : { channel, ...outcome };
}

function failed(channel: string, code: ErrorCode, message: string): TargetResult {
  return { channel, status: "failed", code, message, connections: 0, duplicate: false };
}
