import { Failure } from "./command.ts";
import { exchange } from "./exchange.ts";
import { Patience } from "./patience.ts";
import { reasonFor } from "./reason.ts";

/** What was asked of the service. A body is sent as JSON. */
export interface Request {
  readonly method: "GET" | "POST";
  /** Below the service's address, without a slash in front: `publish`. */
  readonly path: string;
  /** A publish key or a user's token, sent as `Authorization: Bearer`. */
  readonly key?: string;
  readonly body?: unknown;
}

/** What came back: the status, and the body if it was JSON. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** How long an answer may take, in milliseconds. */
const PATIENCE = 15_000;

/**
 * Asks the service and reads its answer, whatever its status.
 *
 * @throws {Failure} when nothing answers there; the message names the address and the reason, never the key.
 */
export async function ask(service: URL, request: Request, signal: AbortSignal): Promise<Answer> {
  const url = new URL(request.path, service);
  const body = request.body === undefined ? undefined : JSON.stringify(request.body);
  using patience = new Patience(PATIENCE, signal, `nothing came within ${PATIENCE / 1000} s`);
  const headers = {
    accept: "application/json",
    ...(body === undefined ? {} : { "content-type": "application/json" }),
    ...(request.key === undefined ? {} : { authorization: `Bearer ${request.key}` }),
  };
  try {
    const { method } = request;
    const { status, text } = await exchange(url, { method, headers, body, signal: patience.signal });
    return { status, body: parseJson(text) };
  } catch (error) {
    throw new Failure(`${url.href} did not answer: ${reasonFor(error)}.`);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
