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

/**
 * The user's line, and one for each room that has moved to sockets of its own (rule N4). What comes over any of them is
 * as if it had come over one.
 */
export class Trunk implements Line {
  readonly #options: TrunkOptions;
  readonly #events: LineEvents;
  readonly #own: Line;
  readonly #rooms = new Map<string, { ref: string; line: Line | undefined }>();

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
    else if (typeof url === "string") this.#sendDirect(frame, name, url, first?.since);
    else if (frame.type === "auth") for (const line of this.#lines()) line.send(frame);
    else (room?.line ?? this.#own).send(frame);
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

  #sendDirect({ url: _, ...frame }: Outgoing, channel: string, url: string, since: string | undefined): void {
    const ref = String(frame.ref);
    const known = this.#rooms.get(channel);
    if (!known) {
      void this.#open({ ref, channel, since, url });
      return;
    }
    known.ref = ref;
    // While it is being opened its greeting will be the answer.
    known.line?.send(frame as Outgoing);
  }

  async #open(direct: Direct): Promise<void> {
    const { channel } = direct;
    const room: { ref: string; line: Line | undefined } = { ref: direct.ref, line: undefined };
    this.#rooms.set(channel, room);
    const isHere = () => this.#rooms.get(channel) === room;
    const ended = (ending: Ending) => {
      if (!isHere()) return;
      this.#leave(channel);
      this.#options.roomEnded(ending);
      this.#events.frame(farewell(channel, room.ref, ending));
    };
    const frame = (frame: ServerFrame) => {
      if (frame.type !== "welcome") return this.#events.frame(frame);
      const { position, recovered, presence } = frame;
      this.#events.frame({ type: "subscribed", ref: room.ref, channel, position, recovered, presence });
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

/** What the end of a room's line says to those who follow it. */
function farewell(channel: string, ref: string, { verdict, reason }: Ending): ServerFrame {
  if (verdict === "never") return { type: "unsubscribed", channel, code: "forbidden" };
  return {
    type: "error",
    ref,
    channel,
    code: "unavailable",
    message: `The line ended: ${reason}.`,
    retryable: true,
  };
}
