import { type ServerFrame, type ServerFrameOf, serverFrame } from "../../../src/protocol/frames.ts";
import { formatPosition, type Position } from "../../../src/protocol/position.ts";
import { LogState } from "../interleavings/log-state.ts";
import { ownChannel } from "./announcement.ts";
import { type Room, rooms, type Seat } from "./cast.ts";
import type { Badge, Person } from "./person.ts";
import { contentOf } from "./sightings.ts";
import type { Ticks } from "./ticks.ts";
import { mayFollow } from "./who-may.ts";
import type { Witness } from "./witness.ts";

/** How long (ms) an answer may take. */
const PATIENCE = 30_000;

export interface SessionOptions {
  readonly by: string;
  readonly seat: Seat;
  readonly badge: Badge;
  readonly as: Person;
  readonly ticks: Ticks;
  readonly witness: Witness;
}

/** One connection, which knows as whom it is known, possibly and certainly, and tells all that it sees. */
export class Session {
  readonly seat: Seat;
  badge: Badge;
  /** As whom it may be known at this moment. Nobody once it is over. */
  as: readonly Person[];
  /** Since when it has been known so and not otherwise. */
  sureFrom = Number.POSITIVE_INFINITY;
  /** Rooms that it follows, and since when. */
  readonly rooms = new Map<Room, number>();
  readonly positions = new Map<string, Position>();
  isOver = false;
  endedFor: string | undefined;
  readonly #options: SessionOptions;
  readonly #ws: WebSocket;
  readonly #logs = new Map<string, LogState>();
  readonly #answers = new Map<number, ServerFrame>();
  #welcome: ServerFrameOf<"welcome"> | undefined;
  #waiting: (() => void)[] = [];
  #refs = 0;

  constructor(ws: WebSocket, options: SessionOptions) {
    this.#options = options;
    this.#ws = ws;
    this.seat = options.seat;
    this.badge = options.badge;
    this.as = [options.as];
    ws.addEventListener("message", ({ data }) => {
      const parsed: unknown = JSON.parse(String(data));
      for (const frame of Array.isArray(parsed) ? parsed : [parsed]) this.#take(serverFrame.parse(frame));
      this.#wake();
    });
    ws.addEventListener("close", () => this.#end("closed"));
    ws.accept();
  }

  get by(): string {
    return this.#options.by;
  }

  /** Whether it was let in. */
  async isGreeted(): Promise<boolean> {
    await this.until(() => this.#welcome !== undefined || this.isOver, "a greeting");
    return this.#welcome !== undefined;
  }

  /** Sends a frame and waits for the answer; nothing where the connection ends before it. */
  async ask(frame: object): Promise<ServerFrame | undefined> {
    this.#refs += 1;
    const ref = this.#refs;
    if (this.isOver) return undefined;
    try {
      this.#ws.send(JSON.stringify({ ...frame, ref }));
    } catch {
      return undefined;
    }
    await this.until(() => this.#answers.has(ref) || this.isOver, `an answer to ${JSON.stringify(frame)}`);
    return this.#answers.get(ref);
  }

  /** Waits until everything has come that was sent before. */
  async catchUp(): Promise<void> {
    await this.ask({ type: "ping" });
  }

  /** It is being made known as somebody else. */
  becomes(person: Person): void {
    this.as = [...this.as, person];
    this.sureFrom = Number.POSITIVE_INFINITY;
  }

  /** It is known as this person now, and as nobody else. */
  is(person: Person): void {
    this.as = this.isOver ? [] : [person];
    this.sureFrom = this.#options.ticks.next();
  }

  /** It has been made known as this person: what comes from now on is for them, and rooms that are not have been left. */
  async settles(person: Person): Promise<void> {
    await this.catchUp();
    const { room } = this.seat;
    if (room && !this.isOver && !mayFollow(person, room)) this.#blame(`stayed in ${room}`);
    const left = [...this.rooms.keys()].filter((name) => !mayFollow(person, name));
    if (left.length > 0) this.#blame(`still follows ${left.join()}`);
    this.is(person);
  }

  async leave(): Promise<void> {
    try {
      this.#ws.close(1000, "bye");
    } catch {
      // The other side has closed it already.
    }
    await this.until(() => this.isOver, "the connection to close");
  }

  async until(holds: () => boolean, what: string): Promise<void> {
    const deadline = performance.now() + PATIENCE;
    while (!holds()) {
      if (performance.now() > deadline) {
        this.#options.witness.blame(`${this.by} waited in vain for ${what}`);
        return;
      }
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
        setTimeout(resolve, 50);
      });
    }
  }

  #take(frame: ServerFrame): void {
    if (this.isOver) this.#blame(`"${frame.type}" came after the end`);
    if ("ref" in frame && typeof frame.ref === "number") this.#answers.set(frame.ref, frame);
    switch (frame.type) {
      case "welcome":
        this.#greet(frame);
        break;
      case "event":
        this.#see(frame);
        break;
      case "skip":
        this.#logs.get(frame.channel)?.takeSkip(frame.upTo);
        this.#remember(frame.channel);
        break;
      case "subscribed":
        this.#follow(frame);
        break;
      case "unsubscribed":
        for (const room of rooms) if (room === frame.channel) this.rooms.delete(room);
        break;
      case "ok":
        // What comes behind this answer comes to whom the new credential names.
        this.as = this.as.slice(-1);
        break;
      case "close":
        this.#end(frame.reason);
    }
  }

  #greet(frame: ServerFrameOf<"welcome">): void {
    this.#welcome = frame;
    const { seat } = this.#options;
    const own = seat.room ?? ownChannel(seat.user);
    this.#logs.set(own, new LogState(frame.position, true));
    this.#remember(own);
    if (seat.room) this.rooms.set(seat.room, this.#options.ticks.next());
    for (const channel of frame.channels) {
      if (!this.as.some((person) => mayFollow(person, channel))) this.#blame(`was said to follow ${channel}`);
    }
  }

  #follow({ channel, position }: ServerFrameOf<"subscribed">): void {
    const room = rooms.find((name) => name === channel);
    if (!this.as.some((person) => mayFollow(person, channel))) this.#blame(`was let into ${channel}`);
    this.#logs.set(channel, new LogState(position, true));
    this.#remember(channel);
    if (room) this.rooms.set(room, this.rooms.get(room) ?? this.#options.ticks.next());
  }

  #see(frame: ServerFrameOf<"event">): void {
    const { by, seat, ticks, witness } = this.#options;
    const { channel, offset } = frame;
    const room = rooms.find((name) => name === channel);
    const log = room ?? ownChannel(seat.user);
    const { user, device } = seat;
    const sighting = { by, user, device, as: this.as, room, channel, offset, tick: ticks.now };
    const content = contentOf(frame);
    if (content) witness.see({ ...sighting, ...content });
    if (offset === undefined) return;
    if (this.#logs.get(log)?.takeEvent(offset) === "hole")
      this.#blame(`found a hole before ${offset} of ${log}`);
    this.#remember(log);
  }

  #remember(log: string): void {
    const state = this.#logs.get(log);
    if (state) this.positions.set(log, state.position);
  }

  #end(reason: string): void {
    this.endedFor ??= reason;
    this.isOver = true;
    this.as = [];
    this.rooms.clear();
    this.#wake();
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #blame(what: string): void {
    this.#options.witness.blame(`${this.by} ${what} as ${JSON.stringify(this.as)}`);
  }
}

/** A position as it stands in `since`. */
export function sinceOf(position: Position | undefined): string | undefined {
  return position && formatPosition(position);
}
