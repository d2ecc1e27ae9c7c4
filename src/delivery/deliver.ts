import type { Settings } from "../config/settings.ts";
import { audienceShard, type Env, roomObject, userObject } from "../objects/env.ts";
import type { Outcome } from "../objects/publication.ts";
import { describe, report } from "../operation/report.ts";
import type { ErrorCode } from "../protocol/errors.ts";
import { callObject, isOverloaded } from "./call.ts";
import type { ObjectCall } from "./plan.ts";

/** Why a call failed: the code that everybody may be told, and for the operator what was thrown. */
export interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
}

/**
 * Calls an object with what was published to it, patiently. It may be repeated: publications are known by their ids.
 *
 * @param requestId of the request that published it, for the log.
 * @throws what the last try threw.
 */
export async function deliver(
  { object, publications }: ObjectCall,
  env: Env,
  settings: Settings,
  requestId: string | undefined,
): Promise<Outcome[][]> {
  return await callObject(async () => await deliveryDoor(env, object).deliver(publications, requestId), {
    attempts: settings.PUBLISH_ATTEMPTS,
    wait: (ms) => scheduler.wait(ms),
    random: Math.random,
  });
}

/** Tells the operator of a call that failed, and everybody else by a code. */
export function failureOf(error: unknown, { object }: ObjectCall, requestId: string | undefined): Failure {
  const described = describe(error);
  const code = isOverloaded(error) ? "overloaded" : "unavailable";
  const { kind, name } = object;
  report("error", "object call failed", { requestId, object: kind, name, code, ...described });
  // The first line alone: what follows may be a stack.
  const [message = ""] = described.error.split("\n");
  return { code, message };
}

/** Whether anything of it is to be kept, be it a notification alone. What is not is of no use to anybody later. */
export function isForLater({ publications }: ObjectCall): boolean {
  return publications.some(({ events }) =>
    events.some(({ store, notification }) => store || notification !== undefined),
  );
}

/** The object that takes a call's publications. A stub that failed stays broken: ask anew for each try. */
function deliveryDoor(env: Env, { kind, name }: ObjectCall["object"]) {
  if (kind === "user") return userObject(env, name);
  return kind === "room" ? roomObject(env, name) : audienceShard(env, Number(name));
}
