import type { ServerFrame, ServerFrameOf } from "../protocol/frames.ts";
import { type Position, start } from "../protocol/position.ts";
import type { Channel, ClientError, Received } from "./api.ts";
import type { ChannelFront } from "./channel.ts";
import { CarillonClientError } from "./client-error.ts";
import { type HistoryQuery, readHistory } from "./history.ts";
import type { HttpOptions } from "./http.ts";
import type { Logs } from "./logs.ts";
import type { Memory } from "./memory.ts";
import { outboxOf, type Sending } from "./outbox.ts";
import { createPresence } from "./presence.ts";
import { createRoom, type Room } from "./room.ts";
import { createTyping } from "./typing.ts";

export { createTrunk as trunk } from "./trunk.ts";

/** How many channels one request names: with their positions as many as surely have room in a frame. */
const MAX_CHANNELS = 30;

/** What rooms need of their client. */
export interface RoomsHost {
  readonly service: HttpOptions;
  readonly logs: Logs;
  readonly sending: Sending;
  readonly memory: Memory;
  /** Who is connected. */
  user(): string | undefined;
  /** A room that was followed may not be any more. */
  refused(error: ClientError): void;
}

/** A channel as a room: whether it is followed, who is there and types there, and what it keeps. */
export interface RoomChannel {
  subscribe(options: Parameters<Channel["subscribe"]>[0]): Promise<void>;
  /** Nobody wants it followed any more, perhaps. */
  unsubscribe(): void;
  history(query: HistoryQuery | undefined): ReturnType<Channel["history"]>;
  readonly presence: ReturnType<typeof createPresence>;
  readonly typing: ReturnType<typeof createTyping>;
  /** The room is left: nothing is known any more, and nothing is said again. */
  forget(): void;
}

export type Rooms = ReturnType<typeof create>;

/** The rooms that the client follows. A part of its own. */
export function create(host: RoomsHost) {
  const { logs, service, sending, memory, refused } = host;
  const { nextRef, send } = sending;
  const { put } = outboxOf(sending);
  const channels = new Map<string, RoomChannel>();

  /** Enters rooms on a connection. A channel that is followed from the start needs nothing. */
  function enter(entered: readonly Room[]): void {
    const isFollowed = ({ name }: Room) => logs.channels().includes(name);
    for (const room of entered) {
      // The answer tells it from a room of such a name.
      room.isOwn = logs.isOwn(room.name);
      room.subscription = "subscribing";
      if (isFollowed(room)) room.entered?.();
    }
    const asked = entered.filter((room) => !isFollowed(room));
    for (let from = 0; from < asked.length; from += MAX_CHANNELS) {
      logs.ask(asked.slice(from, from + MAX_CHANNELS));
    }
  }

  /** Follows a room: from where it was left, from `since`, or from the top. */
  function follow(name: string, since?: Position): Room {
    const room = createRoom(name, since);
    logs.rooms.set(name, room);
    logs.others.delete(name);
    if (logs.isGreeted()) enter([room]);
    return room;
  }

  function leave(name: string): void {
    const room = logs.rooms.get(name);
    logs.rooms.delete(name);
    if (!room) return;
    room.refused?.(new CarillonClientError("closed", "It was given up."));
    if (room.isOwn || !logs.isGreeted()) return;
    logs.others.add(name);
    send({ type: "unsubscribe", ref: nextRef(), channels: [name] });
  }

  function createRoomChannel(front: ChannelFront): RoomChannel {
    const { name } = front;
    const known = () => logs.rooms.get(name);
    const request = (type: string, more: object) => send({ type, ref: nextRef(), channel: name, ...more });
    const presence = createPresence(front, {
      // Without `since` the room goes on from where it is (R5).
      ask: () => request("subscribe", { channels: [name], url: known()?.url }),
      say: (state) => void put({ type: "presence", channel: name, state }).catch(() => undefined),
    });
    const typing = createTyping(front, {
      platform: service.platform,
      // Unless there is no connection: late it would be wrong.
      tell: (isTyping) => request("publish", { event: "typing", data: { isTyping } }),
    });
    function forget(): void {
      presence.forget();
      typing.forget();
    }
    return {
      presence,
      typing,
      forget,
      subscribe({ since } = {}) {
        const room = known();
        if (room && since === undefined && room.subscription !== "refused") return room.entry;
        // What was kept counts once, also where it is not what is asked for.
        const before = memory.positionIn(name);
        const { entry } = follow(name, since === "beginning" ? start : (since ?? before));
        // Should the page be loaded anew before anything comes, it is to find from where the room was followed.
        memory.keep(logs);
        return entry;
      },
      unsubscribe() {
        // A page that gives way to another one, or draws itself again, often follows the same room in the next moment.
        queueMicrotask(() => {
          if (front.wanted || !known()) return;
          leave(name);
          front.said = null;
          forget();
        });
      },
      history: (query) => readHistory(service, name, query),
    };
  }

  return {
    put,
    of(front: ChannelFront): RoomChannel {
      const channel = channels.get(front.name) ?? createRoomChannel(front);
      channels.set(front.name, channel);
      return channel;
    },
    /** There is a connection: whatever is followed is asked for over it. */
    connected: () => enter([...logs.rooms.values()]),
    /** It is gone: nobody is known to type, and nothing is said of it. */
    disconnected(): void {
      for (const room of logs.rooms.values()) room.subscription = "subscribing";
      for (const { typing } of channels.values()) typing.forget();
    },
    /** A frame about a room, after the logs have taken it. */
    take(frame: ServerFrame): void {
      if (!("channel" in frame) || frame.channel === undefined) return;
      const { channel: name, type } = frame;
      const [room, channel] = [logs.rooms.get(name), channels.get(name)];
      if (type === "presence") channel?.presence.change(frame);
      else if (type === "subscribed") channel?.presence.entered(frame.presence, frame.ref === room?.ref);
      else if (type === "moved" && room) moved(room, frame);
      else if (type === "unsubscribed" && room && frame.code === "forbidden") {
        // It stays known, so that it is asked for again over the next connection, when it perhaps may be.
        const error = new CarillonClientError(frame.code, `${name} may not be followed any more.`);
        room.refused?.(error);
        refused(error);
      }
    },
    /** An event at its place: perhaps somebody else types. */
    hear({ channel, event, from, data }: Received): void {
      if (event === "typing" && from && from !== host.user()) channels.get(channel)?.typing.hear(from, data);
    },
  };

  function moved(room: Room, { ref, url }: ServerFrameOf<"moved">): void {
    if (ref !== undefined && ref !== room.ref) return;
    room.url = url;
    logs.ask([room]);
  }
}
