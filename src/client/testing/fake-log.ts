import type { ServerFrame, ServerFrameOf } from "../../protocol/frames.ts";
import { type Position, parsePosition } from "../../protocol/position.ts";
import { randomId } from "../random-id.ts";
import type { FakeSocket } from "./fake-socket.ts";

export type EventFrame = ServerFrameOf<"event">;

/** Where a follower begins, as the service answers it (rules R1 to R3). */
export interface Beginning {
  readonly position: Position;
  readonly recovered: boolean;
}

/** A log with its followers, kept in memory. */
export class FakeLog {
  readonly name: string;
  #epoch = "0";
  #isFirstLife = true;
  #entries: EventFrame[] = [];
  readonly followers = new Set<FakeSocket>();

  constructor(name: string) {
    this.name = name;
  }

  get top(): Position {
    return { epoch: this.#epoch, offset: this.#entries.length };
  }

  /** Everything is gone, and whoever followed it is told so (rule R6), or finds out when coming back (R3). */
  lose(): void {
    this.#epoch = randomId().slice(0, 10);
    this.#isFirstLife = false;
    this.#entries = [];
    this.#tell({ type: "subscribed", channel: this.name, position: this.top, recovered: false });
  }

  /** Stores an event and hands it to the followers; those in `except` get `skip`. */
  store(event: Omit<EventFrame, "type" | "offset">, except?: FakeSocket): EventFrame {
    if (this.#epoch === "0") this.#epoch = randomId().slice(0, 10);
    const entry: EventFrame = { type: "event", ...event, offset: this.#entries.length + 1 };
    this.#entries.push(entry);
    this.#tell(entry, except);
    except?.send({ type: "skip", channel: this.name, upTo: this.#entries.length });
    return entry;
  }

  /** Hands on an event that is not kept. */
  pass(event: Omit<EventFrame, "type" | "offset">, except?: FakeSocket): void {
    this.#tell({ type: "event", ...event }, except);
  }

  begin(since: Position | undefined): Beginning {
    if (!since) return { position: this.top, recovered: true };
    const isOfThisLife = since.epoch === this.#epoch || (since.epoch === "0" && this.#isFirstLife);
    if (!isOfThisLife || since.offset > this.#entries.length) return { position: this.top, recovered: false };
    return { position: since, recovered: true };
  }

  /** What follows a position, and with it `live`. */
  replay(
    socket: FakeSocket,
    { position, recovered }: Beginning,
    live: Partial<ServerFrameOf<"live">> = {},
  ): void {
    if (!recovered) return;
    const missed = this.after(position);
    for (const entry of missed) socket.send(entry);
    socket.send({ type: "live", channel: this.name, replayed: missed.length, ...live });
  }

  after({ offset }: Position): readonly EventFrame[] {
    return this.#entries.slice(offset);
  }

  before(offset: number, limit: number): readonly EventFrame[] {
    const to = Math.min(offset - 1, this.#entries.length);
    return this.#entries.slice(Math.max(0, to - limit), to);
  }

  #tell(frame: ServerFrame, except?: FakeSocket): void {
    for (const follower of this.followers) if (follower !== except) follower.send(frame);
  }
}

/** `since` as it is written, or as an object. */
export function positionIn(since: unknown): Position | undefined {
  return typeof since === "string" ? parsePosition(since) : undefined;
}
