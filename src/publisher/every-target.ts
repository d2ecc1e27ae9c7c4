import { PublishError } from "./publish-error.ts";
import type { EventResult } from "./result.ts";

/** Codes of targets at which the same publish may succeed later. */
const mayPass: ReadonlySet<string> = new Set(["unavailable", "overloaded", "internal", "rate_limited"]);

/**
 * Lets results through at none of whose targets an event failed.
 *
 * @returns the results as they came.
 * @throws {PublishError} `targets_failed`, with an issue for each target that failed: its channel, and why. It is
 *   `retryable` when each of these may succeed later; published again under the same ids, the others are `duplicate`.
 * @example requireEveryTarget(await carillon.publish(event));
 */
export function requireEveryTarget<Results extends EventResult | readonly EventResult[]>(
  results: Results,
): Results {
  const all: readonly EventResult[] = "targets" in results ? [results] : results;
  const failed = all.flatMap(({ targets }) => targets.filter((target) => target.status === "failed"));
  if (failed.length === 0) return results;
  const issues = failed.map(({ channel, code, message }) => ({
    path: channel,
    message: `${code}: ${message}`,
  }));
  const detail = `${failed.length} of the targets failed, first ${issues[0]?.path} (${failed[0]?.code}).`;
  throw new PublishError(detail, {
    code: "targets_failed",
    status: 200,
    detail,
    issues,
    retryable: failed.every(({ code }) => mayPass.has(code)),
    ids: all.map(({ id }) => id),
  });
}
