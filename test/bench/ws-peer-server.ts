import { createHash, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { jwtVerify } from "jose";
import { type WebSocket, WebSocketServer } from "ws";
import { z } from "zod";
import { type Address, address } from "./publisher-messages.ts";

/**
 * The floor: what `ws` on Node does with the same load. It checks the same token and key, numbers the events of each
 * channel, writes each event once and sends it to the channel's sockets in a loop. It keeps nothing. What goes to roles or
 * to everyone is numbered by one counter, which stands in for the users' own: a run that broadcasts publishes nothing else.
 */
const [publishKey = "", jwtSecret = ""] = process.argv.slice(2);
const secret = new TextEncoder().encode(jwtSecret);
const keyDigest = digest(`Bearer ${publishKey}`);

interface Channel {
  readonly sockets: Set<WebSocket>;
  readonly log: { top: number };
}

const EVERYONE = "user:*";
const channels = new Map<string, Channel>();
const audience = { top: 0 };
const token = z.object({ sub: z.string(), roles: z.array(z.string()).default([]) });
type User = z.output<typeof token>;
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

async function userOf(request: IncomingMessage): Promise<User> {
  const bearer = request.headers.authorization?.replace("Bearer ", "") ?? "";
  const { payload } = await jwtVerify(bearer, secret, { algorithms: ["HS256"] });
  return token.parse(payload);
}

function greet(ws: WebSocket, { sub, roles }: User, room: string | undefined): void {
  const own = `user:${sub}`;
  const name = room === undefined ? own : decodeURIComponent(room);
  const groups = room === undefined ? [EVERYONE, ...roles.map(groupOf)] : [];
  const followed = [channelOf(name), ...groups.map((group) => channelOf(group, audience))];
  for (const { sockets } of followed) sockets.add(ws);
  ws.on("close", () => {
    for (const { sockets } of followed) sockets.delete(ws);
  });
  ws.send(
    JSON.stringify({
      type: "welcome",
      connection: crypto.randomUUID(),
      user: sub,
      roles,
      channels: [own],
      position: { epoch: "0", offset: channelOf(name).log.top },
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
    const targets = namesOf(to).map((name) => {
      const channel = channelOf(name);
      const offset = ++channel.log.top;
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

function namesOf(to: Address): string[] {
  if ("users" in to) return to.users.map((user) => `user:${user}`);
  if ("roles" in to) return to.roles.map(groupOf);
  return "channels" in to ? to.channels : [EVERYONE];
}

function groupOf(role: string): string {
  return `role:${role}`;
}

function channelOf(name: string, log = { top: 0 }): Channel {
  const channel = channels.get(name) ?? { sockets: new Set(), log };
  channels.set(name, channel);
  return channel;
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
