import { bundle, encode } from "../protocol/codec.ts";
import { CarillonError } from "../protocol/errors.ts";
import type { Ref } from "../protocol/frames.ts";
import type { Position } from "../protocol/position.ts";
import { isMeantFor, type Viewer } from "./aim.ts";
import type { RoomCursor } from "./attachment.ts";
import type { Connection, Connections } from "./connections.ts";
import type { PassingEvent } from "./entry.ts";
import { applyPage, type Page, type Push, type PushAnswer, type Resumption } from "./follow.ts";
import type { Pump } from "./pump.ts";
import { select } from "./select.ts";

/** How a user's object speaks to a room. Each call may fail; all may be repeated. */
export interface RoomDoor {
  /** Follows under this generation, or learns of a newer one that the room knows. */
  follow(room: string, generation: number): Promise<Following>;
  unfollow(room: string, generation: number): Promise<void>;
  /** The room's top, and whether its log reaches back to `since`. */
  resume(room: string, since: Position): Promise<Resumption>;
  read(room: string, after: Position): Promise<Page | "lost">;
}

export type Following =
  | { readonly kind: "following"; readonly position: Position }
  | { readonly kind: "stale"; readonly generation: number };

/** What a user's object knows of a room that its sockets follow. */
interface Relay {
  readonly room: string;
  /** Grows with each time of following (rule F7). 0 after waking, until a push says it. */
  generation: number;
  /** Whether the room knows of us, as far as we know. */
  isFollowing: boolean;
  /** The highest position that was pushed or answered in this waking. */
  seen: Position | undefined;
  /** Subscriptions that wait for the room's answer. */
  pending: number;
  /** Following and leaving happen one after the other. */
  turn: Promise<void>;
}

interface SubscribeRequest {
  readonly room: string;
  isWithdrawn: boolean;
  done?: Promise<void>;
}

export interface FollowedRoomsOptions {
  readonly connections: Connections;
  readonly pump: Pump;
  readonly door: RoomDoor;
  readonly limits: { readonly rooms: number; readonly nameBytes: number };
  readonly now: () => number;
  /** Ends a connection that cannot be served. */
  readonly drop: (connection: Connection) => void;
}

/**
 * The rooms that a user's sockets follow. The room pushes to the user's object, which holds for every socket how far
 * it has come (rules F2, F6): a push that does not continue a live socket's position is answered `behind`, so a room
 * that died between storing and handing on cannot leave a hole.
 */
export class FollowedRooms {
  readonly #options: FollowedRoomsOptions;
  #relays: Map<string, Relay> | undefined;
  /** What connections have asked for and no room has answered yet. */
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
    relay.pending += 1;
    request.done = this.#serveRequest(connection, relay, ref, since, request, before);
    try {
      await request.done;
    } finally {
      requests.splice(requests.indexOf(request), 1);
      relay.pending -= 1;
      await this.#leaveIfUnused(relay);
    }
  }

  async #serveRequest(
    connection: Connection,
    relay: Relay,
    ref: Ref | undefined,
    since: Position | undefined,
    request: SubscribeRequest,
    before: Promise<void> | undefined,
  ): Promise<void> {
    await before?.catch(() => undefined);
    await this.#follow(relay);
    const resumption = since && (await this.#options.door.resume(relay.room, since));
    if (!connection.isOpen) return;
    if (request.isWithdrawn) {
      throw new CarillonError("withdrawn", "It was unsubscribed from before the room had answered.");
    }
    this.#begin(connection, relay, ref, since, resumption);
  }

  /** Ends a connection's following of a room. The caller answers. */
  async unsubscribe(connection: Connection, room: string): Promise<void> {
    for (const request of this.#requestsOf(connection)) {
      if (request.room === room) request.isWithdrawn = true;
    }
    const { [room]: left, ...rooms } = connection.attachment.rooms;
    if (!left) return;
    connection.remember({ rooms });
    await this.#leaveIfUnused(this.#relay(room));
  }

  /** A connection has ended. */
  async left(connection: Connection): Promise<void> {
    const rooms = Object.keys(connection.attachment.rooms);
    await Promise.all(rooms.map((room) => this.#leaveIfUnused(this.#relay(room))));
  }

  /** Takes what a room pushes. */
  async take(room: string, generation: number, push: Push): Promise<PushAnswer> {
    const relay = this.#known().get(room);
    if (!relay) return { kind: "gone" };
    // A push can overtake the answer to our own call.
    if (relay.pending > 0) await relay.turn.catch(() => undefined);
    if (generation < relay.generation || !this.#isUsed(relay)) return { kind: "gone" };
    relay.generation = generation;
    relay.isFollowing = true;
    if (push.kind === "reset") return this.#reset(relay, push.position);
    const { page, passing } = push;
    const live = this.#followers(room).filter(({ cursor }) => cursor.state === "live");
    const moves = live.map(({ connection, cursor }) => ({
      connection,
      cursor,
      applied: applyPage({ epoch: cursor.epoch, offset: cursor.at }, page),
    }));
    const short = moves.filter(({ applied }) => applied.kind === "behind").map(({ cursor }) => cursor);
    if (short.length > 0) {
      const at = short.reduce((least, cursor) => (cursor.at < least.at ? cursor : least));
      return { kind: "behind", position: { epoch: at.epoch, offset: at.at } };
    }
    relay.seen = later(relay.seen, { epoch: page.epoch, offset: page.upTo });
    for (const { connection, cursor, applied } of moves) {
      if (applied.kind === "moved") {
        const frames = select(
          { ...page, after: cursor.at, entries: applied.entries },
          room,
          connection.viewer,
          anyone,
        );
        this.#move(connection, room, { state: "live", epoch: page.epoch, at: page.upTo });
        if (!connection.send(bundle(frames.frames))) this.#options.drop(connection);
      }
      this.#sendPassing(connection, passing);
    }
    return { kind: "taken", connections: live.length };
  }

  /** A connection from before this waking goes on with replays that were interrupted. */
  resume(connection: Connection): void {
    for (const [room, cursor] of Object.entries(connection.attachment.rooms)) {
      if (cursor.state === "behind") this.#serve(connection, this.#relay(room));
    }
  }

  #begin(
    connection: Connection,
    relay: Relay,
    ref: Ref | undefined,
    since: Position | undefined,
    resumption: Resumption | undefined,
  ): void {
    const { room } = relay;
    const top = later(relay.seen, resumption?.top);
    if (!top) throw new Error("A room that is followed has a position.");
    if (since && resumption?.kind === "recovered") {
      const { epoch, offset } = resumption.from;
      this.#move(connection, room, { state: "behind", epoch, at: offset });
      connection.send(encode({ type: "subscribed", ref, channel: room, position: since, recovered: true }));
      this.#serve(connection, relay);
      return;
    }
    this.#move(connection, room, { state: "live", epoch: top.epoch, at: top.offset });
    connection.send(encode({ type: "subscribed", ref, channel: room, position: top, recovered: !since }));
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
        const isLive = relay.seen === undefined || relay.seen.epoch !== epoch || upTo >= relay.seen.offset;
        this.#move(connection, room, { state: isLive ? "live" : "behind", epoch, at: upTo });
        return isLive;
      },
      lose: () => this.#options.drop(connection),
    });
  }

  /** The room's log does not reach back to us: every socket that follows is told that something is missing. */
  #reset(relay: Relay, position: Position): PushAnswer {
    relay.seen = position;
    const followers = this.#followers(relay.room);
    for (const { connection } of followers) {
      this.#move(connection, relay.room, { state: "live", epoch: position.epoch, at: position.offset });
      connection.send(encode({ type: "subscribed", channel: relay.room, position, recovered: false }));
    }
    return { kind: "taken", connections: followers.length };
  }

  #sendPassing(connection: Connection, passing: readonly PassingEvent[]): void {
    const meant = passing.filter(({ aim }) => isMeantFor(aim, connection.viewer));
    if (meant.length > 0) connection.send(bundle(meant.map(({ frame }) => frame)));
  }

  #move(connection: Connection, room: string, cursor: RoomCursor): void {
    connection.remember({ rooms: { ...connection.attachment.rooms, [room]: cursor } });
  }

  /** Makes sure that the room knows of us and that its position is known. */
  async #follow(relay: Relay): Promise<void> {
    await this.#inTurn(relay, async () => {
      if (relay.isFollowing && relay.seen) return;
      for (;;) {
        relay.generation = Math.max(this.#options.now(), relay.generation + 1);
        const answer = await this.#options.door.follow(relay.room, relay.generation);
        if (answer.kind === "following") {
          relay.isFollowing = true;
          relay.seen = later(relay.seen, answer.position);
          this.#catchUp(relay, answer.position);
          return;
        }
        relay.generation = answer.generation;
      }
    });
  }

  /** Following anew, the room hands on from its top; sockets that had not come so far are served from where they are. */
  #catchUp(relay: Relay, { epoch, offset }: Position): void {
    for (const { connection, cursor } of this.#followers(relay.room)) {
      if (cursor.state !== "live" || (cursor.epoch === epoch && cursor.at >= offset)) continue;
      this.#move(connection, relay.room, { ...cursor, state: "behind" });
      this.#serve(connection, relay);
    }
  }

  async #leaveIfUnused(relay: Relay): Promise<void> {
    if (this.#isUsed(relay)) return;
    await this.#inTurn(relay, async () => {
      if (this.#isUsed(relay)) return;
      relay.generation = Math.max(this.#options.now(), relay.generation + 1);
      relay.isFollowing = false;
      relay.seen = undefined;
      // Should this fail, the room learns of it with its next push, which is then answered `gone`.
      await this.#options.door.unfollow(relay.room, relay.generation).catch(() => undefined);
      if (!this.#isUsed(relay)) this.#known().delete(relay.room);
    });
  }

  #inTurn(relay: Relay, task: () => Promise<void>): Promise<void> {
    relay.turn = relay.turn.catch(() => undefined).then(task);
    return relay.turn;
  }

  #isUsed(relay: Relay): boolean {
    return relay.pending > 0 || this.#followers(relay.room).length > 0;
  }

  #followers(room: string): { connection: Connection; cursor: RoomCursor }[] {
    return this.#options.connections.all.flatMap((connection) => {
      const cursor = connection.attachment.rooms[room];
      return cursor ? [{ connection, cursor }] : [];
    });
  }

  #relay(room: string): Relay {
    const relay = this.#known().get(room) ?? newRelay(room, false);
    this.#known().set(room, relay);
    return relay;
  }

  /** After waking, the sockets say which rooms are followed. */
  #known(): Map<string, Relay> {
    if (this.#relays) return this.#relays;
    this.#relays = new Map();
    for (const { attachment } of this.#options.connections.all) {
      for (const room of Object.keys(attachment.rooms)) this.#relays.set(room, newRelay(room, true));
    }
    return this.#relays;
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

function newRelay(room: string, isFollowing: boolean): Relay {
  return { room, generation: 0, isFollowing, seen: undefined, pending: 0, turn: Promise.resolve() };
}

/** The later of two positions of one log; another life's position gives way to the newer answer. */
function later(known: Position | undefined, answered: Position | undefined): Position | undefined {
  if (!known || !answered) return known ?? answered;
  if (known.epoch !== answered.epoch) return answered.epoch === "0" ? known : answered;
  return known.offset >= answered.offset ? known : answered;
}

const anyone = (_channel: string, _viewer: Viewer) => true;
