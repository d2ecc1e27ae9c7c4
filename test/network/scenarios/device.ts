import { PING, type ServerFrame, type ServerFrameOf } from "../../../src/protocol/frames.ts";
import { LogCursor } from "../../support/log-cursor.ts";
import { Socket } from "../../support/socket.ts";

/** The event that is published to see what came before it. It is no part of what anybody hears. */
export const MARKER = "marker";

/** What the inbox says of itself whenever something is put into it, beside the notification that says the same. */
const COUNT = "unread:count";

export type HeardEvent = ServerFrameOf<"event">;

/** How often a device pings, in ms: well within what any scenario sets as the life of a silent connection. */
const HEARTBEAT = 3_000;

/** One person's connection, which counts what comes over it as a client does. */
export class Device {
  readonly socket: Socket;
  readonly #own = new LogCursor();
  readonly #rooms = new Map<string, LogCursor>();
  readonly #heartbeat: NodeJS.Timeout | undefined;
  #looked = 0;
  #refs = 0;

  private constructor(socket: Socket, pings: boolean) {
    this.socket = socket;
    if (pings) this.#heartbeat = setInterval(() => socket.isOpen && socket.sendRaw(PING), HEARTBEAT);
  }

  /** Opens a connection and waits for its greeting. */
  static async open(url: string, { pings = true } = {}): Promise<Device> {
    return new Device(await Socket.greeted(url), pings);
  }

  get welcome(): ServerFrameOf<"welcome"> {
    return this.socket.welcome;
  }

  /** Where the next connection goes on: what was heard so far is not asked for again. */
  get since(): string {
    return this.#own.since ?? "0.0";
  }

  /** The same for a room that it follows. */
  sinceOf(room: string): string {
    return this.#rooms.get(room)?.since ?? "0.0";
  }

  /** Sends a request and gives its answer, whether it was granted or refused. */
  async ask(request: object): Promise<ServerFrame> {
    this.#refs += 1;
    const ref = this.#refs;
    this.socket.send({ ...request, ref });
    return this.#await(
      (frame) => "ref" in frame && frame.ref === ref,
      `the answer to ${JSON.stringify(request)}`,
    );
  }

  /** Follows a room, from a position if one is said. */
  async follow(room: string, since?: string): Promise<ServerFrame> {
    this.#rooms.set(room, new LogCursor());
    return this.ask({ type: "subscribe", channels: [since === undefined ? room : { channel: room, since }] });
  }

  /**
   * What came since this was last asked, up to the marker of this id.
   *
   * @throws {Error} where an event is missing between others.
   */
  async heardBefore(id: string): Promise<HeardEvent[]> {
    const last = await this.#await((frame) => frame.type === "event" && frame.id === id, `the marker ${id}`);
    const end = this.socket.frames.indexOf(last) + 1;
    const frames = this.socket.frames.slice(this.#looked, end);
    this.#looked = end;
    return frames
      .flatMap((frame) => this.#take(frame))
      .filter(({ event }) => event !== MARKER && event !== COUNT);
  }

  /** Goes without a handshake. */
  drop(): void {
    clearInterval(this.#heartbeat);
    this.socket.drop();
  }

  /** Says goodbye, and waits until it is answered. */
  async leave(): Promise<void> {
    clearInterval(this.#heartbeat);
    this.socket.close(1000, "bye");
    await this.socket.ended("the goodbye to be answered");
  }

  async #await(fits: (frame: ServerFrame) => boolean, what: string): Promise<ServerFrame> {
    let found: ServerFrame | undefined;
    await this.socket.until(() => {
      found = this.socket.frames.find(fits);
      return found !== undefined;
    }, what);
    if (!found) throw new Error("What was awaited is gone.");
    return found;
  }

  /** Counts a frame as rule F5 wants it: what was had is dropped, and a hole is an error. */
  #take(frame: ServerFrame): HeardEvent[] {
    if (frame.type === "welcome") this.#own.begin(frame.position, frame.recovered);
    else if (frame.type === "subscribed") {
      this.#rooms.get(frame.channel)?.begin(frame.position, frame.recovered);
    } else if (frame.type === "skip") this.#logOf(frame.channel).skip(frame.upTo);
    if (frame.type !== "event") return [];
    const fit = frame.offset === undefined ? "next" : this.#logOf(frame.channel).take(frame.offset);
    if (fit === "ahead") throw new Error(`Something is missing before ${JSON.stringify(frame)}`);
    return fit === "next" ? [frame] : [];
  }

  /** What is not of a room lies in the user's log. */
  #logOf(channel: string): LogCursor {
    return this.#rooms.get(channel) ?? this.#own;
  }
}
