/**
 * Why the server ends a connection, and what the client does then.
 *
 * The code and the one-word reason together give the verdict. Before every close the server sends
 * `{"type":"close","code":…,"reason":…}`, and the client acts on that frame at once: the closing handshake
 * itself can take seconds to reach a browser.
 *
 * `reconnect` tells the client: `now` at once, `later` after its usual delay, `renew` after fetching a new
 * token, `never` not at all.
 */
export const closeReasons = {
  /** The client unsubscribed from the only room of its room connection, or said goodbye. */
  bye: { code: 1000, reconnect: "never", when: "the connection has served its purpose" },
  /** The service is being replaced or stopped. */
  shutdown: { code: 1012, reconnect: "later", when: "the service is restarting" },
  /** The log behind the connection began anew, so positions must be compared again. */
  relocated: { code: 1012, reconnect: "now", when: "the object's log was replaced; reconnect and resume" },
  /** The same client (`?client=`) opened a newer connection. */
  replaced: { code: 1001, reconnect: "never", when: "a newer connection of the same client took over" },
  invalid_frame: { code: 1003, reconnect: "never", when: "a frame was no JSON object or misses a field" },
  invalid_request: { code: 1008, reconnect: "never", when: "a parameter of the upgrade is not well formed" },
  unauthorized: { code: 1008, reconnect: "renew", when: "the credentials are missing or not valid" },
  token_expired: { code: 1008, reconnect: "renew", when: "the credential or the session has expired" },
  forbidden: { code: 1008, reconnect: "never", when: "this identity may not follow this room" },
  rate_limited: { code: 1008, reconnect: "later", when: "too much was sent or asked for in a short time" },
  too_many_connections: {
    code: 1008,
    reconnect: "later",
    when: "the user has as many connections as allowed",
  },
  origin_not_allowed: { code: 1008, reconnect: "never", when: "the page's origin is not in ALLOWED_ORIGINS" },
  kicked: { code: 1008, reconnect: "never", when: "an operator closed the connection" },
  frame_too_large: { code: 1009, reconnect: "never", when: "a frame is larger than MAX_FRAME_BYTES" },
  overloaded: {
    code: 1013,
    reconnect: "later",
    when: "the service cannot take another connection, or failed",
  },
  slow_consumer: { code: 1013, reconnect: "now", when: "the client took nothing for SLOW_CONSUMER_SECONDS" },
  disabled: { code: 1013, reconnect: "later", when: "real time is switched off; poll meanwhile" },
} as const satisfies Record<string, CloseVerdict>;

interface CloseVerdict {
  readonly code: number;
  readonly reconnect: "now" | "later" | "renew" | "never";
  readonly when: string;
}

/** The one word that goes with a close code. */
export type CloseReason = keyof typeof closeReasons;
