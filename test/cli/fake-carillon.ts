import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { decodeJwt } from "jose";
import { onTestFinished } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";
import { z } from "zod";
import { clientFrame, PONG, type ServerFrameOf, SUBPROTOCOL } from "../../src/protocol/frames.ts";
import { parsePosition } from "../../src/protocol/position.ts";
import { portOf } from "./fake-service.ts";

/** One thing that the service does wrong, so that the smoke test must find it. */
export type Fault =
  | "none"
  | "never greets"
  | "loses what was missed"
  | "sends it twice"
  | "sends it in another order"
  | "does not recover"
  | "takes any token"
  | "needs no key"
  | "keeps no inbox"
  | "tells nobody of marks"
  | "deletes nothing"
  | "repeats the token in its messages";

type Event = ServerFrameOf<"event">;

const publication = z.object({
  id: z.string(),
  event: z.string(),
  data: z.unknown().optional(),
  to: z.object({ users: z.array(z.string()).optional(), channels: z.array(z.string()).optional() }),
  notification: z.object({ title: z.string() }).optional(),
});

/** A notification, of whichever user. */
interface Item {
  readonly id: string;
  readonly title: string;
  readAt: number | null;
}

/**
 * As much of Carillon as the smoke test uses, on one machine and in one process: a log for each channel, its
 * listeners, resuming, one inbox. The real service has the same test run against it over the network.
 */
export async function fakeCarillon(key: string, fault: Fault): Promise<string> {
  const logs = new Map<string, Event[]>();
  const listeners = new Map<string, Set<WebSocket>>();
  const inbox = new Map<string, Item>();
  const logOf = (channel: string) => logs.get(channel) ?? put(logs, channel, []);
  const listenersOf = (channel: string) => listeners.get(channel) ?? put(listeners, channel, new Set());

  function answer(request: IncomingMessage, response: ServerResponse, text: string): void {
    const reply = (status: number, body: unknown) =>
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    if (request.url === "/health") reply(200, { ok: true, version: "fake", environment: "test" });
    else if (request.url?.startsWith("/inbox?")) {
      reply(200, { notifications: [...inbox.values()], next: null, counts: countsNow() });
    } else if (request.url === "/inbox/mark") {
      const { ids } = z.object({ ids: z.array(z.string()) }).parse(JSON.parse(text));
      if (fault !== "deletes nothing") for (const id of ids) inbox.delete(id);
      reply(200, { counts: countsNow() });
    } else if (inbox.has(request.url?.replace("/inbox/", "") ?? "")) reply(200, {});
    else if (request.url !== "/publish") reply(404, { code: "not_found", detail: "Nothing is there." });
    else if (request.headers.authorization !== `Bearer ${key}` && fault !== "needs no key") {
      reply(401, { code: "unauthorized", detail: "A publish key is required." });
    } else reply(200, { results: [publish(text)] });
  }

  function countsNow() {
    const unread = [...inbox.values()].filter(({ readAt }) => readAt === null).length;
    return { total: inbox.size, unread, unseen: unread };
  }

  function publish(text: string) {
    const {
      id,
      event,
      data = null,
      to,
      notification,
    } = publication.extend({ id: z.string().default("made-up") }).parse(JSON.parse(text));
    const channel = to.users ? `user:${to.users[0]}` : `${to.channels?.[0]}`;
    if (notification && fault !== "keeps no inbox")
      inbox.set(id, { id, title: notification.title, readAt: null });
    const log = logOf(channel);
    const frame: Event = { type: "event", channel, event, data, id, at: Date.now(), offset: log.length + 1 };
    log.push(frame);
    for (const socket of listenersOf(channel)) socket.send(JSON.stringify(frame));
    const connections = listenersOf(channel).size;
    const status = connections > 0 ? "delivered" : "stored";
    return { id, event, targets: [{ channel, status, offset: frame.offset, connections, duplicate: false }] };
  }

  function greet(socket: WebSocket, request: IncomingMessage): void {
    const send = (frame: unknown) => socket.send(JSON.stringify(frame));
    const [, bearer = ""] = `${request.headers["sec-websocket-protocol"]}`.split("bearer.");
    if (fault === "never greets") return;
    if (!bearer.startsWith("eyJ") && fault !== "takes any token") {
      send({ type: "close", code: 1008, reason: "unauthorized" });
      socket.close(1008, "unauthorized");
      return;
    }
    const user = bearer.startsWith("eyJ") ? `${decodeJwt(bearer).sub}` : "anyone";
    const channel = `user:${user}`;
    const since = parsePosition(new URL(request.url ?? "", "http://fake").searchParams.get("since") ?? "");
    const log = logOf(channel);
    const welcome = {
      type: "welcome",
      connection: "c1",
      user: fault === "repeats the token in its messages" ? bearer : user,
      roles: [],
      channels: [channel],
      position: since ?? { epoch: log.length === 0 ? "0" : "e1", offset: log.length },
      recovered: fault !== "does not recover" || since === undefined,
      expiresAt: Date.now() + 60_000,
      heartbeat: 25_000,
    };
    const missed = since ? replay(log.slice(since.offset)) : [];
    send([
      welcome,
      ...missed,
      { type: "live", channel, replayed: missed.length },
      { type: "of a later version" },
    ]);
    listenersOf(channel).add(socket);
    socket.on("close", () => {
      for (const set of listeners.values()) set.delete(socket);
    });
    socket.on("message", (data) => {
      const frame = clientFrame.parse(JSON.parse(String(data)));
      if (frame.type === "ping") socket.send(PONG);
      if (frame.type === "mark") {
        for (const id of frame.ids ?? []) {
          const item = inbox.get(id);
          if (item) item.readAt = Date.now();
        }
        send({ type: "ok", ref: frame.ref, counts: countsNow() });
        const told = { ids: frame.ids, as: frame.as, at: Date.now(), counts: countsNow() };
        const passing = { type: "event", channel, event: "notification:updated", data: told, id: "m", at: 1 };
        if (fault !== "tells nobody of marks") send(passing);
      }
      if (frame.type !== "subscribe") return;
      for (const { channel } of frame.channels) {
        listenersOf(channel).add(socket);
        const position = { epoch: "0", offset: 0 };
        send({ type: "subscribed", ref: frame.ref, channel, position, recovered: true });
      }
    });
  }

  function replay(missed: Event[]): Event[] {
    if (fault === "loses what was missed") return missed.slice(1);
    if (fault === "sends it twice") return [...missed, ...missed];
    return fault === "sends it in another order" ? missed.toReversed() : missed;
  }

  const server = createServer((request, response) => {
    let text = "";
    request.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
    });
    request.on("end", () => answer(request, response, text));
  });
  const sockets = new WebSocketServer({ server, path: "/connect", handleProtocols: () => SUBPROTOCOL });
  sockets.on("connection", greet);
  const listening = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", listening.resolve);
  await listening.promise;
  onTestFinished(() => {
    for (const socket of sockets.clients) socket.terminate();
    sockets.close();
    server.close();
  });
  return `http://127.0.0.1:${portOf(server.address())}`;
}

function put<Value>(map: Map<string, Value>, key: string, value: Value): Value {
  map.set(key, value);
  return value;
}
