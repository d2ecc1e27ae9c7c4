import { exports } from "cloudflare:workers";
import { type ServerFrame, serverFrame } from "../../../src/protocol/frames.ts";
import { formatPosition } from "../../../src/protocol/position.ts";
import { ORIGIN } from "../listener.ts";
import type { Seat } from "./cast.ts";
import { Device } from "./device.ts";
import type { Counts, Snapshot } from "./wire.ts";

export interface ClientOptions {
  readonly seat: Seat;
  readonly token: () => Promise<string>;
  readonly read: () => Promise<Snapshot>;
  /** A greeting has told the counts at a position. */
  readonly greeted: (offset: number, counts: Counts) => void;
  readonly blame: (fault: string) => void;
}

/** A device that comes and goes, and comes again by itself when its connection breaks. */
export class Client {
  readonly #options: ClientOptions;
  #device = new Device();
  #ws: WebSocket | undefined;
  #isUp = false;
  #underWay = 0;
  #refs = 0;
  readonly #answers = new Map<number, (counts: Counts | undefined) => void>();

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  get seat(): Seat {
    return this.#options.seat;
  }

  get device(): Device {
    return this.#device;
  }

  get isCalm(): boolean {
    return this.#underWay === 0 && !this.#device.isReading && this.#isUp === (this.#ws !== undefined);
  }

  /** @param isFresh whether it has forgotten everything. */
  async connect(isFresh: boolean): Promise<void> {
    this.#isUp = true;
    await this.#work(async () => {
      if (isFresh) this.#forget();
      await this.#open();
    });
  }

  drop(): void {
    this.#isUp = false;
    this.#leave();
  }

  /** Asks for a mark by a frame. @returns the counts that were answered, or nothing where no answer came. */
  mark(request: object): Promise<Counts | undefined> {
    const ws = this.#ws;
    this.#refs += 1;
    const ref = this.#refs;
    if (!ws) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      this.#answers.set(ref, resolve);
      try {
        ws.send(JSON.stringify({ type: "mark", ref, ...request }));
      } catch {
        this.#leave();
      }
    });
  }

  async #open(): Promise<void> {
    const token = await this.#options.token();
    const url = new URL(`/connect?client=${this.seat}`, ORIGIN);
    const { position } = this.#device;
    // What it begins to read it has not got yet: it comes again as if for the first time.
    const isAnew = this.#device.isReading || !position;
    if (isAnew) this.#forget();
    else url.searchParams.set("since", formatPosition(position));
    const before = this.#device;
    const response = await exports.default.fetch(url, {
      headers: { Upgrade: "websocket", Authorization: `Bearer ${token}` },
    });
    const ws = response.webSocket;
    if (!ws) throw new Error(`No WebSocket: ${response.status} ${await response.text()}`);
    this.#leave();
    this.#ws = ws;
    const device = this.#device;
    // Meanwhile it may have forgotten everything, and is then not where this connection goes on.
    const resumes = !isAnew && device === before;
    ws.addEventListener("message", ({ data }) => {
      if (this.#ws !== ws || this.#device !== device) return;
      const parsed: unknown = JSON.parse(String(data));
      for (const one of Array.isArray(parsed) ? parsed : [parsed]) {
        const frame = serverFrame.parse(one);
        if (frame.type !== "welcome") this.#hear(frame);
        else {
          // Who comes with a position is told that position, and counts of a later one.
          if (isAnew && frame.counts) this.#options.greeted(frame.position.offset, frame.counts);
          if (!resumes || !frame.recovered) void this.#readAnew();
        }
      }
    });
    ws.addEventListener("close", () => {
      if (this.#ws !== ws) return;
      this.#leave();
      void this.#comeAgain();
    });
    ws.accept();
    if (!this.#isUp) this.#leave();
  }

  #hear(frame: ServerFrame): void {
    switch (frame.type) {
      case "subscribed":
        if (!frame.recovered) void this.#readAnew();
        return;
      case "ok":
      case "error":
        this.#answers.get(Number(frame.ref))?.(frame.type === "ok" ? frame.counts : undefined);
        this.#answers.delete(Number(frame.ref));
        return;
      case "close":
        // What comes of it is told by the close itself.
        return;
      default:
        this.#device.hear(frame);
    }
  }

  /** Reads the inbox itself, and goes on from where that was. */
  async #readAnew(): Promise<void> {
    const device = this.#device;
    const waiting = device.beginReading();
    await this.#work(async () => {
      const snapshot = await this.#options.read();
      if (this.#device === device) device.take(snapshot, waiting);
    });
  }

  async #comeAgain(): Promise<void> {
    await this.#work(async () => {
      await scheduler.wait(5);
      if (this.#isUp && !this.#ws) await this.#open();
    });
  }

  async #work(task: () => Promise<void>): Promise<void> {
    this.#underWay += 1;
    try {
      await task();
    } catch (error) {
      this.#options.blame(`${this.seat}: ${String(error)}`);
    } finally {
      this.#underWay -= 1;
    }
  }

  #forget(): void {
    for (const fault of this.#device.faults) this.#options.blame(`${this.seat}: ${fault}`);
    this.#device = new Device();
  }

  #leave(): void {
    const ws = this.#ws;
    this.#ws = undefined;
    for (const answer of this.#answers.values()) answer(undefined);
    this.#answers.clear();
    ws?.close(1000, "bye");
  }
}
