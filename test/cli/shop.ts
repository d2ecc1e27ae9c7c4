import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { type WebSocket, WebSocketServer } from "ws";
import { type ServerFrame, SUBPROTOCOL } from "../../src/protocol/frames.ts";

const kinds: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
};

/** A site that serves the files of a built application, and greets its client as the service does. */
export class Shop implements AsyncDisposable {
  readonly #sockets = new Set<WebSocket>();
  readonly #server;

  private constructor(folder: string) {
    this.#server = createServer(async ({ url = "/" }, response) => {
      const name = url === "/" ? "index.html" : url.slice(1);
      const file = await readFile(join(folder, name)).catch(() => undefined);
      response
        .writeHead(file ? 200 : 404, { "Content-Type": kinds[extname(name)] ?? "text/plain" })
        .end(file);
    });
    const protocols = () => SUBPROTOCOL;
    new WebSocketServer({ server: this.#server, path: "/connect", handleProtocols: protocols }).on(
      "connection",
      (socket) => {
        this.#sockets.add(socket);
        this.#send({
          ...{ type: "welcome", connection: "1", user: "ada", roles: [], channels: ["user:ada"] },
          ...{ position: { epoch: "e", offset: 0 }, recovered: true, expiresAt: Date.now() + 3_600_000 },
          ...{ heartbeat: 25_000, counts: { total: 3, unread: 3, unseen: 3 } },
        });
      },
    );
  }

  /** @param folder with an `index.html`. */
  static async open(folder: string): Promise<Shop> {
    const shop = new Shop(folder);
    shop.#server.listen(0, "127.0.0.1");
    await once(shop.#server, "listening");
    return shop;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  /** Tells the user of a payment, as the service would. */
  confirm(receiptNumber: string, amount: number): void {
    const data = { farmerId: "ada", paymentId: "p1", applicationNumber: "A-1", farmerName: "Ada" };
    this.#send({
      ...{ type: "event", channel: "user:ada", event: "payment:confirmed", id: "e1", at: Date.now() },
      ...{ data: { ...data, receiptNumber, amount }, offset: 1 },
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.terminate();
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  #send(frame: ServerFrame): void {
    for (const socket of this.#sockets) socket.send(JSON.stringify(frame));
  }
}
