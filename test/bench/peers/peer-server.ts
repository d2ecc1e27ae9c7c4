import { createHash, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { jwtVerify } from "jose";
import { z } from "zod";
import { type Address, address } from "../publisher-messages.ts";

const token = z.object({ sub: z.string(), roles: z.array(z.string()).default([]) });
export type User = z.output<typeof token>;
const publishBody = z.array(z.object({ event: z.string(), data: z.unknown(), to: address }));

/** Sends an event to the sockets of a channel, and answers how many there are. */
export type Send = (channel: string, frame: object) => number;

/** Where broadcasts go. They are numbered by one counter: a run that broadcasts publishes nothing else. */
const EVERYONE = "user:*";

/**
 * What the peers on Node have in common: the same HTTP server, the same checks of key and token, and the same frames as
 * Carillon's. Each adds how it sends. Nothing is stored.
 */
export class PeerServer {
  readonly http: Server;
  readonly #secret: Uint8Array;
  readonly #keyDigest: Buffer;
  readonly #tops = new Map<string, number>();

  constructor({ publishKey, jwtSecret }: { publishKey: string; jwtSecret: string }, send: Send) {
    this.#secret = new TextEncoder().encode(jwtSecret);
    this.#keyDigest = digest(`Bearer ${publishKey}`);
    this.http = createServer((request, response) => {
      this.#publish(request, response, send).catch((error: unknown) => {
        response.writeHead(500).end(String(error));
      });
    });
    // Node's default of 5 s can end a publisher's kept connection just as it is used again, after a long flood.
    this.http.keepAliveTimeout = 120_000;
  }

  /** Listens on a free port, and tells the process that started this one. */
  listen(): void {
    this.http.listen(0, "127.0.0.1", () => {
      const bound = this.http.address();
      if (bound && typeof bound === "object") process.send?.({ kind: "listening", port: bound.port });
    });
    process.on("disconnect", () => process.exit());
  }

  /** @throws {Error} when the token is not right. */
  async userOf(bearer: string): Promise<User> {
    const { payload } = await jwtVerify(bearer, this.#secret, { algorithms: ["HS256"] });
    return token.parse(payload);
  }

  /** The channels whose events a connection gets that was made to this path, and its greeting. */
  welcome({ sub, roles }: User, path: string): { readonly channels: string[]; readonly frame: object } {
    const room = /^\/rooms\/([^/]+)\/connect$/.exec(path)?.[1];
    const own = `user:${sub}`;
    const name = room === undefined ? own : decodeURIComponent(room);
    const groups = room === undefined ? [EVERYONE, ...roles.map(groupOf)] : [];
    const frame = {
      ...{ type: "welcome", connection: crypto.randomUUID(), user: sub, roles, channels: [own] },
      position: { epoch: "0", offset: this.#tops.get(name) ?? 0 },
      ...{ recovered: true, expiresAt: Date.now() + 86_400_000, heartbeat: 25_000 },
    };
    return { channels: [name, ...groups], frame };
  }

  async #publish(request: IncomingMessage, response: ServerResponse, send: Send): Promise<void> {
    if (!timingSafeEqual(digest(request.headers.authorization ?? ""), this.#keyDigest)) {
      response.writeHead(401).end();
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const events = publishBody.parse(JSON.parse(Buffer.concat(chunks).toString()));
    const results = events.map(({ event, data, to }) => {
      const id = crypto.randomUUID();
      const targets = channelsOf(to).map((channel) => {
        const offset = this.#nextOffset(channel);
        const connections = send(channel, {
          type: "event",
          channel,
          event,
          data,
          id,
          at: Date.now(),
          offset,
        });
        return { channel, status: "delivered", offset, connections, duplicate: false };
      });
      return { id, event, targets };
    });
    response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify({ results }));
  }

  #nextOffset(channel: string): number {
    const counter = channel.startsWith("role:") ? EVERYONE : channel;
    const offset = (this.#tops.get(counter) ?? 0) + 1;
    this.#tops.set(counter, offset);
    return offset;
  }
}

function channelsOf(to: Address): string[] {
  if ("users" in to) return to.users.map((user) => `user:${user}`);
  if ("roles" in to) return to.roles.map(groupOf);
  return "channels" in to ? to.channels : [EVERYONE];
}

function groupOf(role: string): string {
  return `role:${role}`;
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
