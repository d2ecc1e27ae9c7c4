import { env, exports } from "cloudflare:workers";
import { issueDevToken } from "../../../src/auth/dev-token.ts";
import { settingsOf } from "../../../src/config/settings.ts";
import { serverFrame } from "../../../src/protocol/frames.ts";
import { formatPosition, type Position } from "../../../src/protocol/position.ts";
import { ORIGIN } from "../listener.ts";
import {
  type BadgeName,
  badges,
  isUser,
  type LogKey,
  type Room,
  type Seat,
  type SeatName,
  seats,
} from "./cast.ts";
import type { Since } from "./command.ts";
import type { Names } from "./names.ts";
import { Session, type Wish } from "./session.ts";
import type { Witness } from "./witness.ts";

/** Positions of no life of any log here. */
const BOGUS: Position = { epoch: "another", offset: 1 };
const START: Position = { epoch: "0", offset: 0 };

/**
 * A device with the reference client on it: it remembers its positions across connections, follows its rooms anew
 * after each, and does what close frames tell it to.
 */
export class Client {
  readonly seat: Seat;
  readonly own: LogKey;
  #badge: BadgeName = "doctor";
  #current: { readonly session: Session; readonly ws: WebSocket } | undefined;
  #opening = 0;
  #ended: Session | undefined;
  /** Whether it comes again by itself. */
  #isUp = false;
  /** Rooms that it wants to follow, on whichever connection. */
  readonly #wanted = new Set<Room>();
  readonly #remembered = new Map<LogKey, Position>();
  readonly name: SeatName;
  readonly #names: Names;
  readonly #witness: Witness;

  constructor(name: SeatName, names: Names, witness: Witness) {
    this.name = name;
    this.seat = seats[name];
    this.own = this.seat.room ?? this.seat.user;
    this.#names = names;
    this.#witness = witness;
  }

  get session(): Session | undefined {
    return this.#current?.session;
  }

  /** Whether nothing is under way: it is connected and answered, or stays away. */
  get isCalm(): boolean {
    if (this.#opening > 0) return false;
    const { standing, waitsFor } = this.session ?? {};
    if (!standing || standing.kind === "over" || standing.kind === "left") return !this.#isUp;
    return standing.kind === "open" && waitsFor === 0;
  }

  describe(): string {
    const { standing } = this.session ?? {};
    return `${standing?.kind ?? "away"}, with ${this.session?.waitsFor ?? 0} requests under way`;
  }

  /** Connects, and follows what it wants. A client that remembers nothing wants nothing either. */
  async connect(since: Since, badge: BadgeName = this.#badge, ttl?: number): Promise<void> {
    this.#badge = badge;
    this.#isUp = true;
    this.#opening += 1;
    try {
      const token = await this.#token(badge, ttl);
      this.#remember();
      if (since !== "remembered") this.#remembered.clear();
      if (since === "none") this.#wanted.clear();
      await this.#open(token, badge, this.#wish(this.own, since));
    } finally {
      this.#opening -= 1;
    }
  }

  drop(): void {
    this.#isUp = false;
    this.#remember();
    this.#current?.ws.close(1000, "bye");
    this.#current?.session.leave();
  }

  /** Follows rooms; what it follows from the start is asked for again. A room's own socket has that room only. */
  follow(rooms: readonly (Room | "own")[], since: Since): void {
    const asked = rooms.map((room) => (room === "own" || this.seat.room ? this.own : room));
    for (const log of asked) {
      if (!isUser(log) && log !== this.own) this.#wanted.add(log);
    }
    this.#remember();
    this.#subscribe([...new Set(asked)], since);
  }

  /** A room's own socket ends with that. */
  unfollow(room: Room): void {
    this.#wanted.delete(room);
    this.#send((session) => session.unsubscribe(this.seat.room ?? room));
  }

  /** Fetches a token that says something else, and goes on with it. */
  async renew(badge: BadgeName): Promise<void> {
    this.#badge = badge;
    const token = await this.#token(badge);
    this.#send((session) => session.renew(token, badges[badge]));
  }

  async #open(token: string, badge: BadgeName, wish: Wish): Promise<void> {
    const { user, device, room } = this.seat;
    const path = room === undefined ? "/connect" : `/rooms/${this.#names.room(room)}/connect`;
    const url = new URL(path, ORIGIN);
    url.searchParams.set("client", device);
    if (wish.position) url.searchParams.set("since", formatPosition(wish.position));
    const response = await exports.default.fetch(url, {
      headers: { Upgrade: "websocket", Authorization: `Bearer ${token}` },
    });
    const ws = response.webSocket;
    if (!ws) throw new Error(`No WebSocket: ${response.status} ${await response.text()}`);
    // Of two connections of one device only the newer counts, as the server sees it too (C4).
    this.#remember();
    this.#current?.ws.close(1000, "bye");
    this.#current?.session.leave();
    const session = new Session({
      by: this.name,
      names: this.#names,
      witness: this.#witness,
      as: { user, device, ...badges[badge] },
      own: this.own,
      wish,
    });
    this.#current = { session, ws };
    this.#listen(session, ws);
  }

  #listen(session: Session, ws: WebSocket): void {
    const isCurrent = () => this.#current?.session === session;
    ws.addEventListener("message", ({ data }) => {
      if (!isCurrent()) return;
      const parsed: unknown = JSON.parse(String(data));
      for (const frame of Array.isArray(parsed) ? parsed : [parsed]) session.take(serverFrame.parse(frame));
      if (session.standing.kind === "over") this.#end(session);
    });
    ws.addEventListener("close", () => {
      if (!isCurrent()) return;
      session.broke();
      this.#end(session);
    });
    ws.accept();
    this.#subscribe([...this.#wanted], "remembered");
  }

  /** Does what the end of a connection asks for (the table of close codes). */
  #end(session: Session): void {
    const { standing } = session;
    if (standing.kind !== "over" || this.#ended === session) return;
    this.#ended = session;
    this.#current?.ws.close(1000, "bye");
    if (standing.reconnect === "never") this.#isUp = false;
    if (!this.#isUp || this.#opening > 0) return;
    void this.#comeAgain(standing.reconnect === "later" ? 20 : 0);
  }

  async #comeAgain(delay: number): Promise<void> {
    this.#opening += 1;
    try {
      await scheduler.wait(delay);
      if (this.#isUp) await this.connect("remembered");
    } catch (error) {
      this.#witness.blame(`${this.name}: could not come again: ${String(error)}`);
    } finally {
      this.#opening -= 1;
    }
  }

  #subscribe(logs: readonly LogKey[], since: Since): void {
    if (logs.length === 0) return;
    this.#send((session) => session.subscribe(new Map(logs.map((log) => [log, this.#wish(log, since)]))));
  }

  #send(frame: (session: Session) => object): void {
    if (!this.#current || this.#current.session.standing.kind === "over") return;
    const { session, ws } = this.#current;
    try {
      ws.send(JSON.stringify(frame(session)));
    } catch {
      // It has just been closed by the other side; the close is about to be told.
    }
  }

  #wish(log: LogKey, since: Since): Wish {
    switch (since) {
      case "none":
        return { since, position: undefined };
      case "start":
        return { since, position: START };
      case "bogus":
        return { since, position: BOGUS };
      case "remembered": {
        const position = this.#remembered.get(log);
        return position ? { since, position } : { since: "none", position: undefined };
      }
    }
  }

  #remember(): void {
    for (const [log, { position }] of this.session?.logs ?? []) this.#remembered.set(log, position);
  }

  async #token(badge: BadgeName, ttl?: number): Promise<string> {
    const { tenants, roles } = badges[badge];
    const request = {
      userId: this.#names.user(this.seat.user),
      tenants,
      roles,
      ...(ttl !== undefined && { ttl }),
    };
    return (await issueDevToken(request, settingsOf(env), Date.now())).token;
  }
}
