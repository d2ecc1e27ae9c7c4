import { evictDurableObject } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { issueDevToken } from "../../src/auth/dev-token.ts";
import { settingsOf } from "../../src/config/settings.ts";
import { type ServerFrame, type ServerFrameOf, serverFrame } from "../../src/protocol/frames.ts";
import { formatPosition, type Position } from "../../src/protocol/position.ts";

export const ORIGIN = "https://carillon.test";

let names = 0;

/** A name that no other test uses: objects of the same name are shared within a file. */
export function fresh(prefix: string): string {
  names += 1;
  return `${prefix}-${names}-${crypto.randomUUID().slice(0, 8)}`;
}

export interface ListenOptions {
  readonly user: string;
  readonly roles?: string[];
  readonly tenants?: string[];
  /** The user's language. */
  readonly locale?: string;
  /** Connects to this room's own socket instead of the user's object. */
  readonly room?: string;
  readonly client?: string;
  readonly since?: Position;
  /** Seconds that the token lives. */
  readonly ttl?: number;
  /** When the token was issued (ms); now unless it is said. */
  readonly issuedAt?: number;
}

/** A token as the identity provider would issue it. */
export async function tokenFor(options: ListenOptions): Promise<string> {
  const { user, roles = [], tenants = [], locale, ttl, issuedAt = Date.now() } = options;
  const request = { userId: user, roles, tenants, locale, ...(ttl !== undefined && { ttl }) };
  return (await issueDevToken(request, settingsOf(env), issuedAt)).token;
}

/** A client in the test's own isolate: it connects through the Worker and keeps every frame in order. */
export class Listener {
  readonly frames: ServerFrame[] = [];
  closed: { code: number; reason: string } | undefined;
  readonly #ws: WebSocket;
  readonly #taken = new Set<ServerFrame>();
  #waiting: (() => void)[] = [];

  private constructor(ws: WebSocket) {
    this.#ws = ws;
    ws.addEventListener("message", ({ data }) => {
      const parsed: unknown = JSON.parse(String(data));
      for (const frame of Array.isArray(parsed) ? parsed : [parsed])
        this.frames.push(serverFrame.parse(frame));
      this.#wake();
    });
    ws.addEventListener("close", ({ code, reason }) => {
      this.closed = { code, reason };
      this.#wake();
    });
    ws.accept();
  }

  static async open(options: ListenOptions): Promise<Listener> {
    const { room, client, since } = options;
    const token = await tokenFor(options);
    const path = room === undefined ? "/connect" : `/rooms/${encodeURIComponent(room)}/connect`;
    const url = new URL(path, ORIGIN);
    if (client !== undefined) url.searchParams.set("client", client);
    if (since) url.searchParams.set("since", formatPosition(since));
    const response = await exports.default.fetch(url, {
      headers: { Upgrade: "websocket", Authorization: `Bearer ${token}` },
    });
    if (!response.webSocket) throw new Error(`No WebSocket: ${response.status} ${await response.text()}`);
    return new Listener(response.webSocket);
  }

  /** Opens and waits for the greeting. */
  static async greeted(
    options: ListenOptions,
  ): Promise<Listener & { readonly welcome: ServerFrameOf<"welcome"> }> {
    const listener = await Listener.open(options);
    const welcome = await listener.next("welcome");
    return Object.assign(listener, { welcome });
  }

  send(...frames: object[]): void {
    for (const frame of frames) this.#ws.send(JSON.stringify(frame));
  }

  sendText(text: string | ArrayBuffer): void {
    this.#ws.send(text);
  }

  close(code?: number, reason?: string): void {
    this.#ws.close(code, reason);
  }

  /** The frames of one type so far. */
  all<Type extends ServerFrame["type"]>(type: Type): ServerFrameOf<Type>[] {
    return this.frames.filter((frame): frame is ServerFrameOf<Type> => frame.type === type);
  }

  /** The next frame of a type that fits, among those that have not been asked for before. */
  async next<Type extends ServerFrame["type"]>(
    type: Type,
    fits: (frame: ServerFrameOf<Type>) => boolean = () => true,
  ): Promise<ServerFrameOf<Type>> {
    const find = () => this.all(type).find((frame) => !this.#taken.has(frame) && fits(frame));
    await this.until(() => find() !== undefined, `a fitting "${type}" frame`);
    const frame = find();
    if (!frame) throw new Error("It was there a moment ago.");
    this.#taken.add(frame);
    return frame;
  }

  /** Follows a room and waits for the answer. */
  async follow(room: string, since?: string): Promise<ServerFrameOf<"subscribed">> {
    this.send({ type: "subscribe", channels: [{ channel: room, ...(since !== undefined && { since }) }] });
    return this.next("subscribed", ({ channel }) => channel === room);
  }

  /** Waits until something holds, looking after each frame and close. */
  async until(holds: () => boolean, what: string): Promise<void> {
    const deadline = Date.now() + 10_000;
    while (!holds()) {
      if (Date.now() > deadline) {
        const seen = JSON.stringify({ frames: this.frames, closed: this.closed });
        throw new Error(`Waited in vain for ${what}. Seen: ${seen}`);
      }
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
        setTimeout(resolve, 100);
      });
    }
  }

  async untilClosed(): Promise<{ code: number; reason: string }> {
    await this.until(() => this.closed !== undefined, "the connection to close");
    return this.closed ?? { code: 0, reason: "" };
  }

  /** Event names with their offsets, as they came. */
  get events(): string[] {
    return this.all("event").map(({ event, offset }) => `${event}@${offset ?? "-"}`);
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

/** Puts objects to sleep, their sockets kept; one that is not awake sleeps already. */
export async function sleepAll(...stubs: DurableObjectStub[]): Promise<void> {
  for (const stub of stubs) {
    await evictDurableObject(stub, { webSockets: "hibernate" }).catch((error: unknown) => {
      if (!String(error).includes("not currently running")) throw error;
    });
  }
}

export interface Published {
  readonly results: {
    id: string;
    targets: {
      channel: string;
      status: string;
      code?: string;
      offset?: number;
      connections: number;
      duplicate: boolean;
    }[];
  }[];
}

/** Posts to /publish through the Worker. */
export async function publish(body: unknown): Promise<Published> {
  const response = await exports.default.fetch(`${ORIGIN}/publish`, {
    method: "POST",
    headers: { Authorization: "Bearer dev-only-publish-key" },
    body: JSON.stringify(body),
  });
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
  return await response.json<Published>();
}

/** Publishes one event to one channel and gives the result at that target. */
export async function publishTo(channel: string, event: string, more: object = {}) {
  const { results } = await publish({ event, to: { channels: [channel] }, ...more });
  const target = results[0]?.targets[0];
  if (!target) throw new Error("A publish has a result for its target.");
  return target;
}
