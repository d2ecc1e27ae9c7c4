import { describe, report } from "../operation/report.ts";

/**
 * Does what a request asked of an object, and tells of a failure with that request's id before it is passed on: the
 * object may run elsewhere than the Worker that asked.
 *
 * @param object the object's channel, or what it is called in the log.
 */
export async function traced<Result>(
  requestId: string | undefined,
  object: string,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    report("warn", "delivery failed in its object", { requestId, object, ...describe(error) });
    throw error;
  }
}
