import fc from "fast-check";
import { channelNames } from "./channels.ts";
import { anyJson, listOf, maybe, mutatedObject, quotedText } from "./json.ts";
import { ids, labels, users } from "./publishes.ts";
import { damaged } from "./text.ts";

const quoted = (text: string) => JSON.stringify(text);
const one = (...texts: readonly string[]) => fc.constantFrom(...texts).map(quoted);

const bool = fc.constantFrom("true", "false");

/** Patterns of channels, and what comes close to them. */
const patterns = fc.oneof(
  channelNames([]).map(quoted),
  one("clinic:*:alerts", "admin:payments", "*", "{a}:{a}", "%ff:*", "::"),
);

const identity = {
  userId: users,
  roles: maybe(listOf(labels, 50)),
  tenants: maybe(listOf(labels, 200)),
  name: maybe(quotedText),
  locale: maybe(one("th", "en-GB", "x".repeat(36))),
};

/** What `POST /auth/ticket` may get of a publisher. */
export const ticketTexts: fc.Arbitrary<string> = mutatedObject({
  ...identity,
  email: maybe(quotedText),
  channels: maybe(listOf(patterns, 100)),
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

/** What `PUT /users/:id/identity` may get. */
export const identityTexts: fc.Arbitrary<string> = mutatedObject({
  roles: maybe(listOf(labels, 50)),
  tenants: maybe(listOf(labels, 200)),
  grants: maybe(listOf(patterns, 100)),
});

/** What `POST /inbox/mark` may get. */
export const markTexts: fc.Arbitrary<string> = fc.oneof(
  mutatedObject({ as: one("read", "unread", "seen", "archived", "READ"), ids: listOf(ids, 1000) }),
  mutatedObject({
    as: one("read", "unarchived", "deleted"),
    all: fc.constant("true"),
    upTo: maybe(fc.constantFrom("0", "1", "9007199254740991", "-1")),
  }),
);

/** What `PUT /preferences` may get. */
export const preferenceTexts: fc.Arbitrary<string> = mutatedObject({
  types: maybe(
    mutatedObject({
      payment: mutatedObject({ inbox: maybe(bool), announce: maybe(bool) }),
      constructor: maybe(mutatedObject({ inbox: bool })),
    }),
  ),
  quietHours: maybe(
    mutatedObject({
      from: one("22:00", "00:00", "24:00", "9:00"),
      to: one("07:00", "23:59"),
      timeZone: fc.oneof(one("Asia/Bangkok", "UTC", "Nowhere/Land"), quotedText),
    }),
  ),
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
