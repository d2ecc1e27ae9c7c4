import type { ErrorCode } from "../protocol/errors.ts";
import type { ClientError } from "./api.ts";

/** What the client itself complains of, beside the codes of the service. */
export type ClientErrorCode =
  | ErrorCode
  | "disconnected"
  | "timeout"
  | "queue_full"
  | "token"
  | "listener"
  | "closed";

/** An error of the client. Its message never holds a token. */
export class CarillonClientError extends Error implements ClientError {
  override readonly name = "CarillonClientError";
  declare readonly code: string;
  declare readonly retryable: boolean;

  /** @param code one of `ClientErrorCode`, or what a newer service says. */
  constructor(code: string, message: string, retryable = false, cause?: unknown) {
    super(message, { cause });
    this.code = code;
    this.retryable = retryable;
  }
}

/** What was thrown, as an error of the client. */
export function asClientError(thrown: unknown, code: ClientErrorCode, retryable = false): ClientError {
  if (thrown instanceof CarillonClientError) return thrown;
  return new CarillonClientError(
    code,
    thrown instanceof Error ? thrown.message : String(thrown),
    retryable,
    thrown,
  );
}
