import { createInflateRaw, type InflateRaw } from "node:zlib";

/** The bytes that end each message on the wire are left out there (RFC 7692, 7.2.1). */
const TAIL = Buffer.from([0x00, 0x00, 0xff, 0xff]);

interface Waiting {
  readonly payload: Buffer;
  readonly isCompressed: boolean;
  readonly at: number;
}

/** Unpacks the messages of one connection whose server compresses, in order. Each leans on those before it. */
export class Inflater {
  readonly #inflate: InflateRaw = createInflateRaw();
  readonly #waiting: Waiting[] = [];
  readonly #take: (payload: Buffer, at: number) => void;
  #chunks: Buffer[] = [];
  #isBusy = false;

  /**
   * @param take is given each message, and when it came.
   * @param fail is told when one cannot be unpacked.
   */
  constructor(take: (payload: Buffer, at: number) => void, fail: (error: Error) => void) {
    this.#take = take;
    this.#inflate.on("data", (chunk: Buffer) => this.#chunks.push(chunk));
    this.#inflate.on("error", fail);
  }

  /** @param payload is copied. */
  push(payload: Buffer, isCompressed: boolean, at: number): void {
    this.#waiting.push({ payload: Buffer.from(payload), isCompressed, at });
    if (!this.#isBusy) this.#next();
  }

  close(): void {
    this.#waiting.length = 0;
    this.#inflate.close();
  }

  #next(): void {
    const waiting = this.#waiting.shift();
    this.#isBusy = waiting !== undefined;
    if (waiting === undefined) return;
    const { payload, isCompressed, at } = waiting;
    if (!isCompressed) {
      this.#take(payload, at);
      this.#next();
      return;
    }
    this.#inflate.write(payload);
    this.#inflate.write(TAIL);
    this.#inflate.flush(() => {
      const whole = Buffer.concat(this.#chunks);
      this.#chunks = [];
      this.#take(whole, at);
      this.#next();
    });
  }
}
