import type { ServerFrame, ServerFrameOf } from "../protocol/frames.ts";
import type { Position } from "../protocol/position.ts";
import type { ClientError } from "./api.ts";
import { CarillonClientError } from "./client-error.ts";
import type { Outgoing } from "./frame.ts";
import { LogCursor } from "./log-cursor.ts";
import { Room } from "./room.ts";

/** How many channels one request names: with their positions as many as surely have room in a frame. */
const MAX_CHANNELS = 30;

export interface LogsOptions {
  send(frame: Outgoing): void;
  /** A `ref` for a request, never used before. */
  nextRef(): string;
  /** An event at its place in its log; `isReplayed` where it was missed and is made up for. */
  receive(event: ServerFrameOf<"event">, isReplayed: boolean): void;
  /** The user's log is followed from its top on: nothing is known of what came before. */
  begun(position: Position): void;
  /** Something is missing that this client should have had (R3, R6). */
  lost(channel: string): void;
  /** A room that was followed may not be any more. */
  refused(error: ClientError): void;
  /** Calls back after a while that is drawn, to repeat a request that was refused for now. */
  later(run: () => void): void;
}

/** The logs that the client follows over one connection after another, and how far it has come in each. */
export class Logs {
  /** Entries that came again, which rule F5 drops. */
  repeats = 0;
  readonly own: LogCursor;
  readonly rooms = new Map<string, Room>();
  readonly #options: LogsOptions;
  /** Rooms that were left, or that only other tabs follow: what still comes of them is not for this client. */
  readonly #others = new Set<string>();
  #greeting: Pick<ServerFrameOf<"welcome">, "user" | "channels"> | undefined;
  /** What the user follows always, as the last greeting said it. */
  channels: readonly string[] = [];

  /** @param since where to begin in the user's log; without it, at the top. */
  constructor(options: LogsOptions, since?: Position) {
    this.#options = options;
    this.own = new LogCursor(since);
  }

  /** What the user's log is called. */
  get ownName(): string {
    const { user = "", channels = [] } = this.#greeting ?? {};
    const name = `user:${encodeURIComponent(user)}`;
    // The service encodes no more than it must.
    return channels.find((channel) => channel.replace(/[^:%]+/g, encodeURIComponent) === name) ?? name;
  }

  /** Follows a room: from where it was left, from `since`, or from the top. */
  follow(name: string, since?: Position): Room {
    const room = new Room(name, since);
    this.rooms.set(name, room);
    this.#others.delete(name);
    if (this.#greeting) this.#enter([room]);
    return room;
  }

  leave(name: string): void {
    const room = this.rooms.get(name);
    this.rooms.delete(name);
    if (!room) return;
    room.refuse(new CarillonClientError("closed", "The channel is not followed any more."));
    if (!this.#greeting || room.isOwn) return;
    this.#others.add(name);
    this.#options.send({ type: "unsubscribe", ref: this.#options.nextRef(), channels: [name] });
  }

  /** Whether a channel has a log of its own here. */
  isRoom(channel: string): boolean {
    return this.rooms.get(channel)?.isOwn === false;
  }

  /** Somebody else is here now: what is followed is followed from the top. */
  forget(): void {
    this.disconnected();
    this.channels = [];
    this.own.position = undefined;
    for (const { cursor } of this.rooms.values()) cursor.position = undefined;
  }

  /** The connection is gone. The positions stay. */
  disconnected(): void {
    this.#greeting = undefined;
    this.#others.clear();
    this.own.state = "away";
    this.own.ref = undefined;
    for (const room of this.rooms.values()) room.disconnect();
  }

  /** @param shared the connection is another tab's: it began at that tab's position. */
  greet(welcome: ServerFrameOf<"welcome">, shared: boolean): void {
    this.disconnected();
    this.#greeting = welcome;
    this.channels = welcome.channels;
    if (shared) this.#askOwn();
    else this.#begin(this.ownName, this.own, welcome);
    this.#enter([...this.rooms.values()]);
  }

  take(frame: ServerFrame): void {
    if (frame.type === "subscribed") this.#subscribed(frame);
    else if (frame.type === "event") this.#takeEvent(frame);
    else if (frame.type === "skip") {
      const cursor = this.#cursorOf(frame.channel);
      if (cursor && cursor.state !== "away") cursor.skip(frame.upTo);
    } else if (frame.type === "live") {
      const cursor = this.#cursorOf(frame.channel);
      if (cursor?.state === "behind") cursor.state = "live";
    } else if (frame.type === "moved") this.#moved(frame);
    else if (frame.type === "unsubscribed" && frame.code === "forbidden") {
      const error = new CarillonClientError("forbidden", `${frame.channel} may not be followed any more.`);
      // It stays known, so that it is asked for again over the next connection, when it perhaps may be.
      this.rooms.get(frame.channel)?.refuse(error);
      if (this.rooms.has(frame.channel)) this.#options.refused(error);
    }
  }

  /** @returns whether the error answers a request of these logs, or without a `ref` ends what was served of a room. */
  refused({ ref, channel, code, message, retryable }: ServerFrameOf<"error">): boolean {
    const asked = [...this.rooms.values()].filter(
      ({ name, cursor }) =>
        (channel ?? name) === name &&
        (ref === undefined ? channel === name && retryable : cursor.ref === ref),
    );
    if (ref === undefined) for (const { cursor } of asked) cursor.end();
    const ownAsked = ref !== undefined && this.own.ref === ref;
    for (const { name } of asked) {
      if (!retryable) this.rooms.get(name)?.refuse(new CarillonClientError(code, message));
    }
    if (retryable && (asked.length > 0 || ownAsked)) {
      this.#options.later(() => {
        if (ownAsked && this.own.ref === ref && this.#greeting) this.#askOwn();
        if (!this.#greeting) return;
        this.#ask(asked.filter((room) => room.cursor.ref === ref && this.rooms.get(room.name) === room));
      });
    }
    return asked.length > 0 || ownAsked;
  }

  /** Asks who is there, without moving: `subscribe` without `since` goes on from where it is (R5). */
  askPresence(name: string): void {
    const url = this.rooms.get(name)?.url;
    this.#options.send({ type: "subscribe", ref: this.#options.nextRef(), channels: [name], url });
  }

  /** What is not of a room lies in the user's log, whatever its channel says. */
  #cursorOf(channel: string): LogCursor | undefined {
    if (this.#others.has(channel)) return undefined;
    const room = this.rooms.get(channel);
    return room && !room.isOwn ? room.cursor : this.own;
  }

  #takeEvent(event: ServerFrameOf<"event">): void {
    const cursor = this.#cursorOf(event.channel);
    if (!cursor || cursor.state === "away") return;
    const fit = event.offset === undefined ? "next" : cursor.take(event.offset);
    if (fit === "next") this.#options.receive(event, cursor.state === "behind");
    else if (fit === "had") this.repeats += 1;
    else this.#askAgain(event.channel);
  }

  /** Asks for a log from where the client is in it. */
  #askAgain(channel: string): void {
    const room = this.rooms.get(channel);
    if (room && !room.isOwn) this.#ask([room]);
    else this.#askOwn();
  }

  #askOwn(): void {
    const { own, ownName } = this;
    own.state = "away";
    own.ref = this.#options.nextRef();
    const { since } = own;
    this.#options.send({
      type: "subscribe",
      ref: own.ref,
      channels: [since ? { channel: ownName, since } : ownName],
    });
  }

  /** Enters rooms on a connection. A channel that is followed from the start needs nothing. */
  #enter(rooms: readonly Room[]): void {
    const { channels } = this;
    for (const room of rooms) {
      // The answer tells it from a room of such a name.
      room.isOwn = this.#seemsOwn(room.name);
      if (channels.includes(room.name)) room.enter();
    }
    this.#ask(rooms.filter(({ name }) => !channels.includes(name)));
  }

  /** A topic under a channel that is followed always is so as well. */
  #seemsOwn(name: string): boolean {
    return this.channels.some((own) => name === own || name.startsWith(`${own}:`));
  }

  #ask(rooms: readonly Room[]): void {
    // A room that has moved is asked for at its own address, by itself.
    for (const room of rooms) if (room.url !== undefined) this.#askFor([room], room.url);
    const others = rooms.filter(({ url }) => url === undefined);
    for (let from = 0; from < others.length; from += MAX_CHANNELS) {
      this.#askFor(others.slice(from, from + MAX_CHANNELS));
    }
  }

  #askFor(rooms: readonly Room[], url?: string): void {
    const ref = this.#options.nextRef();
    this.#options.send({ type: "subscribe", ref, channels: rooms.map((room) => room.ask(ref)), url });
  }

  #subscribed({ channel, ref, position, recovered }: ServerFrameOf<"subscribed">): void {
    const room = this.rooms.get(channel);
    const cursor = channel === this.ownName ? this.own : room?.cursor;
    if (!cursor) {
      const isOfOwn = position.epoch !== "0" && this.own.position?.epoch === position.epoch;
      if (!isOfOwn && !this.#seemsOwn(channel)) this.#others.add(channel);
      return;
    }
    if (ref !== undefined && ref !== cursor.ref) {
      // Another tab's request, or that for who is there. What is sent now begins there: perhaps beyond this client.
      const { epoch, offset } = cursor.position ?? position;
      // Who began when the log was empty counts on in the epoch 0: it is one life all the same (R4).
      const isSameLife = epoch === position.epoch || epoch === "0" || position.epoch === "0";
      const isBeyond = !isSameLife || offset < position.offset;
      if (cursor.state !== "away" && !room?.isOwn && isBeyond) this.#askAgain(channel);
      return;
    }
    if (room && cursor !== this.own) {
      const { epoch } = this.own.position ?? {};
      room.isOwn = epoch === position.epoch && (room.isOwn || epoch !== "0");
      room.enter();
      if (room.isOwn) return;
    }
    this.#begin(channel, cursor, { position, recovered });
  }

  #begin(log: string, cursor: LogCursor, answer: { position: Position; recovered: boolean }): void {
    const isFresh = cursor === this.own && cursor.position === undefined;
    if (cursor.begin(answer.position, answer.recovered)) this.#options.lost(log);
    if (isFresh) this.#options.begun(answer.position);
  }

  #moved({ channel, ref, url }: ServerFrameOf<"moved">): void {
    const room = this.rooms.get(channel);
    if (!room || (ref !== undefined && ref !== room.cursor.ref)) return;
    room.url = url;
    this.#ask([room]);
  }
}
