import { expect, test } from "vitest";
import { FrameReader } from "../../bench/frame-reader.ts";

/** A frame as a server writes it. */
function frame(head: number, payload: Buffer): Buffer {
  const { length } = payload;
  if (length < 126) return Buffer.concat([Buffer.from([head, length]), payload]);
  if (length < 65_536) return Buffer.concat([Buffer.from([head, 126, length >> 8, length & 255]), payload]);
  const long = Buffer.alloc(10);
  long.writeUInt8(head, 0);
  long.writeUInt8(127, 1);
  long.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([long, payload]);
}

const texts = ["", "a", "ü", "b".repeat(125), "c".repeat(126), "d".repeat(70_000), "e"];
/** What follows in the stream is one long payload, which nobody needs to see in small pieces. */
const HEADS_END = 300;
const stream = Buffer.concat([
  ...texts.map((text) => frame(0x81, Buffer.from(text))),
  frame(0x88, Buffer.from([0x03, 0xf0])),
]);

test.each([1, 2, 3, 127, 1000, 65_536, 1_000_000])("reads frames that come in pieces of %i bytes", (size) => {
  const seen: unknown[] = [];
  const reader = new FrameReader({
    text: (payload) => seen.push(payload.toString()),
    closed: (code) => seen.push(code),
  });
  // One buffer for all reads, as the listeners have it: what the reader keeps it must copy.
  const shared = Buffer.alloc(Math.max(size, 1000));
  for (let at = 0, length = 0; at < stream.length; at += length) {
    length = stream.copy(shared, 0, at, at + (at < HEADS_END ? size : shared.length));
    reader.push(shared.subarray(0, length));
  }
  expect(seen).toEqual([...texts, 1008]);
});

test.each([
  { what: "the first fragment of a message", head: 0x01 },
  { what: "a compressed message", head: 0xc1 },
  { what: "binary", head: 0x82 },
  { what: "a ping", head: 0x89 },
])("refuses $what", ({ head }) => {
  const reader = new FrameReader({ text: () => {}, closed: () => {} });
  expect(() => reader.push(frame(head, Buffer.from("x")))).toThrow(`head 0x${head.toString(16)} was not`);
});

test("hands compressed messages over where they were agreed on", () => {
  const seen: string[] = [];
  const reader = new FrameReader({
    text: (payload) => seen.push(`text ${payload.toString()}`),
    compressed: (payload) => seen.push(`compressed ${payload.toString()}`),
    closed: () => {},
  });
  reader.push(Buffer.concat([frame(0xc1, Buffer.from("x")), frame(0x81, Buffer.from("y"))]));
  expect(seen).toEqual(["compressed x", "text y"]);
});
