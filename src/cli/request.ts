import * as http from "node:http";
import * as https from "node:https";
import { Failure } from "./command.ts";
import { Patience } from "./patience.ts";
import { reasonFor } from "./reason.ts";

/** What was asked of the service. A body is sent as JSON. */
export interface Request {
  readonly method: "GET" | "POST";
  /** Below the service's address, without a slash in front: `publish`. */
  readonly path: string;
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
  const options: https.RequestOptions = {
    method: request.method,
    headers: {
      accept: "application/json",
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(request.key === undefined ? {} : { authorization: `Bearer ${request.key}` }),
    },
    rejectUnauthorized: !isLoopback(url),
    signal: patience.signal,
  };
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const fail = (error: Error) => reject(new Failure(`${url.href} did not answer: ${reasonFor(error)}.`));
  const sent = (url.protocol === "https:" ? https : http).request(url, options, (response) => {
    const chunks: Buffer[] = [];
    response.on("data", (chunk: Buffer) => chunks.push(chunk));
    response.on("error", fail);
    response.on("end", () => {
      resolve({ status: response.statusCode ?? 0, body: parseJson(Buffer.concat(chunks).toString("utf8")) });
    });
  });
  sent.on("error", fail);
  sent.end(body);
  return await promise;
}

/**
 * Whether an address leads to this machine. There a certificate signed by nobody is taken, which is what
 * `npm start -- --https` serves; anywhere else it is refused.
 */
export function isLoopback(url: URL): boolean {
  return url.hostname === "localhost" || url.hostname === "[::1]" || /^127(\.\d+){3}$/.test(url.hostname);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
