import { Agent, type IncomingMessage, request } from "node:http";
import { buffer } from "node:stream/consumers";
import type { Answer } from "../support/backend.ts";
import type { HttpRequest } from "./cases/requests.ts";

/** How long an answer may take, in ms. */
const PATIENCE = 10_000;

/** An HTTP client that sends paths, methods and headers as they are given, which `fetch` does not. */
export class Client implements Disposable {
  readonly #url: string;
  readonly #agent = new Agent({ keepAlive: true });

  constructor(url: string) {
    this.#url = url;
  }

  /**
   * Sends a request.
   *
   * @returns the answer, or nothing where the request was abandoned before its end.
   * @throws {Error} when there is none.
   */
  async send({ method, path, headers, body, sending }: HttpRequest): Promise<Answer | undefined> {
    const { hostname, port } = new URL(this.#url);
    const bytes = body ?? new Uint8Array();
    const isAbandoned = sending === "abandoned" && bytes.length > 1;
    const isChunked = sending === "chunked" && bytes.length > 0;
    const length = isChunked ? { "Transfer-Encoding": "chunked" } : { "Content-Length": bytes.length };
    const { promise, resolve, reject } = Promise.withResolvers<Answer | undefined>();
    const outgoing = request({
      hostname,
      port,
      method,
      path,
      agent: this.#agent,
      headers: { ...headers, ...length },
    });
    outgoing.on("response", (response) => answerOf(response).then(resolve, reject));
    outgoing.on("error", reject);
    outgoing.setTimeout(PATIENCE, () =>
      outgoing.destroy(new Error(`Awaited an answer for ${PATIENCE / 1000} s.`)),
    );
    const half = Math.floor(bytes.length / 2);
    if (isAbandoned) {
      outgoing.write(bytes.subarray(0, half), () => {
        outgoing.destroy();
        resolve(undefined);
      });
    } else if (isChunked) {
      outgoing.write(bytes.subarray(0, half));
      outgoing.end(bytes.subarray(half));
    } else outgoing.end(bytes);
    return await promise;
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
  }
}

/** Reads an answer to its end. */
export async function answerOf(response: IncomingMessage): Promise<Answer> {
  const headers = new Headers();
  for (const [name, values] of Object.entries(response.headersDistinct)) {
    for (const value of values ?? []) headers.append(name, value);
  }
  return { status: response.statusCode ?? 0, headers, text: (await buffer(response)).toString() };
}
