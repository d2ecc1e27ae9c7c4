import { tally } from "../operation/metrics-tally.ts";
import { bundle, encode } from "../protocol/codec.ts";
import { CarillonError } from "../protocol/errors.ts";
import type { Ref, ServerFrame } from "../protocol/frames.ts";
import type { Position } from "../protocol/position.ts";
import { isMeantFor, type Viewer } from "./aim.ts";
import type { RoomCursor } from "./attachment.ts";
import type { Connection, Connections } from "./connections.ts";
import type { PassingEvent } from "./entry.ts";
import { anyone } from "./fan-out.ts";
import { applyPage, type Page, type Push, type PushAnswer, type Resumption } from "./follow.ts";
import type { Pump } from "./pump.ts";
import { Relay } from "./relay.ts";
import type { RoomDoor } from "./room-door.ts";
import { type PresenceView, withPresence } from "./room-presence-version.ts";
import { select } from "./select.ts";

export interface FollowedRoomsOptions {
  readonly connections: Connections;
  readonly pump: Pump;
  readonly door: RoomDoor;
  readonly limits: { readonly rooms: number; readonly nameBytes: number };
  readonly now: () => number;
  /** Whether a viewer may follow a room now. */
  readonly maySee: (room: string, viewer: Viewer) => boolean;
  /** Whether a room tells who is there. */
  readonly hasPresence: (room: string) => boolean;
  /** Ends a connection that cannot be served any further where it is. */
  readonly drop: (connection: Connection) => void;
}

/** How often a room is asked who is there while changes overtake its answer; the client sees the hole after that. */
const PRESENCE_ATTEMPTS = 3;

/** A subscription that no room has answered yet. */
interface SubscribeRequest {
  readonly room: string;
  isWithdrawn: boolean;
  done?: Promise<void>;
}

/**
 * The rooms that a user's sockets follow. A room pushes to the user's object, which holds for every socket how far it
 * has come (rules F2, F6): a push that does not continue a live socket's position is answered `behind`, so a room
 * that died between storing and handing on cannot leave a hole.
 */
export class FollowedRooms {
  readonly #options: FollowedRoomsOptions;
  #relays: Map<string, Relay> | undefined;
  readonly #requests = new WeakMap<Connection, SubscribeRequest[]>();

  constructor(options: FollowedRoomsOptions) {
    this.#options = options;
  }

  /**
   * Lets a connection follow a room that it may follow, and answers it. Requests of one connection for one room are
   * served one after the other.
   *
   * @throws {CarillonError} `too_many_channels`, `withdrawn`, or what the room's object throws.
   */
  async subscribe(connection: Connection, room: string, ref: Ref | undefined, since: Position | undefined) {
    this.#checkLimits(connection, room);
    const request: SubscribeRequest = { room, isWithdrawn: false };
    const requests = this.#requestsOf(connection);
    const before = requests.filter((other) => other.room === room).at(-1)?.done;
    requests.push(request);
    const relay = this.#relay(room);
    request.done = relay.whileUsed(async () => {
      await before?.catch(() => undefined);
      await this.#serveRequest(connection, relay, ref, since, request);
    });
    await request.done.finally(() => {
      requests.splice(requests.indexOf(request), 1);
      this.#forgetIfUnused(relay);
    });
  }

  /** Ends a connection's following of a room. The caller answers. */
  async unsubscribe(connection: Connection, room: string): Promise<void> {
    for (const request of this.#requestsOf(connection)) {
      if (request.room === room) request.isWithdrawn = true;
    }
    const { [room]: left, ...rooms } = connection.attachment.rooms;
    if (!left) return;
    connection.remember({ rooms });
    await this.#leave(room);
  }

  /** A connection has ended. */
  async left(connection: Connection): Promise<void> {
    await Promise.all(Object.keys(connection.attachment.rooms).map((room) => this.#leave(room)));
  }

  /** Takes what a room pushes. */
  async take(room: string, generation: number, push: Push): Promise<PushAnswer> {
    const relay = this.#known().get(room);
    if (!relay || !(await relay.expects(generation))) return { kind: "gone" };
    if (push.kind === "reset") return this.#reset(relay, push.position);
    const { page, passing } = push;
    const followers = this.#followers(room);
    const live = followers.filter(({ cursor }) => cursor.state === "live");
    const moves = live.map(({ connection, cursor }) => ({
      connection,
      cursor,
      applied: applyPage({ epoch: cursor.epoch, offset: cursor.at }, page),
    }));
    const short = moves.filter(({ applied }) => applied.kind === "behind").map(({ cursor }) => cursor);
    if (short.length > 0) {
      const { epoch, at } = short.reduce((least, cursor) => (cursor.at < least.at ? cursor : least));
      return { kind: "behind", position: { epoch, offset: at } };
    }
    relay.see({ epoch: page.epoch, offset: page.upTo });
    const changes = passing.filter(({ presence }) => presence !== undefined);
    for (const { presence } of changes) if (presence) relay.seePresence(presence);
    for (const { connection, cursor } of followers) {
      if (cursor.state === "behind") sendPassing(connection, changes);
    }
    for (const { connection, cursor, applied } of moves) {
      if (applied.kind === "moved") {
        const rest: Page = { ...page, after: cursor.at, entries: applied.entries };
        const { frames } = select(rest, room, connection.viewer, anyone);
        this.#move(connection, room, { state: "live", epoch: page.epoch, at: page.upTo });
        if (!connection.send(bundle(frames))) this.#options.drop(connection);
      }
      sendPassing(connection, passing);
    }
    return { kind: "taken", connections: live.length };
  }

  /** Whether a connection follows the room, or is about to. */
  follows(room: string): boolean {
    return this.#known().get(room)?.isUsed ?? false;
  }

  /** A connection from before this waking goes on with replays that were interrupted. */
  resume(connection: Connection): void {
    for (const [room, cursor] of Object.entries(connection.attachment.rooms)) {
      if (cursor.state === "behind") this.#serve(connection, this.#relay(room));
    }
  }

  async #serveRequest(
    connection: Connection,
    relay: Relay,
    ref: Ref | undefined,
    since: Position | undefined,
    request: SubscribeRequest,
  ): Promise<void> {
    const { room } = relay;
    const top = await relay.follow();
    const isMoved = top === "moved";
    if (top && !isMoved) this.#catchUp(relay, top);
    const resumption = since && !isMoved ? await this.#options.door.resume(room, since) : undefined;
    const presence = isMoved ? undefined : await this.#presenceOf(relay);
    if (!connection.isOpen) return;
    // The identity may have been renewed while the room was asked.
    if (!this.#options.maySee(room, connection.viewer)) {
      throw new CarillonError("forbidden", "This identity may not follow this channel.");
    }
    if (request.isWithdrawn) {
      throw new CarillonError("withdrawn", "It was unsubscribed from before the room had answered.");
    }
    if (isMoved) return this.#sendAway(connection, relay, ref);
    this.#begin(connection, relay, ref, since, resumption, presence);
  }

  /** Who is in the room, so that nothing is missed between that and the changes that are pushed. */
  async #presenceOf(relay: Relay): Promise<PresenceView | undefined> {
    const { door, hasPresence } = this.#options;
    if (!hasPresence(relay.room)) return undefined;
    for (let attempt = 1; ; attempt++) {
      const view = await door.presence(relay.room);
      if (!view || !relay.hasSeenBeyond(view) || attempt === PRESENCE_ATTEMPTS) return view;
    }
  }

  #begin(
    connection: Connection,
    relay: Relay,
    ref: Ref | undefined,
    since: Position | undefined,
    resumption: Resumption | undefined,
    presence: PresenceView | undefined,
  ): void {
    const { room } = relay;
    const answer = (position: Position, recovered: boolean) => {
      const frame: ServerFrame = { type: "subscribed", ref, channel: room, position, recovered };
      connection.send(withPresence(encode(frame), presence));
    };
    if (since && resumption?.kind === "recovered") {
      const { epoch, offset } = resumption.from;
      this.#move(connection, room, { state: "behind", epoch, at: offset });
      answer(since, true);
      this.#serve(connection, relay);
      return;
    }
    const cursor = connection.attachment.rooms[room];
    if (!since && cursor) {
      // It follows already, and goes on from where it is.
      answer({ epoch: cursor.epoch, offset: cursor.at }, true);
      return;
    }
    if (resumption) relay.see(resumption.top);
    const position = relay.seen;
    if (!position) throw new Error("A room that is followed has a position.");
    this.#move(connection, room, { state: "live", epoch: position.epoch, at: position.offset });
    answer(position, !since);
  }

  /** The room takes no more followers: who asks, and whoever it has let go of, is to connect to the room itself. */
  #sendAway(asking: Connection, { room }: Relay, ref: Ref | undefined): void {
    const url = roomPath(room);
    for (const { connection } of this.#followers(room)) {
      const { [room]: _, ...rooms } = connection.attachment.rooms;
      connection.remember({ rooms });
      if (connection !== asking) connection.send(encode({ type: "moved", channel: room, url }));
    }
    asking.send(encode({ type: "moved", ref, channel: room, url }));
  }

  #serve(connection: Connection, relay: Relay): void {
    const { room } = relay;
    const cursor = () => connection.attachment.rooms[room];
    this.#options.pump.serve(connection, {
      channel: room,
      maySee: anyone,
      behindAt: () => {
        const now = cursor();
        return now?.state === "behind" ? now.at : undefined;
      },
      read: (after) => this.#options.door.read(room, { epoch: cursor()?.epoch ?? "", offset: after }),
      advance: ({ epoch, upTo }) => {
        const { seen } = relay;
        const isLive = seen === undefined || seen.epoch !== epoch || upTo >= seen.offset;
        this.#move(connection, room, { state: isLive ? "live" : "behind", epoch, at: upTo });
        return isLive;
      },
      lose: (top) => this.#lose(connection, room, top),
    });
  }

  /** The room's log does not reach back to us: every socket that follows is told that something is missing. */
  #reset(relay: Relay, position: Position): PushAnswer {
    relay.see(position);
    const followers = this.#followers(relay.room);
    for (const { connection } of followers) this.#lose(connection, relay.room, position);
    return { kind: "taken", connections: followers.length };
  }

  /** Something is missing for a connection, and it is told so (rule R6); it goes on live from the room's top. */
  #lose(connection: Connection, room: string, top: Position): void {
    this.#move(connection, room, { state: "live", epoch: top.epoch, at: top.offset });
    tally.count("carillon_replays_total", { outcome: "lost" });
    connection.send(encode({ type: "subscribed", channel: room, position: top, recovered: false }));
  }

  /** Following anew, the room hands on from its top; sockets that had not come so far are served from where they are. */
  #catchUp(relay: Relay, { epoch, offset }: Position): void {
    for (const { connection, cursor } of this.#followers(relay.room)) {
      if (cursor.state !== "live" || (cursor.epoch === epoch && cursor.at >= offset)) continue;
      this.#move(connection, relay.room, { ...cursor, state: "behind" });
      this.#serve(connection, relay);
    }
  }

  #move(connection: Connection, room: string, cursor: RoomCursor): void {
    connection.remember({ rooms: { ...connection.attachment.rooms, [room]: cursor } });
  }

  async #leave(room: string): Promise<void> {
    const relay = this.#relay(room);
    await relay.leaveIfUnused();
    this.#forgetIfUnused(relay);
  }

  #forgetIfUnused(relay: Relay): void {
    if (!relay.isUsed) this.#known().delete(relay.room);
  }

  #followers(room: string): { connection: Connection; cursor: RoomCursor }[] {
    return this.#options.connections.all.flatMap((connection) => {
      const cursor = connection.attachment.rooms[room];
      return cursor ? [{ connection, cursor }] : [];
    });
  }

  #relay(room: string): Relay {
    const relay = this.#known().get(room) ?? this.#newRelay(room, false);
    this.#known().set(room, relay);
    return relay;
  }

  /** After waking, the sockets say which rooms are followed. */
  #known(): Map<string, Relay> {
    if (this.#relays) return this.#relays;
    this.#relays = new Map();
    for (const { attachment } of this.#options.connections.all) {
      for (const room of Object.keys(attachment.rooms)) this.#relays.set(room, this.#newRelay(room, true));
    }
    return this.#relays;
  }

  #newRelay(room: string, isFollowing: boolean): Relay {
    const { door, now } = this.#options;
    return new Relay({ room, door, now, isFollowing, hasFollowers: () => this.#followers(room).length > 0 });
  }

  #requestsOf(connection: Connection): SubscribeRequest[] {
    const requests = this.#requests.get(connection) ?? [];
    this.#requests.set(connection, requests);
    return requests;
  }

  #checkLimits(connection: Connection, room: string): void {
    const { rooms, nameBytes } = this.#options.limits;
    const asked = this.#requestsOf(connection).map((request) => request.room);
    const names = new Set([...Object.keys(connection.attachment.rooms), ...asked, room]);
    const bytes = [...names].reduce((sum, name) => sum + name.length, 0);
    if (names.size <= rooms && bytes <= nameBytes) return;
    throw new CarillonError(
      "too_many_channels",
      `A connection follows at most ${rooms} rooms, with names of ${nameBytes} bytes in all.`,
    );
  }
}

/** Where a room's own sockets connect, relative to the service's address. */
function roomPath(room: string): string {
  return `/rooms/${encodeURIComponent(room)}/connect`;
}

function sendPassing(connection: Connection, passing: readonly PassingEvent[]): void {
  const meant = passing.filter(({ aim }) => isMeantFor(aim, connection.viewer));
  if (meant.length > 0) connection.send(bundle(meant.map(({ frame }) => frame)));
}
