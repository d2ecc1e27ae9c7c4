import type fc from "fast-check";
import { closeReasons } from "../../src/protocol/close-codes.ts";
import { type ErrorCode, errorKinds } from "../../src/protocol/errors.ts";
import type { ServerFrame } from "../../src/protocol/frames.ts";
import { Bystander } from "./bystander.ts";
import { type Message, messages } from "./cases/messages.ts";
import type { Client } from "./client.ts";
import { type Expectation, expectationOf, kindOf, mayBeUnasked } from "./expectation.ts";
import type { Lane } from "./lane.ts";
import { Line } from "./line.ts";
import { provide } from "./provisions.ts";
import { MAX_FRAME_BYTES } from "./reading.ts";
import type { Tally } from "./tally.ts";
import type { Target } from "./target.ts";
import { tokensOf } from "./tokens.ts";

/** Frames after which a new connection is opened, within what a connection may send at once. */
const FRAMES_OF_A_LINE = 60;

export interface FrameLaneOptions {
  readonly target: Target;
  readonly client: Client;
  readonly tally: Tally;
  /** The user who sends; another device of the user, or another one in the room, stands by. */
  readonly user: string;
  readonly place: "user" | "room";
}

/** Sends messages over connections to a user's object, or to a room's, and judges what they are answered. */
export class FrameLane implements Lane<Message> {
  readonly name: string;
  readonly cases: fc.Arbitrary<Message>;
  readonly #options: FrameLaneOptions;
  readonly #token: string;
  readonly #url: string;
  readonly #bystander: Bystander;
  #line: Line | undefined;
  #sent = 0;
  #sentinels = 0;

  private constructor(options: FrameLaneOptions, tokens: { good: string; all: readonly string[] }) {
    const { target, client, user, place } = options;
    const channel = place === "user" ? `user:${user}` : `room:${user}`;
    const path = place === "user" ? "/connect" : `/rooms/${channel}/connect`;
    this.#options = options;
    this.#token = tokens.good;
    this.#url = target.url.replace(/^http/, "ws") + path;
    this.name = `frames to a ${place}'s object, from ${user}`;
    this.cases = messages({ channels: [channel, `${channel}:orders`], tokens: tokens.all }, MAX_FRAME_BYTES);
    this.#bystander = new Bystander({ target, client, token: tokens.good, path, channel });
  }

  static async open(options: FrameLaneOptions): Promise<FrameLane> {
    const { user, target, client } = options;
    await provide(options);
    const lane = new FrameLane(options, await tokensOf(user, target, client));
    await lane.#bystander.open();
    return lane;
  }

  async try(message: Message): Promise<void> {
    this.#options.tally.countCase();
    try {
      await this.#send(message);
    } catch (error) {
      this.#leave();
      throw error;
    }
  }

  async settle(): Promise<void> {
    this.#leave();
    await this.#bystander.check();
  }

  [Symbol.dispose](): void {
    this.#leave();
    this.#bystander[Symbol.dispose]();
  }

  async #send(message: Message): Promise<void> {
    const expectation = expectationOf(message, this.#options.place);
    const line = await this.#connected(expectation);
    line.forget();
    line.send(message);
    this.#sentinels += 1;
    const sentinel = `sentinel ${this.#sentinels}`;
    // Whoever answers this has got over the message.
    line.send({ data: JSON.stringify({ type: "ping", ref: sentinel }), isBinary: false });
    const isOver = (frame: ServerFrame) => frame.type === "pong" && frame.ref === sentinel;
    await line.until(
      () => line.end !== undefined || (isAnswered(line, expectation) && line.frames.some(isOver)),
      expectation.kind === "close" ? `the end by ${expectation.reason}` : "all answers",
    );
    this.#judge(line, expectation, isOver);
  }

  #judge(line: Line, expectation: Expectation, isSentinel: (frame: ServerFrame) => boolean): void {
    for (const frame of line.frames) this.#judgeFrame(frame);
    const frames = line.frames.filter((frame) => !isSentinel(frame));
    if (line.end) {
      this.#judgeEnd(line, expectation);
      this.#line = undefined;
      return;
    }
    if (expectation.kind === "close") throw new Error(`It was to be refused. ${line.seen()}`);
    const left = new Map(expectation.answers);
    for (const frame of frames) {
      const kind = kindOf(frame);
      if (kind === undefined) continue;
      const count = left.get(kind) ?? 0;
      if (count === 0 && !mayBeUnasked(frame)) throw new Error(`There is an answer too many. ${line.seen()}`);
      left.set(kind, Math.max(0, count - 1));
    }
  }

  #judgeFrame(frame: ServerFrame): void {
    if (frame.type === "error") {
      const { code } = frame;
      this.#options.tally.count(`frame: error ${code}`);
      if (isFailure(code)) throw new Error(`The service failed: ${JSON.stringify(frame)}`);
    } else if (frame.type === "close") this.#options.tally.count(`frame: close ${frame.reason}`);
    else this.#options.tally.count(`frame: ${frame.type}`);
  }

  #judgeEnd(line: Line, expectation: Expectation): void {
    const last = line.frames.at(-1);
    const { end } = line;
    if (last?.type !== "close" || end?.code !== last.code || end.reason !== last.reason) {
      throw new Error(`It was closed without saying why before. ${line.seen()}`);
    }
    const { reason, code } = last;
    if (closeReasons[reason].code !== code) throw new Error(`The code does not go with it. ${line.seen()}`);
    const isExpected =
      expectation.kind === "close" ? expectation.reason === reason : expectation.mayClose.has(reason);
    if (!isExpected)
      throw new Error(
        `It was to be ${expectation.kind === "close" ? expectation.reason : "answered"}. ${line.seen()}`,
      );
    const answered = line.frames.filter((frame) => kindOf(frame) !== undefined && !mayBeUnasked(frame));
    if (expectation.kind === "close" && answered.length > 0)
      throw new Error(`Some of it was handled. ${line.seen()}`);
  }

  async #connected(expectation: Expectation): Promise<Line> {
    const frames = expectation.kind === "close" ? 1 : expectation.frames + 1;
    if (this.#line?.end || this.#sent + frames > FRAMES_OF_A_LINE) this.#leave();
    if (!this.#line) {
      this.#line = await Line.greeted(this.#url, { headers: { Authorization: `Bearer ${this.#token}` } });
      this.#sent = 0;
    }
    this.#sent += frames;
    return this.#line;
  }

  #leave(): void {
    this.#line?.close(1000);
    this.#line = undefined;
  }
}

/** Whether it is the service that failed, and not the one who asked. */
function isFailure(code: ErrorCode): boolean {
  return errorKinds[code].status >= 500;
}

function isAnswered(line: Line, expectation: Expectation): boolean {
  // Whoever goes on after what is to be refused has not refused it.
  if (expectation.kind === "close") return true;
  const kinds = line.frames.map(kindOf);
  return [...expectation.answers].every(
    ([kind, times]) => kinds.filter((one) => one === kind).length >= times,
  );
}
