import { type ClientOptions, WebSocket } from "ws";
import { type ServerFrame, type ServerFrameOf, SUBPROTOCOL, serverFrame } from "../../src/protocol/frames.ts";

/** How long anything is awaited, in ms; more than any answer takes on a busy machine. */
const PATIENCE = 10_000;

/**
 * How long to wait, in ms, for the other side to let go of the line once both have said goodbye. The runtime sends the
 * server's goodbye at once but may keep the line for 10 s more; code and reason are those of the handshake either way.
 */
const LINGER = 500;

/** How a connection ended, as the closing handshake said it. */
export interface End {
  readonly code: number;
  readonly reason: string;
}

export interface SocketOptions {
  /** `carillon.v1` unless said otherwise. */
  readonly protocols?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * A client over the network that keeps every frame it got. Whatever it waits for, it says so when that does not come.
 *
 * @example
 * const socket = await Socket.open(`${service.wsUrl}/connect?token=${token}`);
 * await socket.next("event", "the published event");
 */
export class Socket {
  /** The messages as they came, to the letter. */
  readonly messages: string[] = [];
  /** The frames in order, those of a bundle one by one. */
  readonly frames: ServerFrame[] = [];
  readonly #ws: WebSocket;
  readonly #taken = new Set<ServerFrame>();
  readonly #waiting = new Set<() => void>();
  #fault: Error | undefined;
  #end: End | undefined;

  private constructor(url: string, { protocols = [SUBPROTOCOL], headers = {} }: SocketOptions) {
    const options: ClientOptions & { closeTimeout: number } = {
      headers: { ...headers },
      closeTimeout: LINGER,
    };
    this.#ws = new WebSocket(url, [...protocols], options);
    this.#ws.on("open", () => this.#wake());
    this.#ws.on("message", (data) => this.#receive(String(data)));
    this.#ws.on("error", (error) => {
      this.#fault ??= error;
      this.#wake();
    });
    this.#ws.on("close", (code, reason) => {
      this.#end = { code, reason: reason.toString() };
      this.#wake();
    });
  }

  /** Opens a connection. The service accepts every WebSocket request; whom it refuses, it tells by a frame. */
  static async open(url: string, options: SocketOptions = {}): Promise<Socket> {
    const socket = new Socket(url, options);
    await socket.until(() => socket.#ws.readyState !== WebSocket.CONNECTING, "the connection to open");
    return socket;
  }

  /** Opens a connection and waits for its greeting. */
  static async greeted(url: string, options: SocketOptions = {}): Promise<Socket> {
    const socket = await Socket.open(url, options);
    await socket.next("welcome", "the greeting");
    return socket;
  }

  /** The subprotocol that the service chose, empty if none. */
  get protocol(): string {
    return this.#ws.protocol;
  }

  get isOpen(): boolean {
    return this.#ws.readyState === WebSocket.OPEN;
  }

  /** The greeting, which `greeted` has awaited. */
  get welcome(): ServerFrameOf<"welcome"> {
    const [welcome] = this.all("welcome");
    if (!welcome) throw new Error(`There was no greeting. ${this.#seen()}`);
    return welcome;
  }

  /** Frames as one message: one as it is, several as an array. */
  send(...frames: object[]): void {
    this.#ws.send(JSON.stringify(frames.length === 1 ? frames[0] : frames));
  }

  /** A text message, or a binary one, to the letter. */
  sendRaw(message: string | Uint8Array): void {
    this.#ws.send(message);
  }

  /** Bytes that claim to be text. */
  sendAsText(bytes: Uint8Array): void {
    this.#ws.send(bytes, { binary: false });
  }

  /** Begins the closing handshake. */
  close(code?: number, reason?: string): void {
    this.#ws.close(code, reason);
  }

  /** Goes without a handshake, as a device does that loses its network. */
  drop(): void {
    this.#ws.terminate();
  }

  /** All frames of a type so far. */
  all<Type extends ServerFrame["type"]>(type: Type): ServerFrameOf<Type>[] {
    return this.frames.filter((frame): frame is ServerFrameOf<Type> => frame.type === type);
  }

  /** The next frame of a type that fits and that was not asked for before. */
  async next<Type extends ServerFrame["type"]>(
    type: Type,
    what: string,
    fits: (frame: ServerFrameOf<Type>) => boolean = () => true,
  ): Promise<ServerFrameOf<Type>> {
    let found: ServerFrameOf<Type> | undefined;
    await this.until(() => {
      found = this.all(type).find((frame) => !this.#taken.has(frame) && fits(frame));
      return found !== undefined;
    }, what);
    if (!found) throw new Error("What was awaited is gone.");
    this.#taken.add(found);
    return found;
  }

  /** Follows a room and waits for the answer. */
  async follow(channel: string, since?: string): Promise<ServerFrameOf<"subscribed">> {
    this.send({ type: "subscribe", channels: [since === undefined ? channel : { channel, since }] });
    return this.next("subscribed", `the answer that ${channel} is followed`);
  }

  /** Waits for the end of the closing handshake. */
  async ended(what = "the connection to end"): Promise<End> {
    await this.until(() => this.#end !== undefined, what);
    return this.#end ?? { code: 0, reason: "" };
  }

  /** Waits until something holds, looking again whenever something came. */
  async until(holds: () => boolean, what: string): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const look = () => {
      if (holds()) resolve();
      else if (this.#fault)
        reject(new Error(`Awaited ${what}, but: ${this.#fault.message}. ${this.#seen()}`));
      else if (this.#end) reject(new Error(`Awaited ${what}, but the connection ended. ${this.#seen()}`));
    };
    const timer = setTimeout(
      () => reject(new Error(`Awaited ${what} for ${PATIENCE / 1000} s. ${this.#seen()}`)),
      PATIENCE,
    );
    this.#waiting.add(look);
    try {
      look();
      await promise;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(look);
    }
  }

  #receive(text: string): void {
    this.messages.push(text);
    try {
      const message: unknown = JSON.parse(text);
      for (const item of Array.isArray(message) ? message : [message]) {
        this.frames.push(serverFrame.parse(item));
      }
    } catch (cause) {
      this.#fault ??= new Error(`the service sent what is no frame: ${text.slice(0, 300)}`, { cause });
    }
    this.#wake();
  }

  #wake(): void {
    for (const look of [...this.#waiting]) look();
  }

  #seen(): string {
    return `Received: ${this.messages.join(" ").slice(0, 2000) || "nothing"}. Ended: ${JSON.stringify(this.#end)}`;
  }
}
