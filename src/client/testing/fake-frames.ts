import type { ErrorCode } from "../../protocol/errors.ts";
import type { ServerFrameOf } from "../../protocol/frames.ts";
import { hasFields } from "../json.ts";
import { claimsOf } from "../token-claims.ts";
import { roomAt, roomPath, sinceOf } from "./fake-address.ts";
import { positionIn } from "./fake-log.ts";
import type { FakeRoom } from "./fake-room.ts";
import type { FakeServer } from "./fake-server.ts";
import type { FakeSocket, Frame } from "./fake-socket.ts";
import { markIn } from "./fake-user.ts";

type Greeting = Pick<ServerFrameOf<"welcome">, "connection" | "user" | "roles" | "expiresAt" | "heartbeat">;

/** Answers frames as the service does. */
export class FakeFrames {
  readonly #server: FakeServer;
  /** Publishes of clients, by whose they are and their id: each is taken once. */
  readonly #taken = new Set<string>();

  constructor(server: FakeServer) {
    this.#server = server;
  }

  greet(socket: FakeSocket, user: string, expiresAt: number): void {
    const { options } = this.#server;
    const about = {
      connection: `c${this.#taken.size}`,
      user,
      roles: [],
      expiresAt,
      heartbeat: options.heartbeat,
    };
    const name = roomAt(socket.url);
    if (name === undefined) this.#greetUser(socket, user, about);
    else this.#greetRoom(socket, this.#server.room(name), about);
  }

  #greetUser(socket: FakeSocket, user: string, about: Greeting): void {
    const { log, counts } = this.#server.user(user);
    const beginning = log.begin(sinceOf(socket.url));
    log.followers.add(socket);
    socket.send({ type: "welcome", ...about, channels: this.#server.followedBy(user), ...beginning, counts });
    if (sinceOf(socket.url)) log.replay(socket, beginning, { counts });
  }

  #greetRoom(socket: FakeSocket, room: FakeRoom, about: Greeting): void {
    const beginning = room.log.begin(sinceOf(socket.url));
    room.enter(socket);
    const { name, presence } = room;
    socket.send({ type: "welcome", ...about, channels: [name], ...beginning, presence });
    if (sinceOf(socket.url)) room.log.replay(socket, beginning);
  }

  answer(socket: FakeSocket, user: string, frame: Frame): void {
    const ref = refOf(frame);
    const ok = (more: Partial<ServerFrameOf<"ok">> = {}) => socket.send({ type: "ok", ref, ...more });
    if (frame.type === "ping") socket.send({ type: "pong" });
    else if (frame.type === "subscribe") this.#subscribe(socket, user, frame);
    else if (frame.type === "unsubscribe") this.#unsubscribe(socket, frame);
    else if (frame.type === "publish") this.#publish(socket, user, frame);
    else if (frame.type === "auth") {
      const { user: of, expiresAt } = claimsOf(String(frame.token));
      if (of === user) ok({ expiresAt });
      else socket.end("forbidden");
    } else if (frame.type === "presence") {
      this.#server.room(String(frame.channel)).say(user, frame.state);
      ok();
    } else if (frame.type === "mark") {
      const own = this.#server.user(user);
      const upTo = typeof frame.upTo === "number" ? frame.upTo : own.log.top.offset;
      ok({
        counts: own.mark(
          markIn(frame.as),
          Array.isArray(frame.ids) ? { ids: frame.ids.map(String) } : { upTo },
        ),
      });
    } else if (frame.type !== "ack") this.refuse(socket, frame, "unknown_type");
  }

  refuse(socket: FakeSocket, frame: Frame, code: ErrorCode, retryable = false, channel?: string): void {
    socket.send({ type: "error", ref: refOf(frame), code, message: `It was ${code}.`, retryable, channel });
  }

  #subscribe(socket: FakeSocket, user: string, frame: Frame): void {
    for (const { name, since } of channelsOf(frame)) {
      const own = this.#server.user(user);
      const isOwn = this.#server.followedBy(user).includes(name) || name.startsWith(`${own.channel}:`);
      if (!isOwn && !this.#server.options.mayFollow(user, name)) {
        this.refuse(socket, frame, "forbidden", false, name);
        continue;
      }
      const room = isOwn ? undefined : this.#server.room(name);
      const isDirect = roomAt(socket.url) !== undefined;
      if (isDirect && roomAt(socket.url) !== name) {
        this.refuse(socket, frame, "forbidden", false, name);
        continue;
      }
      if (room?.hasMoved && !isDirect) {
        socket.send({ type: "moved", ref: refOf(frame), channel: name, url: roomPath(name) });
        continue;
      }
      this.#begin(socket, frame, name, since, room);
    }
  }

  #begin(
    socket: FakeSocket,
    frame: Frame,
    channel: string,
    since: unknown,
    room: FakeRoom | undefined,
  ): void {
    const { log } = room ?? this.#server.user(socket.user ?? "");
    const position = positionIn(since);
    const beginning = log.begin(position);
    room?.enter(socket);
    socket.send({
      type: "subscribed",
      ref: refOf(frame),
      channel,
      ...beginning,
      ...(room && { presence: room.presence }),
    });
    if (position) log.replay(socket, beginning);
  }

  #unsubscribe(socket: FakeSocket, frame: Frame): void {
    for (const { name } of channelsOf(frame)) {
      this.#server.room(name).leave(socket);
      socket.send({ type: "unsubscribed", ref: refOf(frame), channel: name, code: "requested" });
    }
  }

  #publish(socket: FakeSocket, user: string, frame: Frame): void {
    const { channel, event, data, id } = frame;
    const own = `${user}/${String(id ?? this.#taken.size)}`;
    const { log } = this.#server.room(String(channel));
    if (!this.#taken.has(own)) {
      this.#taken.add(own);
      const at = this.#server.options.now();
      const about = { channel: String(channel), event: String(event), data, id: own, at, from: user };
      if (this.#server.options.stored.includes(about.event)) log.store(about, socket);
      else log.pass(about, socket);
    }
    socket.send({ type: "ok", ref: refOf(frame) });
  }
}

function refOf({ ref }: Frame): string | number | undefined {
  return typeof ref === "string" || typeof ref === "number" ? ref : undefined;
}

function channelsOf({ channels }: Frame): { readonly name: string; readonly since: unknown }[] {
  if (!Array.isArray(channels)) return [];
  return channels.map((one: unknown) =>
    hasFields(one, "channel")
      ? { name: String(one.channel), since: sinceIn(one) }
      : { name: String(one), since: undefined },
  );
}

function sinceIn(one: object): unknown {
  return "since" in one ? one.since : undefined;
}
