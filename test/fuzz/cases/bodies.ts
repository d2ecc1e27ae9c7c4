import fc from "fast-check";
import { channelNames } from "./channels.ts";
import { anyJson, listOf, maybe, mutatedObject, quotedText } from "./json.ts";
import { anyText, damaged } from "./text.ts";

const quoted = (text: string) => JSON.stringify(text);
const bool = fc.constantFrom("true", "false");

/** Few enough to be the same user again, and some that nobody has thought of. */
export const userIds: fc.Arbitrary<string> = fc.oneof(
  { weight: 5, arbitrary: fc.nat({ max: 9 }).map((number) => `fuzz-target-${number}`) },
  { weight: 1, arbitrary: anyText },
);

const users = userIds.map(quoted);
const channels = channelNames([]).map(quoted);
const labels = fc.oneof(fc.constantFrom("admin", "NURSE", "7", "tab-1").map(quoted), quotedText);

const eventNames = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom("payment:confirmed", "a.b-c_d", "e".repeat(100)).map(quoted) },
  { weight: 1, arbitrary: quotedText },
);

const data = fc.oneof(
  { weight: 20, arbitrary: anyJson },
  { weight: 1, arbitrary: fc.constantFrom(65_534, 65_535).map((size) => quoted("x".repeat(size))) },
  { weight: 1, arbitrary: fc.constantFrom(21_844, 21_845).map((size) => quoted("ก".repeat(size))) },
);

const aimOnly = mutatedObject({
  users: maybe(listOf(users, 4)),
  roles: maybe(listOf(labels, 50)),
  tenants: maybe(listOf(labels, 4)),
});
const aimExcept = mutatedObject({ user: maybe(users), client: maybe(labels) });

const publishedEvent = mutatedObject({
  id: maybe(
    fc.oneof(
      fc.nat({ max: 30 }).map((number) => quoted(`fuzz-${number}`)),
      quotedText,
    ),
  ),
  event: eventNames,
  data: maybe(data),
  to: mutatedObject({ users: maybe(listOf(users, 4)), channels: maybe(listOf(channels, 4)) }),
  only: fc.option(aimOnly, { nil: undefined, freq: 1 }),
  except: fc.option(aimExcept, { nil: undefined, freq: 1 }),
  store: maybe(bool),
  ttl: maybe(fc.constantFrom("1", "604800", "34560000", "34560001", "0")),
});

/** What `POST /publish` may get: one event, or several. */
export const publishTexts: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: publishedEvent },
  { weight: 1, arbitrary: listOf(publishedEvent, 6) },
);

const identity = {
  userId: users,
  roles: maybe(listOf(labels, 50)),
  tenants: maybe(listOf(labels, 200)),
  name: maybe(quotedText),
  locale: maybe(fc.constantFrom('"th"', '"en-GB"', quoted("x".repeat(36)))),
};

/** What `POST /auth/ticket` may get of a publisher. */
export const ticketTexts: fc.Arbitrary<string> = mutatedObject({
  ...identity,
  email: maybe(quotedText),
  channels: maybe(
    listOf(
      fc.oneof(channels, fc.constantFrom('"clinic:*:alerts"', '"*"', '"{a}:{a}"', '"%ff:*"', '"::"')),
      100,
    ),
  ),
});

/** What `POST /dev/token` may get. */
export const devTokenTexts: fc.Arbitrary<string> = mutatedObject({
  ...identity,
  ttl: maybe(fc.constantFrom("1", "3600", "2592000", "2592001", "0")),
});

/** What `POST /users/:id/disconnect` may get. */
export const disconnectTexts: fc.Arbitrary<string> = mutatedObject({
  connection: maybe(labels),
  client: maybe(labels),
  revokeBefore: maybe(fc.constantFrom("0", "1", "8640000000000001", "9007199254740991")),
});

/** A body's bytes: its text as it is or damaged, in another encoding or not quite UTF-8, other JSON, or noise. */
export function bodies(texts: fc.Arbitrary<string>): fc.Arbitrary<Uint8Array> {
  const bytes = (encoding: BufferEncoding) => (text: string) => new Uint8Array(Buffer.from(text, encoding));
  const stained = fc
    .tuple(
      texts,
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.constantFrom("ff", "c0af", "eda080", "f4908080", "e0b8"),
    )
    .map(([text, place, stain]) => {
      const at = Math.floor(place * text.length);
      return new Uint8Array(
        Buffer.concat([
          Buffer.from(text.slice(0, at)),
          Buffer.from(stain, "hex"),
          Buffer.from(text.slice(at)),
        ]),
      );
    });
  return fc.oneof(
    { weight: 20, arbitrary: texts.map(bytes("utf8")) },
    { weight: 3, arbitrary: damaged(texts).map(bytes("utf8")) },
    { weight: 2, arbitrary: anyJson.map(bytes("utf8")) },
    { weight: 1, arbitrary: stained },
    { weight: 1, arbitrary: texts.map(bytes("utf16le")) },
    { weight: 1, arbitrary: texts.map((text) => bytes("utf8")(`\ufeff${text}`)) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 60 }) },
    { weight: 1, arbitrary: fc.constant(new Uint8Array()) },
  );
}
