import { EventEmitter, once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** How long (ms) anything may take to come. */
const PATIENCE = 20_000;

/** One request as it came. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly signature: string | undefined;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
  /** When it came (ms). */
  readonly at: number;
}

/** What is answered: a status, `hang` for nothing at all, or a redirect to the same place. */
export type ReceiverAnswer = number | "hang" | "redirect";

/** A backend's endpoint for webhooks: a real HTTP server that remembers what it was sent. */
export class WebhookReceiver {
  readonly received: Received[] = [];
  /** What is answered to a request; 204 unless a test says otherwise. */
  answer: (body: string) => ReceiverAnswer = () => 204;
  readonly #requests = new EventEmitter();
  readonly #server = createServer((request, response) => void this.#take(request, response));

  static async start(): Promise<WebhookReceiver> {
    const receiver = new WebhookReceiver();
    receiver.#server.listen(0, "127.0.0.1");
    await once(receiver.#server, "listening");
    return receiver;
  }

  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}/carillon`;
  }

  /** Waits until something holds, looking after each request. */
  async until(holds: () => boolean, what: string): Promise<void> {
    const late = AbortSignal.timeout(PATIENCE);
    while (!holds()) {
      if (late.aborted) {
        const seen = this.received.map(({ body }) => body.toString()).join("\n");
        throw new Error(`Awaited ${what}, but this is what came:\n${seen}`);
      }
      await Promise.race([once(this.#requests, "request"), once(late, "abort")]);
    }
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const signature = request.headers["carillon-signature"];
    this.received.push({
      ...{
        method: request.method ?? "",
        path: request.url ?? "",
        headers: request.headers,
        body,
        at: Date.now(),
      },
      signature: typeof signature === "string" ? signature : undefined,
    });
    const answer = this.answer(body.toString());
    this.#requests.emit("request");
    if (answer === "hang") return;
    if (answer === "redirect") response.writeHead(307, { Location: `${this.url}/elsewhere` }).end();
    else response.writeHead(answer).end();
  }
}
