/**
 * Every error that Carillon tells anyone about, over HTTP (`application/problem+json`) and in `error` frames.
 *
 * `status` is the HTTP status, `title` a fixed sentence that fits every occurrence, `retryable` says whether the
 * same request may succeed later without being changed.
 */
export const errorKinds = {
  // What was sent cannot be read.
  invalid_encoding: { status: 400, title: "The body is not valid UTF-8.", retryable: false },
  invalid_json: { status: 400, title: "The body is not valid JSON.", retryable: false },
  invalid_request: { status: 400, title: "The request is not well formed.", retryable: false },
  invalid_body: { status: 422, title: "The body does not fit its schema.", retryable: false },
  too_deep: { status: 422, title: "The JSON is nested too deeply.", retryable: false },
  forbidden_key: { status: 422, title: "The JSON has a key that is not allowed.", retryable: false },
  body_too_large: { status: 413, title: "The body is too large.", retryable: false },
  event_too_large: { status: 413, title: "The event's data is too large.", retryable: false },
  too_many_targets: { status: 422, title: "The publish names too many targets.", retryable: false },
  invalid_data: { status: 422, title: "The event's data does not fit its schema.", retryable: false },
  no_route: { status: 422, title: "The event has no target.", retryable: false },

  // Channels.
  invalid_channel: { status: 422, title: "The channel's name is not well formed.", retryable: false },
  unknown_channel: { status: 404, title: "No rule knows this channel.", retryable: false },
  too_many_channels: { status: 422, title: "The connection follows too many channels.", retryable: false },

  withdrawn: { status: 409, title: "The request was withdrawn before it was served.", retryable: false },

  // Who is asking.
  unauthorized: { status: 401, title: "The credentials are missing or not valid.", retryable: false },
  token_expired: { status: 401, title: "The token has expired.", retryable: false },
  forbidden: { status: 403, title: "This identity may not do that.", retryable: false },
  origin_not_allowed: { status: 403, title: "The page's origin is not allowed.", retryable: false },

  rate_limited: { status: 429, title: "Too much was asked in a short time.", retryable: true },

  // The route.
  not_found: { status: 404, title: "There is nothing at this address.", retryable: false },
  method_not_allowed: { status: 405, title: "The address does not take this method.", retryable: false },
  upgrade_required: { status: 426, title: "The address takes WebSocket connections only.", retryable: false },

  // A publish id that was used before for something else.
  id_conflict: { status: 409, title: "The id was used before with other content.", retryable: false },

  // Frames.
  unknown_type: { status: 422, title: "The server does not know this type of frame.", retryable: false },

  // The service.
  not_configured: { status: 503, title: "The service is not configured.", retryable: true },
  unavailable: { status: 503, title: "The service could not be reached in time.", retryable: true },
  overloaded: { status: 503, title: "The service is overloaded.", retryable: true },
  internal: { status: 500, title: "The service failed.", retryable: true },
} as const satisfies Record<string, ErrorKind>;

interface ErrorKind {
  readonly status: number;
  readonly title: string;
  readonly retryable: boolean;
}

/** The stable name of an error. Programs compare this, never the wording. */
export type ErrorCode = keyof typeof errorKinds;

/** One thing that is wrong with a body: where (`to.users.0`) and what. */
export interface Issue {
  readonly path: string;
  readonly message: string;
}

/**
 * An error that may be told to whoever asked: its `detail` never holds a token, a secret or a stack.
 * Anything thrown that is not one of these is answered `internal` with fixed text.
 *
 * @example throw new CarillonError("forbidden", "Only staff of clinic 7 may follow clinic:7:queue.");
 */
export class CarillonError extends Error {
  override readonly name = "CarillonError";
  readonly code: ErrorCode;
  readonly issues: readonly Issue[];
  /** Seconds after which trying again makes sense. */
  readonly retryAfter: number | undefined;

  constructor(
    code: ErrorCode,
    detail: string,
    more: { issues?: readonly Issue[]; retryAfter?: number } = {},
  ) {
    super(detail);
    this.code = code;
    this.issues = more.issues ?? [];
    this.retryAfter = more.retryAfter;
  }
}
