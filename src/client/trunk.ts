import type { ServerFrame } from "../protocol/frames.ts";
import type { Outgoing } from "./frame.ts";
import type { Ending, Line, LineEvents } from "./line.ts";
import type { TokenSource } from "./token-source.ts";

/** What a request to follow a room at its own address says. */
export interface Direct {
  readonly ref: string;
  readonly channel: string;
  readonly since: string | undefined;
  /** Below the service's address. */
  readonly url: string;
}

/** Opens a line to a room's own sockets, with a token that is good. */
export type OpenRoom = (direct: Direct, events: LineEvents) => Promise<Line>;

export interface TrunkOptions {
  readonly openRoom: OpenRoom;
  readonly tokens: TokenSource;
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
 *
 * @param own the user's line; when it ends whoever opened it closes this one.
 */
export function createTrunk(own: Line, { openRoom, tokens }: TrunkOptions, events: LineEvents): Line {
  const rooms = new Map<string, MovedRoom>();
  const lines = () => [own, ...[...rooms.values()].flatMap(({ line }) => line ?? [])];

  function leave(channel: string): void {
    rooms.get(channel)?.line?.close();
    rooms.delete(channel);
  }

  async function open(direct: Direct): Promise<void> {
    const { channel, ref } = direct;
    const room: MovedRoom = { line: undefined, waiting: [] };
    rooms.set(channel, room);
    const isHere = () => rooms.get(channel) === room;
    const ended = (ending: Ending) => {
      if (!isHere()) return;
      leave(channel);
      if (ending.verdict === "renew") tokens.forget();
      events.frame(farewell(channel, ending));
    };
    const frame = (frame: ServerFrame) => {
      if (frame.type !== "welcome") return events.frame(frame);
      const { position, recovered, presence } = frame;
      events.frame({ type: "subscribed", ref, channel, position, recovered, presence });
      const waiting = room.waiting ?? [];
      room.waiting = undefined;
      for (const one of waiting) sendTo(room, one);
    };
    try {
      const line = await openRoom(direct, { ...events, frame, ended });
      if (isHere()) room.line = line;
      else line.close();
    } catch {
      ended({ verdict: "later", reason: "network" });
    }
  }

  return {
    over: "websocket",
    send(frame) {
      const { type, url, channels, ref } = frame;
      // The channel that it is about, the first where it names several.
      const [first] = Array.isArray(channels) ? channels : [];
      const channel = String(frame.channel ?? first?.channel ?? first);
      const room = rooms.get(channel);
      if (type === "unsubscribe" && room) leave(channel);
      else if (type === "auth") for (const line of lines()) line.send(frame);
      // Where a room is asked for without its address, together with others perhaps, the user's line says where it is.
      else if (room && (type !== "subscribe" || url !== undefined)) sendTo(room, frame);
      else if (typeof url === "string") {
        void open({ ref: String(ref), channel, since: first?.since, url: url.replace(/^\//, "") });
      } else own.send(frame);
    },
    probe() {
      for (const line of lines()) line.probe();
    },
    close() {
      for (const line of lines()) line.close();
      rooms.clear();
    },
  };
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
