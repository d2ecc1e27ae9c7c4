import { DurableObject } from "cloudflare:workers";

// The floor of the platform: an object that sends the same frames to hibernating sockets in a plain loop. It checks
// nobody, stores nothing and remembers nothing but its sockets. The module imports nothing but what the runtime has.

interface BareEnv {
  readonly OBJECTS: DurableObjectNamespace<BareObject>;
}

interface Published {
  readonly event: string;
  readonly data: unknown;
  readonly to: { readonly users?: readonly string[]; readonly channels?: readonly string[] };
}

/** Numbers stay as short as those of others. */
const NUMBERED_FROM = Date.UTC(2026, 0);

/** One channel. */
export class BareObject extends DurableObject<BareEnv> {
  #sockets: WebSocket[];
  /** Nothing is stored, so an object that sleeps and wakes goes on from a number that is higher than any before. */
  #top = Date.now() - NUMBERED_FROM;

  constructor(ctx: DurableObjectState, env: BareEnv) {
    super(ctx, env);
    this.#sockets = ctx.getWebSockets();
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair('{"type":"ping"}', '{"type":"pong"}'));
  }

  override fetch(request: Request): Response {
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server);
    this.#sockets.push(server);
    server.send(
      JSON.stringify({
        ...{ type: "welcome", connection: crypto.randomUUID() },
        ...{ user: userOf(request), roles: [], channels: [] },
        position: { epoch: "0", offset: this.#top },
        ...{ recovered: true, expiresAt: Date.now() + 86_400_000, heartbeat: 25_000 },
      }),
    );
    const headers = { "Sec-WebSocket-Protocol": "carillon.v1" };
    return new Response(null, { status: 101, webSocket: client, headers });
  }

  deliver(channel: string, id: string, event: string, data: unknown) {
    const offset = ++this.#top;
    const text = JSON.stringify({ type: "event", channel, event, data, id, at: Date.now(), offset });
    for (const socket of this.#sockets) socket.send(text);
    return { channel, status: "delivered", offset, connections: this.#sockets.length, duplicate: false };
  }

  override webSocketClose(socket: WebSocket): void {
    this.#sockets = this.#sockets.filter((other) => other !== socket);
  }
}

export default {
  async fetch(request, env): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (pathname === "/publish") return publish(await request.json<Published[]>(), env);
    const room = /^\/rooms\/([^/]+)\/connect$/.exec(pathname)?.[1];
    const channel = room === undefined ? `user:${userOf(request)}` : decodeURIComponent(room);
    return env.OBJECTS.getByName(channel).fetch(request);
  },
} satisfies ExportedHandler<BareEnv>;

function userOf(request: Request): string {
  return new URL(request.url).searchParams.get("user") ?? "";
}

async function publish(events: readonly Published[], env: BareEnv): Promise<Response> {
  const results = await Promise.all(
    events.map(async ({ event, data, to }) => {
      const id = crypto.randomUUID();
      const channels = to.channels ?? (to.users ?? []).map((user) => `user:${user}`);
      const targets = await Promise.all(
        channels.map((channel) => env.OBJECTS.getByName(channel).deliver(channel, id, event, data)),
      );
      return { id, event, targets };
    }),
  );
  return Response.json({ results });
}
