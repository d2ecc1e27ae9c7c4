import type { Issue } from "../protocol/errors.ts";
import { PublishError } from "./publish-error.ts";
import { type EventResult, isRecord, readResults } from "./result.ts";
import { readRetryAfter } from "./retry.ts";

/** As much of `fetch` as a publisher needs: the platform's own, or that of a Worker's service binding. */
export type Fetch = (
  url: string,
  init: {
    readonly method: "POST";
    readonly headers: Record<string, string>;
    readonly body: string;
    readonly redirect: "manual";
    readonly signal: AbortSignal;
  },
) => Promise<{
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  text(): Promise<string>;
}>;

/** Where and how a request is posted. */
export interface Door {
  /** The address of `/publish`. */
  readonly url: string;
  readonly key: string;
  readonly fetch: Fetch;
  /** How long one try may take, in ms. */
  readonly timeout: number;
}

/**
 * Posts a publish once.
 *
 * @throws {PublishError} when it was not taken.
 * @throws the signal's reason when it is aborted.
 */
export async function post(
  door: Door,
  body: string,
  signal: AbortSignal | undefined,
): Promise<readonly EventResult[]> {
  signal?.throwIfAborted();
  const patience = new AbortController();
  const giveUp = () => patience.abort();
  const timer = setTimeout(giveUp, door.timeout);
  signal?.addEventListener("abort", giveUp, { once: true });
  try {
    const response = await door.fetch(door.url, {
      method: "POST",
      headers: { Authorization: `Bearer ${door.key}`, "Content-Type": "application/json" },
      body,
      // The key is for this address and no other.
      redirect: "manual",
      signal: patience.signal,
    });
    const { status } = response;
    const answer = parseJson((await response.text()).replaceAll(door.key, "•••"));
    if (status !== 200) throw refusal(status, answer, response.headers.get("Retry-After"));
    const results = readResults(answer);
    if (results) return results;
    throw notCarillon(status, "This is not Carillon's answer.");
  } catch (error) {
    if (error instanceof PublishError) throw error;
    signal?.throwIfAborted();
    if (patience.signal.aborted)
      throw unanswered(door, "timed_out", `nothing came within ${door.timeout} ms`);
    throw unanswered(door, "unreachable", reasonOf(error).replaceAll(door.key, "•••"));
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", giveUp);
  }
}

function refusal(status: number, answer: unknown, retryAfterHeader: string | null): PublishError {
  const retryable = status === 408 || status === 429 || status >= 500;
  const retryAfter = readRetryAfter(retryAfterHeader, Date.now());
  if (!isRecord(answer) || typeof answer.code !== "string") {
    // Whatever stands in front of the service may answer in its place, when that cannot be reached say.
    if (!retryable) return notCarillon(status, `The service answered with status ${status}.`);
    const code = status === 429 ? "rate_limited" : "unavailable";
    const detail = `The service answered with status ${status}.`;
    return new PublishError(detail, { code, status, detail, retryable, retryAfter });
  }
  const { code } = answer;
  const detail = typeof answer.detail === "string" ? answer.detail : "";
  const issues = Array.isArray(answer.issues) ? answer.issues.filter(isIssue) : [];
  const message = `The service refused with ${status} ${code}: ${detail}`;
  return new PublishError(message, { code, status, detail, issues, retryable, retryAfter });
}

function notCarillon(status: number, detail: string): PublishError {
  return new PublishError(detail, { code: "not_carillon", status, detail, retryable: false });
}

function unanswered({ url }: Door, code: "timed_out" | "unreachable", reason: string): PublishError {
  const detail = `${url} did not answer: ${reason}.`;
  return new PublishError(detail, { code, detail, retryable: true });
}

/** Why the connection failed: `fetch` itself says no more than that it did, and its cause says why. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  if (!(error instanceof Error)) return "the connection failed";
  if (error.cause instanceof Error) return reasonOf(error.cause);
  return error.message.replace(/\.$/, "") || "the connection failed";
}

function isIssue(value: unknown): value is Issue {
  return isRecord(value) && typeof value.path === "string" && typeof value.message === "string";
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
