import type { ErrorCode, Issue } from "../protocol/errors.ts";

/**
 * Why a publish failed: a code of the service's table of errors, which may be of a later version, or one of
 * - `unreachable`: nothing answered, or the connection broke;
 * - `timed_out`: no answer came in time;
 * - `not_carillon`: what answered is not Carillon;
 * - `targets_failed`: see `requireEveryTarget`.
 */
export type PublishErrorCode =
  | ErrorCode
  | "unreachable"
  | "timed_out"
  | "not_carillon"
  | "targets_failed"
  | (string & {});

/** What is known of a failure. */
export interface PublishFailure {
  readonly code: PublishErrorCode;
  readonly status?: number | undefined;
  readonly detail: string;
  readonly issues?: readonly Issue[];
  readonly retryable: boolean;
  readonly retryAfter?: number | undefined;
  readonly ids?: readonly string[];
}

/**
 * A publish failed, after every try that made sense. Neither its message nor anything else in it holds the key.
 *
 * @example
 * if (error instanceof PublishError && error.retryable) await later({ ...event, id: error.ids[0] });
 */
export class PublishError extends Error {
  override readonly name = "PublishError";
  readonly code: PublishErrorCode;
  /** The HTTP status; `undefined` where there was no answer. */
  readonly status: number | undefined;
  /** What is the matter this time, in a sentence for people. */
  readonly detail: string;
  /** What is wrong with the body, and where. */
  readonly issues: readonly Issue[];
  /** Whether the same publish, under the same ids, may succeed later. */
  readonly retryable: boolean;
  /** Seconds after which trying again makes sense, where the service said so. */
  readonly retryAfter: number | undefined;
  /** The ids of the events, those that were made up too: with them a later try is still the same publish. */
  readonly ids: readonly string[];

  constructor(message: string, failure: PublishFailure) {
    super(message);
    this.code = failure.code;
    this.status = failure.status;
    this.detail = failure.detail;
    this.issues = failure.issues ?? [];
    this.retryable = failure.retryable;
    this.retryAfter = failure.retryAfter;
    this.ids = failure.ids ?? [];
  }
}
