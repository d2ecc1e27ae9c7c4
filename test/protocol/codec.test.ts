import { describe, expect, test } from "vitest";
import type { CloseReason } from "../../src/protocol/close-codes.ts";
import { bundle, decode, encode } from "../../src/protocol/codec.ts";
import type { ClientFrame, Ref } from "../../src/protocol/frames.ts";

const LIMIT = 10_240;

/** A frame of exactly so many bytes, filled with a character of so many bytes. */
function frameOf(bytes: number, filler = "x"): string {
  const [head, tail] = ['{"type":"ping","pad":"', '"}'];
  const left = bytes - head.length - tail.length;
  const size = new TextEncoder().encode(filler).byteLength;
  return head + filler.repeat(Math.floor(left / size)) + "x".repeat(left % size) + tail;
}

describe("decoding a message (P1, P2, P4)", () => {
  const toRoom = { channel: "room:1", since: undefined };

  test.each<[string, string, ClientFrame[]]>([
    ["a ping", '{"type":"ping"}', [{ type: "ping" }]],
    ["a ping with a ref", '{"type":"ping","ref":7}', [{ type: "ping", ref: 7 }]],
    ["room in whitespace", ' \n{ "type" : "ping" }\t', [{ type: "ping" }]],
    [
      "a channel's name",
      '{"type":"subscribe","channels":["room:1"]}',
      [{ type: "subscribe", channels: [toRoom] }],
    ],
    [
      "a channel with its position as text",
      '{"type":"subscribe","ref":"a","channels":[{"channel":"room:1","since":"k3.17"}]}',
      [
        {
          type: "subscribe",
          ref: "a",
          channels: [{ channel: "room:1", since: { epoch: "k3", offset: 17 } }],
        },
      ],
    ],
    [
      "a channel with its position as an object",
      '{"type":"subscribe","channels":[{"channel":"room:1","since":{"epoch":"0","offset":0}}]}',
      [{ type: "subscribe", channels: [{ channel: "room:1", since: { epoch: "0", offset: 0 } }] }],
    ],
    ["fields of a newer client", '{"type":"ping","new":{"a":1}}', [{ type: "ping" }]],
    [
      "several frames in order",
      '[{"type":"ping"},{"type":"unsubscribe","channels":["room:1"]}]',
      [{ type: "ping" }, { type: "unsubscribe", channels: ["room:1"] }],
    ],
    ["no frames", "[]", []],
    ["the largest", frameOf(LIMIT), [{ type: "ping" }]],
    ["the largest, of three bytes a character", frameOf(LIMIT, "ก"), [{ type: "ping" }]],
  ])("takes %s", (_, message, frames) => {
    expect(decode(message, LIMIT)).toEqual({
      kind: "frames",
      frames: frames.map((frame) => ({ kind: "frame", frame })),
    });
  });

  test.each<[string, string, string, Ref | undefined]>([
    ["without a ref", '{"type":"wave"}', "wave", undefined],
    ["with a number for ref", '{"type":"wave","ref":3}', "wave", 3],
    ["with a text for ref", '{"type":"","ref":"r1"}', "", "r1"],
    ["with a ref that is too long", `{"type":"x","ref":"${"r".repeat(65)}"}`, "x", undefined],
    ["with an object for ref", '{"type":"x","ref":{}}', "x", undefined],
    ["with a fraction for ref", '{"type":"x","ref":1.5}', "x", undefined],
    ["with a negative ref, which no answer can carry", '{"type":"x","ref":-1}', "x", undefined],
    ["with a long type", `{"type":"${"t".repeat(100)}"}`, "t".repeat(64), undefined],
    ["that every object inherits", '{"type":"toString"}', "toString", undefined],
  ])("does not close on an unknown type %s", (_, message, type, ref) => {
    expect(decode(message, LIMIT)).toEqual({ kind: "frames", frames: [{ kind: "unknown", type, ref }] });
  });

  const deep = (levels: number) => `${"[".repeat(levels)}${"]".repeat(levels)}`;

  test.each<[string, string | ArrayBuffer, CloseReason, string]>([
    [
      "binary",
      Uint8Array.from('{"type":"ping"}', (text) => text.charCodeAt(0)).buffer,
      "invalid_frame",
      "not binary",
    ],
    ["one byte too many", frameOf(LIMIT + 1), "frame_too_large", "10240 bytes"],
    ["one byte too many in fewer characters", frameOf(LIMIT + 1, "ก"), "frame_too_large", "10240 bytes"],
    ["what is not JSON", "ping", "invalid_frame", "not JSON"],
    ["nothing", "", "invalid_frame", "not JSON"],
    ["half a frame", '{"type":"ping"', "invalid_frame", "not JSON"],
    ["two frames in a row", '{"type":"ping"}{"type":"ping"}', "invalid_frame", "not JSON"],
    ["a byte order mark", '\ufeff{"type":"ping"}', "invalid_frame", "not JSON"],
    ["a text", '"ping"', "invalid_frame", "is a JSON object"],
    ["a number", "1", "invalid_frame", "is a JSON object"],
    ["null", "null", "invalid_frame", "is a JSON object"],
    ["an array in an array", '[[{"type":"ping"}]]', "invalid_frame", "is a JSON object"],
    ["an object without a type", "{}", "invalid_frame", '"type"'],
    ["a type that is no text", '{"type":1}', "invalid_frame", '"type"'],
    ["one bad frame among good ones", '[{"type":"ping"},{}]', "invalid_frame", '"type"'],
    ["a missing field", '{"type":"subscribe"}', "invalid_frame", "subscribe.channels"],
    [
      "a field of the wrong type",
      '{"type":"subscribe","channels":"room:1"}',
      "invalid_frame",
      "subscribe.channels",
    ],
    [
      "an item of the wrong type",
      '{"type":"unsubscribe","channels":[1]}',
      "invalid_frame",
      "unsubscribe.channels.0",
    ],
    ["no channel", '{"type":"subscribe","channels":[]}', "invalid_frame", "subscribe.channels"],
    [
      "101 channels",
      JSON.stringify({ type: "subscribe", channels: Array(101).fill("room:1") }),
      "invalid_frame",
      "subscribe.channels",
    ],
    [
      "a bad position",
      '{"type":"subscribe","channels":[{"channel":"room:1","since":"17"}]}',
      "invalid_frame",
      "subscribe",
    ],
    [
      "a negative offset",
      '{"type":"subscribe","channels":[{"channel":"room:1","since":{"epoch":"a","offset":-1}}]}',
      "invalid_frame",
      "subscribe",
    ],
    ["a ref that is an object", '{"type":"ping","ref":{}}', "invalid_frame", "ping.ref"],
    ["a ref that is too long", `{"type":"ping","ref":"${"r".repeat(65)}"}`, "invalid_frame", "ping.ref"],
    ["nesting that is too deep", `{"type":"ping","x":${deep(40)}}`, "invalid_frame", "too deeply"],
    ["nesting as deep as the bytes allow", deep(5000), "invalid_frame", "too deeply"],
    ["a __proto__ key", '{"type":"ping","__proto__":{"a":1}}', "invalid_frame", "__proto__"],
    ["a __proto__ key inside", '{"type":"ping","x":[{"__proto__":1}]}', "invalid_frame", "__proto__"],
  ])("refuses %s", (_, message, reason, detail) => {
    const result = decode(message, LIMIT);
    if (result.kind !== "refused") throw new Error(`It was taken: ${JSON.stringify(result)}`);
    expect(result.reason).toBe(reason);
    expect(result.message).toContain(detail);
    expect(result.message.length).toBeLessThanOrEqual(200);
  });

  test("leaves prototypes as they are", () => {
    decode('{"type":"ping","__proto__":{"polluted":true}}', LIMIT);
    expect("polluted" in {}).toBe(false);
  });

  test("does not repeat a credential that was sent in a wrong place", () => {
    const token = "eyJhbGciOiJIUzI1NiJ9.e30.c2VjcmV0";
    const result = decode(JSON.stringify({ type: "subscribe", channels: [{ token }] }), LIMIT);
    expect(JSON.stringify(result)).not.toContain(token);
  });
});

describe("encoding", () => {
  test("leaves out what is undefined", () => {
    expect(encode({ type: "pong", ref: undefined })).toBe('{"type":"pong"}');
  });

  test.each<[string, string[], string]>([
    ["one frame as it is", ['{"a":1}'], '{"a":1}'],
    ["several as an array", ['{"a":1}', '{"b":2}'], '[{"a":1},{"b":2}]'],
    ["none as an empty array", [], "[]"],
  ])("bundles %s", (_, frames, message) => {
    expect(bundle(frames)).toBe(message);
  });
});
