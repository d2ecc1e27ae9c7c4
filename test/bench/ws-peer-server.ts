import { createHash, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { jwtVerify } from "jose";
import { type WebSocket, WebSocketServer } from "ws";
import { z } from "zod";
import { address } from "./publisher-messages.ts";

/**
 * The floor: what `ws` on Node does with the same load. It checks the same token and key, numbers the events of each
 * channel, writes each event once and sends it to the channel's sockets in a loop. It keeps nothing.
 */
const [publishKey = "", jwtSecret = ""] = process.argv.slice(2);
const secret = new TextEncoder().encode(jwtSecret);
const keyDigest = digest(`Bearer ${publishKey}`);

interface Channel {
  readonly sockets: Set<WebSocket>;
  top: number;
}

const channels = new Map<string, Channel>();
const publishBody = z.array(z.object({ event: z.string(), data: z.unknown(), to: address }));

const sockets = new WebSocketServer({ noServer: true });
const server = createServer((request, response) => {
  publish(request, response).catch((error: unknown) => {
    response.writeHead(500).end(String(error));
  });
});
server.on("upgrade", async (request, socket, head) => {
  try {
    const user = await userOf(request);
    const path = new URL(request.url ?? "/", "http://peer").pathname;
    const room = /^\/rooms\/([^/]+)\/connect$/.exec(path)?.[1];
    sockets.handleUpgrade(request, socket, head, (ws) => greet(ws, user, room));
  } catch {
    socket.destroy();
  }
});
// Node's default of 5 s can end a publisher's kept connection just as it is used again, after a long flood.
server.keepAliveTimeout = 120_000;
server.listen(0, "127.0.0.1", () => {
  const bound = server.address();
  if (bound && typeof bound === "object") process.send?.({ kind: "listening", port: bound.port });
});
process.on("disconnect", () => process.exit());

async function userOf(request: IncomingMessage): Promise<string> {
  const token = request.headers.authorization?.replace("Bearer ", "") ?? "";
  const { payload } = await jwtVerify(token, secret, { algorithms: ["HS256"] });
  return z.string().parse(payload.sub);
}

function greet(ws: WebSocket, user: string, room: string | undefined): void {
  const own = `user:${user}`;
  const name = room === undefined ? own : decodeURIComponent(room);
  const channel = channelOf(name);
  channel.sockets.add(ws);
  ws.on("close", () => channel.sockets.delete(ws));
  ws.send(
    JSON.stringify({
      type: "welcome",
      connection: crypto.randomUUID(),
      user,
      roles: [],
      channels: [own],
      position: { epoch: "0", offset: channel.top },
      recovered: true,
      expiresAt: Date.now() + 86_400_000,
      heartbeat: 25_000,
    }),
  );
}

async function publish(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (!timingSafeEqual(digest(request.headers.authorization ?? ""), keyDigest)) {
    response.writeHead(401).end();
    return;
  }
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const events = publishBody.parse(JSON.parse(Buffer.concat(chunks).toString()));
  const results = events.map(({ event, data, to }) => {
    const id = crypto.randomUUID();
    const names = "users" in to ? to.users.map((user) => `user:${user}`) : to.channels;
    const targets = names.map((name) => {
      const channel = channelOf(name);
      const offset = ++channel.top;
      const frame = Buffer.from(
        JSON.stringify({ type: "event", channel: name, event, data, id, at: Date.now(), offset }),
      );
      for (const ws of channel.sockets) ws.send(frame, { binary: false });
      const connections = channel.sockets.size;
      return { channel: name, status: "delivered", offset, connections, duplicate: false };
    });
    return { id, event, targets };
  });
  response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify({ results }));
}

function channelOf(name: string): Channel {
  const channel = channels.get(name) ?? { sockets: new Set(), top: 0 };
  channels.set(name, channel);
  return channel;
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
