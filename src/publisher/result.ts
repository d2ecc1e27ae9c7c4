import type { ErrorCode } from "../protocol/errors.ts";

/** What became of one event at one target. */
export type TargetResult = {
  readonly channel: string;
  /** The delivery's own id and event, where the routing table made it. */
  readonly id?: string;
  readonly event?: string;
  /** How many connections it was handed to. */
  readonly connections: number;
  /** The id had been taken before with the same content; this is that result. */
  readonly duplicate: boolean;
} & (
  | {
      /**
       * `delivered`: to at least one connection, or not to be kept; `stored`: kept for who comes; `queued`: the service
       * goes on trying by itself.
       */
      readonly status: "delivered" | "stored" | "queued";
      /** Its place in the target's log, where it is known and kept. */
      readonly offset?: number;
    }
  | { readonly status: "failed"; readonly code: ErrorCode; readonly message: string }
);

/** What became of one event. */
export interface EventResult {
  readonly id: string;
  readonly event: string;
  readonly targets: readonly TargetResult[];
}

/** Reads the answer to a publish, or nothing where it is not such an answer. */
export function readResults(body: unknown): readonly EventResult[] | undefined {
  if (!isRecord(body) || !Array.isArray(body.results)) return undefined;
  const results: readonly unknown[] = body.results;
  return results.every(isEventResult) ? results : undefined;
}

function isEventResult(value: unknown): value is EventResult {
  if (!isRecord(value) || !Array.isArray(value.targets)) return false;
  return typeof value.id === "string" && typeof value.event === "string" && value.targets.every(isTarget);
}

/** A later service may have further words for a status, and further fields; an event that it took is not refused here. */
function isTarget(value: unknown): value is TargetResult {
  if (!isRecord(value)) return false;
  const { channel, status, connections, duplicate, code, message } = value;
  return (
    typeof channel === "string" &&
    typeof status === "string" &&
    typeof connections === "number" &&
    typeof duplicate === "boolean" &&
    (status !== "failed" || (typeof code === "string" && typeof message === "string"))
  );
}

/** Whether a value is an object of JSON. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
