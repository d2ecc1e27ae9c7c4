const nothing = Buffer.alloc(0);
/** First bytes of frames that are whole messages. */
const TEXT = 0x81;
/** With the bit that permessage-deflate sets. */
const COMPRESSED = 0xc1;
const CLOSE = 0x88;

/** What a server may send on a WebSocket to a client whose pings nobody answers. */
export interface FrameTaker {
  /** A text message. The bytes are only good until this returns. */
  text(payload: Buffer): void;
  /** A compressed one; it is an error where this is not there, since no compression was agreed on. */
  compressed?: ((payload: Buffer) => void) | undefined;
  closed(code: number): void;
}

/**
 * Cuts a server's byte stream into WebSocket messages, without copying what comes in one piece. Servers under test do
 * not fragment messages; one that does is an error here and not a silent miscount.
 */
export class FrameReader {
  readonly #taker: FrameTaker;
  #rest: Buffer = nothing;

  constructor(taker: FrameTaker) {
    this.#taker = taker;
  }

  /** @param chunk is only read before this returns. */
  push(chunk: Buffer): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = 0;
    for (;;) {
      const payload = frameAt(bytes, at);
      if (!payload) break;
      this.#take(bytes.readUInt8(at), bytes.subarray(payload.start, payload.end));
      at = payload.end;
    }
    this.#rest = at === bytes.length ? nothing : Buffer.from(bytes.subarray(at));
  }

  #take(head: number, payload: Buffer): void {
    if (head === TEXT) this.#taker.text(payload);
    else if (head === COMPRESSED && this.#taker.compressed) this.#taker.compressed(payload);
    else if (head === CLOSE) this.#taker.closed(payload.length >= 2 ? payload.readUInt16BE(0) : 1005);
    else throw new Error(`A WebSocket frame with the head 0x${head.toString(16)} was not expected.`);
  }
}

/** Where the payload of the frame that begins at `at` lies, if all of it is there. */
function frameAt(bytes: Buffer, at: number): { start: number; end: number } | undefined {
  const there = bytes.length - at;
  if (there < 2) return undefined;
  const short = bytes.readUInt8(at + 1);
  const head = short < 126 ? 2 : short === 126 ? 4 : 10;
  if (there < head) return undefined;
  const length =
    short < 126 ? short : short === 126 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2));
  return there < head + length ? undefined : { start: at + head, end: at + head + length };
}
