import type { Settings } from "../config/settings.ts";
import type { Env } from "../objects/env.ts";
import type { Outcome, Publication } from "../objects/publication.ts";
import type { ErrorCode } from "../protocol/errors.ts";
import { delayAfter } from "./backoff.ts";
import { countDelivered, countQueued } from "./counted.ts";
import { deliver, failureOf, isForLater } from "./deliver.ts";
import { enqueue } from "./enqueue.ts";
import { inLanes } from "./lanes.ts";
import { PARCEL_BYTES, pack } from "./pack.ts";
import type { ObjectCall } from "./plan.ts";
import { queuesOf } from "./queues.ts";

/** What became of a publication: what its object answered, that the queue has it, or why nobody has it. */
export type Dispatched =
  | { readonly kind: "answered"; readonly outcomes: readonly Outcome[] }
  | { readonly kind: "queued" }
  | { readonly kind: "failed"; readonly code: ErrorCode };

/** Rooms come before users: their order is seen by many, and what is queued may be overtaken. */
const rank = { audience: 0, room: 1, user: 2 } as const;

/**
 * Makes calls, as many at once as the settings allow, and leaves to the queue what is beyond the number for which a
 * publisher waits, and then what failed. Where there is no queue, all calls are made and what failed has failed.
 */
export async function dispatch(
  calls: readonly ObjectCall[],
  env: Env,
  settings: Settings,
  requestId?: string,
): Promise<ReadonlyMap<Publication, Dispatched>> {
  const dispatched = new Map<Publication, Dispatched>();
  const queue = queuesOf(env)?.deliveries;
  const { now, later } = queue ? divide(calls, settings.INLINE_CALLS) : { now: calls, later: [] };
  const { parcels, tooLarge } = pack(later, { calls: settings.PARCEL_CALLS, bytes: PARCEL_BYTES });

  const acceptedAt = Date.now();
  const failed: ObjectCall[] = [];
  const make = async (call: ObjectCall) => {
    try {
      const outcomes = await deliver(call, env, settings, requestId);
      countDelivered(call, outcomes, Date.now() - acceptedAt);
      for (const [index, publication] of call.publications.entries()) {
        dispatched.set(publication, { kind: "answered", outcomes: outcomes[index] ?? [] });
      }
    } catch (error) {
      const { code } = failureOf(error, call, requestId);
      for (const publication of call.publications) dispatched.set(publication, failedFor(code));
      failed.push(call);
    }
  };
  const leave = async (parcels: readonly (readonly ObjectCall[])[], delay: number) => {
    if (!queue || parcels.length === 0) return;
    const all = parcels.map((calls) => ({ attempt: 1, requestId, calls }));
    const left = new Set(await enqueue(queue, all, delay, settings));
    for (const parcel of all) {
      if (!left.has(parcel)) countQueued("queued", parcel.calls.length);
      for (const publication of parcel.calls.flatMap(({ publications }) => publications)) {
        if (!left.has(parcel)) dispatched.set(publication, { kind: "queued" });
        else if (!dispatched.has(publication)) dispatched.set(publication, failedFor("unavailable"));
      }
    }
  };
  await Promise.all([leave(parcels, 0), inLanes([...now, ...tooLarge], settings.PUBLISH_CONCURRENCY, make)]);
  const again = pack(failed.filter(isForLater), { calls: settings.PARCEL_CALLS, bytes: PARCEL_BYTES });
  await leave(again.parcels, delayAfter(1, settings.QUEUE_RETRY_SECONDS, Math.random()));
  return dispatched;
}

function failedFor(code: ErrorCode): Dispatched {
  return { kind: "failed", code };
}

function divide(calls: readonly ObjectCall[], inline: number) {
  const inOrder = calls.toSorted((one, other) => rank[one.object.kind] - rank[other.object.kind]);
  const isNow = ({ object }: ObjectCall, index: number) => object.kind === "audience" || index < inline;
  return {
    now: inOrder.filter(isNow),
    later: inOrder.filter((call, index) => !isNow(call, index)),
  };
}
