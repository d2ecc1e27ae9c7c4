import * as http from "node:http";
import * as https from "node:https";

/** What is sent. */
export interface Sent {
  readonly method: "GET" | "POST";
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly signal: AbortSignal;
}

/** What came back, whatever its status. */
export interface Received {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly text: string;
}

/**
 * Sends one HTTP request. Not by `fetch`, which in Node takes no certificate that nobody signed, from no address.
 *
 * @throws what the connection failed with.
 */
export async function exchange(url: URL, { method, headers, body, signal }: Sent): Promise<Received> {
  const options: https.RequestOptions = { method, headers, rejectUnauthorized: !isLoopback(url), signal };
  const { promise, resolve, reject } = Promise.withResolvers<Received>();
  const sent = (url.protocol === "https:" ? https : http).request(url, options, (response) => {
    const chunks: Buffer[] = [];
    response.on("data", (chunk: Buffer) => chunks.push(chunk));
    response.on("error", reject);
    response.on("end", () => {
      const get = (name: string) => response.headers[name.toLowerCase()]?.toString() ?? null;
      const text = Buffer.concat(chunks).toString("utf8");
      resolve({ status: response.statusCode ?? 0, headers: { get }, text });
    });
  });
  sent.on("error", reject);
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
