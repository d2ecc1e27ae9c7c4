import type { ServerFrame } from "../protocol/frames.ts";
import type { Outgoing } from "./frame.ts";
import type { Ending, Line, LineEvents } from "./line.ts";

/** What a request to follow a room at its own address says. */
export interface Direct {
  readonly ref: string;
  readonly channel: string;
  readonly since: string | undefined;
  /** Relative to the service's address. */
  readonly url: string;
}

export interface TrunkOptions {
  /** Opens the user's line. */
  open(events: LineEvents): Line;
  /** Opens a line to a room's own sockets, with a token that is good. */
  openRoom(direct: Direct, events: LineEvents): Promise<Line>;
  /** A line has ended: what it was by may be no good any more. */
  roomEnded(ending: Ending): void;
}

/** A room that has moved, and the line to it. */
interface MovedRoom {
  line: Line | undefined;
  /** What waits for its greeting: other tabs ask for the room from positions of their own. Nothing, once it has come. */
  waiting: Outgoing[] | undefined;
}

/**
 * The user's line, and one for each room that has moved to sockets of its own (rule N4). What comes over any of them is
 * as if it had come over one.
 */
export class Trunk implements Line {
  readonly #options: TrunkOptions;
  readonly #events: LineEvents;
  readonly #own: Line;
  readonly #rooms = new Map<string, MovedRoom>();

  /** @throws {Error} where the user's line cannot be opened. */
  constructor(options: TrunkOptions, events: LineEvents) {
    this.#options = options;
    this.#events = events;
    this.#own = options.open({ ...events, ended: (ending) => this.#ended(ending) });
  }

  send(frame: Outgoing): void {
    const { channel, channels, url } = frame;
    const [first] = Array.isArray(channels) ? channels : [];
    const name = String(channel ?? first?.channel ?? first);
    const room = this.#rooms.get(name);
    if (frame.type === "unsubscribe" && room) this.#leave(name);
    else if (frame.type === "auth") for (const line of this.#lines()) line.send(frame);
    // Where a room is asked for without its address, together with others perhaps, the user's line says where it is.
    else if (room && (frame.type !== "subscribe" || url !== undefined)) sendTo(room, frame);
    else if (typeof url === "string")
      void this.#open({ ref: String(frame.ref), channel: name, since: first?.since, url });
    else this.#own.send(frame);
  }

  probe(): void {
    for (const line of this.#lines()) line.probe();
  }

  close(): void {
    for (const line of this.#lines()) line.close();
    this.#rooms.clear();
  }

  #lines(): Line[] {
    return [this.#own, ...[...this.#rooms.values()].flatMap(({ line }) => line ?? [])];
  }

  /** The user's line is gone, and everything with it: the next one says where each room is then. */
  #ended(ending: Ending): void {
    this.close();
    this.#events.ended(ending);
  }

  #leave(channel: string): void {
    this.#rooms.get(channel)?.line?.close();
    this.#rooms.delete(channel);
  }

  async #open(direct: Direct): Promise<void> {
    const { channel, ref } = direct;
    const room: MovedRoom = { line: undefined, waiting: [] };
    this.#rooms.set(channel, room);
    const isHere = () => this.#rooms.get(channel) === room;
    const ended = (ending: Ending) => {
      if (!isHere()) return;
      this.#leave(channel);
      this.#options.roomEnded(ending);
      this.#events.frame(farewell(channel, ending));
    };
    const frame = (frame: ServerFrame) => {
      if (frame.type !== "welcome") return this.#events.frame(frame);
      const { position, recovered, presence } = frame;
      this.#events.frame({ type: "subscribed", ref, channel, position, recovered, presence });
      const waiting = room.waiting ?? [];
      room.waiting = undefined;
      for (const one of waiting) sendTo(room, one);
    };
    try {
      const line = await this.#options.openRoom(direct, { ...this.#events, frame, ended });
      if (isHere()) room.line = line;
      else line.close();
    } catch {
      ended({ verdict: "later", reason: "network" });
    }
  }
}

function sendTo({ line, waiting }: MovedRoom, { url: _, ...frame }: Outgoing): void {
  if (waiting) waiting.push(frame as Outgoing);
  else line?.send(frame as Outgoing);
}

/** What the end of a room's line says: without a `ref`, to all who follow it. */
function farewell(channel: string, { verdict, reason }: Ending): ServerFrame {
  // What took a room's own place is an attempt that was given up: where it is somebody else, the user's line ends, too.
  if (verdict === "never" && reason !== "replaced")
    return { type: "unsubscribed", channel, code: "forbidden" };
  return {
    type: "error",
    channel,
    code: "unavailable",
    message: `The line ended: ${reason}.`,
    retryable: true,
  };
}
