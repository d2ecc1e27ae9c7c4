import { once } from "node:events";
import { createServer } from "node:http";
import { type WebSocket, WebSocketServer } from "ws";
import { z } from "zod";
import type { Contender } from "../../bench/server.ts";

/** What a server does wrong, once: at its third event. */
export type Lie = "works" | "loses" | "repeats" | "swaps" | "refuses" | "hangs up";

const published = z.array(z.object({ event: z.string(), data: z.unknown() }));

/** A server whose room has a fault that the benchmark must find. */
export function lyingServer(lie: Lie): Contender {
  return {
    ...{ name: lie, about: "a server with a fault", dialect: "carillon", audiences: ["room", "broadcast"] },
    ...{ canResume: false, canBatch: true },
    start: () => start(lie),
  };
}

async function start(lie: Lie) {
  const clients = new Set<WebSocket>();
  const sockets = new WebSocketServer({ noServer: true });
  let events = 0;
  let offset = 0;
  let held: string | undefined;
  const send = (text: string) => {
    for (const ws of clients) ws.send(text);
  };
  const deliver = (text: string) => {
    const does = events === 3 ? lie : "works";
    if (does === "loses") return;
    if (does === "swaps") {
      held = text;
      return;
    }
    send(text);
    if (does === "repeats") send(text);
    if (does === "hangs up") for (const ws of clients) ws.terminate();
    if (held !== undefined) send(held);
    held = undefined;
  };
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    const results = published.parse(JSON.parse(body)).map(({ event, data }) => {
      events++;
      const target = { channel: "room:bench", connections: clients.size, duplicate: false };
      if (lie === "refuses" && events === 3) {
        return { id: "x", event, targets: [{ ...target, status: "failed", code: "unavailable" }] };
      }
      offset++;
      const frame = { type: "event", channel: "room:bench", event, data, id: "x", at: 0, offset };
      deliver(JSON.stringify(frame));
      return { id: "x", event, targets: [{ ...target, status: "delivered", offset }] };
    });
    response.end(JSON.stringify({ results }));
  });
  server.on("upgrade", (request, socket, head) => {
    sockets.handleUpgrade(request, socket, head, (ws) => {
      clients.add(ws);
      ws.on("close", () => clients.delete(ws));
      ws.on("error", () => clients.delete(ws));
      const position = { epoch: "0", offset };
      const who = { connection: "c", user: "u", roles: [], channels: [] };
      const rest = { recovered: true, expiresAt: Number.MAX_SAFE_INTEGER, heartbeat: 25_000 };
      ws.send(JSON.stringify({ type: "welcome", ...who, position, ...rest }));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const bound = server.address();
  if (bound === null || typeof bound === "string") throw new Error("The server listens nowhere.");
  return {
    port: bound.port,
    usage: () => undefined,
    output: () => "",
    async [Symbol.asyncDispose]() {
      for (const ws of clients) ws.terminate();
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
