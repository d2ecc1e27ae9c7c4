import type { CloseReason } from "../../protocol/close-codes.ts";
import type { ErrorCode } from "../../protocol/errors.ts";
import type { ClientOptions } from "../api.ts";
import { randomId } from "../random-id.ts";
import { claimsOf } from "../token-claims.ts";
import { roomPath } from "./fake-address.ts";
import { FakeFrames } from "./fake-frames.ts";
import { FakeHttp } from "./fake-http.ts";
import { FakeRoom } from "./fake-room.ts";
import { type Accepts, FakeSocket, type Frame } from "./fake-socket.ts";
import { type FakeNotification, FakeUser } from "./fake-user.ts";

export interface FakeServerOptions {
  /** Channels that everybody follows always, beside their own. */
  readonly audiences?: readonly string[];
  /** Whether a user may follow a room; everybody may unless this is said. */
  readonly mayFollow?: (user: string, room: string) => boolean;
  /** Events that clients publish and rooms keep; none unless they are named. */
  readonly stored?: readonly string[];
  /** ms between heartbeats: 25,000 unless it is said. */
  readonly heartbeat?: number;
  /** ms that a token is good for: an hour unless it is said. */
  readonly tokenLife?: number;
  /** ms since 1970. */
  readonly now?: () => number;
}

/** What a backend would publish. */
export interface FakePublication {
  readonly event: string;
  readonly data?: unknown;
  readonly to: {
    readonly users?: readonly string[];
    /** Rooms, audiences, and channels of a user's own (`user:42:orders`). */
    readonly channels?: readonly string[];
  };
  /** Made up unless it is said. */
  readonly id?: string;
  readonly notification?: FakeNotification;
  /** `false`: whoever is there hears it, and nobody else. */
  readonly store?: boolean;
}

/**
 * A service in the same program, for tests of what is built on the client: the same protocol, with everything kept in
 * memory, and with what goes wrong at will.
 *
 * @example
 * const server = new FakeServer();
 * const client = createClient(server.optionsFor("42"));
 * client.connect();
 * server.publish({ event: "greeting", data: { text: "Hello" }, to: { users: ["42"] } });
 */
export class FakeServer implements Accepts {
  /** The frames that clients have sent, with whose they were. */
  readonly received: { readonly user: string; readonly frame: Frame }[] = [];
  readonly options: Required<FakeServerOptions>;
  readonly #users = new Map<string, FakeUser>();
  readonly #rooms = new Map<string, FakeRoom>();
  readonly #sockets = new Set<FakeSocket>();
  readonly #frames = new FakeFrames(this);
  readonly #http = new FakeHttp(this);
  /** How sockets fare. `silent`: they open, and nobody answers. `unreachable`: they do not open. */
  #way: "open" | "silent" | "unreachable" | "disabled" = "open";
  #revokedBefore = 0;
  #tokens = 0;
  /** What is answered, once, to the next frame of a type. */
  readonly #refusals = new Map<string, { readonly code: ErrorCode; readonly retryable: boolean }>();

  constructor(options: FakeServerOptions = {}) {
    this.options = {
      audiences: [],
      mayFollow: () => true,
      stored: [],
      heartbeat: 25_000,
      tokenLife: 3_600_000,
      now: () => Date.now(),
      ...options,
    };
  }

  /** Options for `createClient`, by which it comes here, with a token of this user. */
  optionsFor(user: string): ClientOptions & { readonly platform: NonNullable<ClientOptions["platform"]> } {
    const server = this;
    return {
      url: "https://fake.carillon",
      getToken: () => this.token(user),
      storage: false,
      platform: {
        WebSocket: class extends FakeSocket {
          constructor(url: string, protocols: string[]) {
            super(url, protocols, server);
          }
        },
        fetch: (url, init) => this.#http.fetch(url, init),
      },
    };
  }

  /** A token that this server takes, until `expireTokens`. */
  token(user: string, life = this.options.tokenLife): string {
    this.#tokens += 1;
    const exp = (this.options.now() + life) / 1000;
    const claims = encodeURIComponent(JSON.stringify({ sub: user, exp, iat: this.#tokens }));
    const bytes = claims.replace(/%(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
    return `fake.${btoa(bytes).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "")}.${this.#tokens}`;
  }

  /** How many tokens have been given out. */
  get tokensGiven(): number {
    return this.#tokens;
  }

  publish({ event, data = null, to, id = randomId(), notification, store = true }: FakePublication): void {
    const at = this.options.now();
    for (const user of to.users ?? []) {
      this.#deliver(
        this.user(user),
        { channel: this.user(user).channel, event, data, id, at },
        store,
        notification,
      );
    }
    for (const channel of to.channels ?? []) {
      const about = { channel, event, data, id, at };
      const owners = this.#ownersOf(channel);
      for (const user of owners) this.#deliver(user, about, store, notification);
      if (owners.length > 0 || this.options.audiences.includes(channel)) continue;
      if (store) this.room(channel).log.store(about);
      else this.room(channel).log.pass(about);
    }
  }

  user(id: string): FakeUser {
    const user = this.#users.get(id) ?? new FakeUser(id, this.options.now);
    this.#users.set(id, user);
    return user;
  }

  room(name: string): FakeRoom {
    const room = this.#rooms.get(name) ?? new FakeRoom(name);
    this.#rooms.set(name, room);
    return room;
  }

  /** How many connections there are, of a user or in all. */
  connections(user?: string): number {
    return this.#of(user).length;
  }

  /** The network is gone for a moment: connections end without a word. */
  drop(user?: string): void {
    for (const socket of this.#of(user)) socket.drop();
  }

  /** Ends connections for a reason. */
  close(reason: CloseReason, user?: string): void {
    for (const socket of this.#of(user)) socket.end(reason);
  }

  /** The credential of these connections is about to end: clients are asked for a newer one. */
  expireSoon(inMs = 60_000, user?: string): void {
    for (const socket of this.#of(user)) socket.send({ type: "expiring", in: inMs });
  }

  /** No token that was given out until now is taken any more, and connections end. */
  expireTokens(): void {
    this.#revokedBefore = this.#tokens + 1;
    this.close("token_expired");
  }

  /** What was kept is gone: of a user, or of a room by its name. */
  loseLog(of: string): void {
    (this.#users.get(of) ?? this.room(of)).log.lose();
  }

  /** Connections seem open, but nothing comes and nothing arrives, until `recover`. */
  fallSilent(): void {
    this.#way = "silent";
  }

  /** No connection can be opened, and those that are open end, until `recover`. Over HTTP it can still be reached. */
  blockSockets(): void {
    this.#way = "unreachable";
    this.drop();
  }

  /** The kill switch: connections are refused with `disabled`, until `recover`. */
  disable(): void {
    this.#way = "disabled";
    this.close("disabled");
  }

  recover(): void {
    this.#way = "open";
  }

  get isEnabled(): boolean {
    return this.#way !== "disabled";
  }

  /** A room gets sockets of its own: whoever follows it is sent there. */
  moveRoom(name: string): void {
    const room = this.room(name);
    room.hasMoved = true;
    for (const socket of [...room.log.followers]) {
      room.log.followers.delete(socket);
      socket.send({ type: "moved", channel: name, url: roomPath(name) });
    }
  }

  /** The next frame of this type is answered with an error. */
  refuseNext(type: string, code: ErrorCode, retryable = false): void {
    this.#refusals.set(type, { code, retryable });
  }

  /** @returns whose token it is, where it is taken. */
  userOf(token: string | undefined): string | undefined {
    const { user, expiresAt = 0 } = claimsOf(token ?? "");
    const isRevoked = Number(token?.split(".").at(-1)) < this.#revokedBefore;
    return expiresAt > this.options.now() && !isRevoked ? user : undefined;
  }

  /** The audiences, and the user's own channel. */
  followedBy(user: string): string[] {
    return [this.user(user).channel, ...this.options.audiences];
  }

  accept(socket: FakeSocket): void {
    this.#sockets.add(socket);
    const { searchParams, pathname } = socket.url;
    const bearer = socket.protocols.find((protocol) => protocol.startsWith("bearer."));
    const token = bearer?.slice("bearer.".length) ?? searchParams.get("token") ?? undefined;
    const user = this.userOf(token);
    if (this.#way === "unreachable") socket.drop();
    else if (this.#way === "disabled") socket.end("disabled");
    else if (this.#way === "silent") return;
    else if (user === undefined) socket.end("unauthorized");
    else {
      for (const other of this.#of(user)) {
        const isSame = other.url.searchParams.get("client") === searchParams.get("client");
        if (isSame && other.url.pathname === pathname) other.end("replaced");
      }
      socket.user = user;
      this.#frames.greet(socket, user, claimsOf(token ?? "").expiresAt ?? 0);
    }
  }

  take(socket: FakeSocket, frame: Frame): void {
    const { user } = socket;
    if (this.#way === "silent" || user === undefined) return;
    this.received.push({ user, frame });
    const refusal = this.#refusals.get(frame.type);
    this.#refusals.delete(frame.type);
    if (refusal) this.#frames.refuse(socket, frame, refusal.code, refusal.retryable);
    else this.#frames.answer(socket, user, frame);
  }

  left(socket: FakeSocket): void {
    this.#sockets.delete(socket);
    for (const { log } of this.#users.values()) log.followers.delete(socket);
    for (const room of this.#rooms.values()) if (room.log.followers.has(socket)) room.leave(socket);
  }

  #of(user: string | undefined): FakeSocket[] {
    return [...this.#sockets].filter((socket) => user === undefined || socket.user === user);
  }

  #ownersOf(channel: string): FakeUser[] {
    if (this.options.audiences.includes(channel)) return [...this.#users.values()];
    return [...this.#users.values()].filter(
      (user) => channel.startsWith(`${user.channel}:`) || channel === user.channel,
    );
  }

  #deliver(
    user: FakeUser,
    about: Parameters<FakeUser["log"]["store"]>[0],
    store: boolean,
    notification: FakeNotification | undefined,
  ): void {
    if (store) user.log.store(about);
    else user.log.pass(about);
    if (notification) user.notify(about.id, about.data, notification);
  }
}
