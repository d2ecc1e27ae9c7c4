import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import { tally } from "../operation/metrics-tally.ts";
import { describe, report } from "../operation/report.ts";
import { CarillonError, type ErrorCode, errorKinds } from "../protocol/errors.ts";

/** Seconds after which a caller may try again where an error does not say. */
const RETRY_AFTER = 5;

/**
 * Answers an error as `application/problem+json` (RFC 9457). An error that nobody expected is logged by its message
 * and answered with fixed text.
 */
export function problem(error: unknown, c?: Context): Response {
  const known = expected(error);
  const request = { requestId: c?.get("requestId"), method: c?.req.method, path: c?.req.path };
  if (!known) report("error", "request failed", { ...request, code: "internal", ...describe(error) });
  else report(levelOf(known.code), "request refused", { ...request, user: c?.get("user"), code: known.code });
  const { code, message, issues, retryAfter } =
    known ?? new CarillonError("internal", "Something went wrong in the service; it has been logged.");
  const { status, title } = errorKinds[code];
  tally.count("carillon_refusals_total", { at: "http", code });
  const body = {
    type: `urn:carillon:error:${code}`,
    title,
    status,
    code,
    detail: message,
    ...(issues.length > 0 && { issues }),
  };
  const headers = new Headers({ "Content-Type": "application/problem+json", "Cache-Control": "no-store" });
  if (status === 401) headers.set("WWW-Authenticate", "Bearer");
  if (status === 426) headers.set("Upgrade", "websocket");
  if (retryAfter !== undefined || status === 503) headers.set("Retry-After", `${retryAfter ?? RETRY_AFTER}`);
  return new Response(JSON.stringify(body), { status, headers });
}

/** What callers do wrong is told for those who look for it; what the service could not do is to be looked at. */
function levelOf(code: ErrorCode): "info" | "warn" {
  return errorKinds[code].status < 500 ? "info" : "warn";
}

function expected(error: unknown): CarillonError | undefined {
  if (error instanceof CarillonError) return error;
  // Hono throws these for requests that it cannot read.
  if (error instanceof HTTPException && error.status < 500) {
    return new CarillonError("invalid_request", "The request cannot be read.");
  }
  return undefined;
}
