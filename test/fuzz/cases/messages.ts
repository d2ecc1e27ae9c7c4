import fc from "fast-check";
import { channelNames, sinceTexts } from "./channels.ts";
import { anyJson, listOf, maybe, mutatedObject, objectText, quotedText } from "./json.ts";
import { ids } from "./publishes.ts";
import { anyText, damaged } from "./text.ts";

/** One WebSocket message, as it is put on the wire. Bytes may claim to be text. */
export interface Message {
  readonly data: string | Uint8Array;
  readonly isBinary: boolean;
}

/** Who sends, as far as messages name it. */
export interface Sender {
  /** Channels that the sender may follow. */
  readonly channels: readonly string[];
  /** Tokens to renew the session with, good and bad. */
  readonly tokens: readonly string[];
}

const quoted = (text: string) => JSON.stringify(text);

const refs = fc.oneof(
  { weight: 6, arbitrary: fc.nat({ max: 5 }).map(String) },
  {
    weight: 3,
    arbitrary: fc.constantFrom('"a"', '""', '"__proto__"', quoted("ก".repeat(64)), "9007199254740991"),
  },
  { weight: 1, arbitrary: fc.constantFrom("-1", "1.5", "null", quoted("r".repeat(65)), "9007199254740993") },
);

const positions = fc.oneof(
  { weight: 3, arbitrary: sinceTexts.map(quoted) },
  {
    weight: 1,
    arbitrary: mutatedObject({ epoch: fc.constant('"0"'), offset: fc.constantFrom("0", "1", "99") }),
  },
);

/** Frames of every type that the protocol has, of some that it may get, and of none. */
function frames({ channels, tokens }: Sender): fc.Arbitrary<string> {
  const names = channelNames(channels).map(quoted);
  const ref = maybe(refs);
  const type = (name: string) => fc.constant(quoted(name));
  const subscription = fc.oneof(
    { weight: 2, arbitrary: names },
    { weight: 1, arbitrary: mutatedObject({ channel: names, since: maybe(positions) }) },
  );
  const token = fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...tokens).map(quoted) },
    { weight: 1, arbitrary: quotedText },
  );
  const unknown = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.constantFrom("wave", "PING", "welcome", "constructor").map(quoted),
    },
    { weight: 1, arbitrary: anyText.map(quoted) },
  );
  return fc.oneof(
    {
      weight: 5,
      arbitrary: mutatedObject({ type: type("subscribe"), ref, channels: listOf(subscription, 100) }),
    },
    { weight: 3, arbitrary: mutatedObject({ type: type("unsubscribe"), ref, channels: listOf(names, 100) }) },
    { weight: 3, arbitrary: mutatedObject({ type: type("ping"), ref }) },
    { weight: 1, arbitrary: fc.constant('{"type":"ping"}') },
    {
      weight: 2,
      arbitrary: mutatedObject({
        type: type("ack"),
        offset: fc.constantFrom("0", "1", "3", "9007199254740991"),
      }),
    },
    { weight: 2, arbitrary: mutatedObject({ type: type("auth"), ref, token }) },
    {
      weight: 2,
      arbitrary: mutatedObject({
        type: type("publish"),
        ref,
        channel: names,
        event: fc.oneof(fc.constantFrom("typing", "cursor", "toString").map(quoted), quotedText),
        data: maybe(anyJson),
        id: maybe(ids),
      }),
    },
    {
      weight: 1,
      arbitrary: mutatedObject({ type: type("presence"), ref, channel: names, state: maybe(anyJson) }),
    },
    {
      weight: 3,
      arbitrary: mutatedObject({
        type: type("mark"),
        ref,
        as: fc
          .constantFrom("read", "unread", "seen", "unseen", "archived", "unarchived", "deleted", "READ")
          .map(quoted),
        ids: maybe(listOf(ids, 100)),
        all: maybe(fc.constant("true")),
        upTo: maybe(fc.constantFrom("0", "1", "9007199254740991")),
      }),
    },
    { weight: 2, arbitrary: mutatedObject({ type: unknown, ref, channels: maybe(anyJson) }) },
  );
}

/** Messages of about the largest size: a byte less, just that, a byte more. */
function aroundLimit(maxBytes: number): fc.Arbitrary<string> {
  const sizes = fc.constantFrom(maxBytes - 1, maxBytes, maxBytes + 1, maxBytes * 3);
  return fc.tuple(sizes, fc.constantFrom("x", "ก", "🔔", "\\u0000")).map(([size, unit]) => {
    const empty = Buffer.byteLength(
      objectText([
        ["type", '"ping"'],
        ["ref", "1"],
        ["pad", '""'],
      ]),
    );
    const width = Buffer.byteLength(unit);
    const pad = unit.repeat(Math.floor((size - empty) / width)) + "x".repeat((size - empty) % width);
    return objectText([
      ["type", '"ping"'],
      ["ref", "1"],
      ["pad", `"${pad}"`],
    ]);
  });
}

/** All that may come over a connection. No message holds more than 30 frames. */
export function messages(sender: Sender, maxBytes: number): fc.Arbitrary<Message> {
  const frame = frames(sender);
  const asText = (data: string): Message => ({ data, isBinary: false });
  const bundle = fc.oneof(
    { weight: 8, arbitrary: fc.array(frame, { maxLength: 6 }) },
    {
      weight: 1,
      arbitrary: fc.array(fc.oneof({ weight: 9, arbitrary: frame }, { weight: 1, arbitrary: anyJson }), {
        maxLength: 30,
      }),
    },
  );
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    frame.map((text) => new Uint8Array(Buffer.from(text))),
  );
  return fc.oneof(
    { weight: 20, arbitrary: frame.map(asText) },
    { weight: 8, arbitrary: bundle.map((items) => asText(`[${items.join(",")}]`)) },
    { weight: 3, arbitrary: anyJson.map(asText) },
    { weight: 3, arbitrary: damaged(frame).map(asText) },
    { weight: 1, arbitrary: anyText.map(asText) },
    { weight: 1, arbitrary: aroundLimit(maxBytes).map(asText) },
    { weight: 2, arbitrary: fc.record({ data: bytes, isBinary: fc.boolean() }) },
  );
}
