import type { Settings } from "../config/settings.ts";
import { audienceShard, type Env, roomObject, userObject } from "../objects/env.ts";
import type { Outcome } from "../objects/publication.ts";
import { describe, report } from "../operation/report.ts";
import { CarillonError, type ErrorCode } from "../protocol/errors.ts";
import { callObject, isOverloaded } from "./call.ts";
import { parseEvents } from "./event.ts";
import { type ObjectCall, plan, type Target } from "./plan.ts";

/** What became of one event at one target. */
export interface TargetResult {
  readonly channel: string;
  /** `delivered`: to at least one connection, or not to be kept; `stored`: kept for when someone comes. */
  readonly status: "delivered" | "stored" | "failed";
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
 * call that fails is repeated with the same ids, so nothing is stored twice.
 *
 * @throws {CarillonError} where the body is refused as a whole; nothing was delivered then.
 */
export async function publish(body: unknown, env: Env, settings: Settings): Promise<EventResult[]> {
  const events = parseEvents(body, settings);
  const { targets, calls } = await plan(events);
  const outcomes = await callAll(calls, env, settings);
  return events.map(({ id, event }, index) => ({
    id,
    event,
    targets: (targets[index] ?? []).map((target) => resultOf(target, outcomes)),
  }));
}

type CallOutcome = readonly (readonly Outcome[])[] | { readonly failed: ErrorCode };

async function callAll(calls: readonly ObjectCall[], env: Env, settings: Settings) {
  const outcomes = new Map<ObjectCall, CallOutcome>();
  const waiting = calls.values();
  const lane = async () => {
    for (const call of waiting) outcomes.set(call, await callOne(call, env, settings));
  };
  await Promise.all(Array.from({ length: Math.min(settings.PUBLISH_CONCURRENCY, calls.length) }, lane));
  return outcomes;
}

async function callOne(
  { object, publications }: ObjectCall,
  env: Env,
  settings: Settings,
): Promise<CallOutcome> {
  try {
    return await callObject(async () => await deliveryDoor(env, object).deliver(publications), {
      attempts: settings.PUBLISH_ATTEMPTS,
      wait: (ms) => scheduler.wait(ms),
      random: Math.random,
    });
  } catch (error) {
    report("error", "object call failed", { object: object.kind, name: object.name, ...describe(error) });
    return { failed: isOverloaded(error) ? "overloaded" : "unavailable" };
  }
}

/** The object that takes a call's publications. A stub that failed stays broken: ask anew for each try. */
function deliveryDoor(env: Env, { kind, name }: ObjectCall["object"]) {
  if (kind === "user") return userObject(env, name);
  return kind === "room" ? roomObject(env, name) : audienceShard(env, Number(name));
}

function resultOf(target: Target, outcomes: ReadonlyMap<ObjectCall, CallOutcome>): TargetResult {
  const { channel } = target;
  if (target.kind === "refused") return failed(channel, target.code, target.message);
  const { call, publication, event } = target.place;
  const outcome = outcomes.get(call);
  if (!outcome || "failed" in outcome) {
    return failed(channel, outcome?.failed ?? "unavailable", "The channel's object did not answer.");
  }
  const one = outcome[publication]?.[event];
  if (!one) throw new CarillonError("internal", "An object answered less than it was asked.");
  return one.status === "failed" ? failed(channel, one.code, one.message) : { channel, ...one };
}

function failed(channel: string, code: ErrorCode, message: string): TargetResult {
  return { channel, status: "failed", code, message, connections: 0, duplicate: false };
}
