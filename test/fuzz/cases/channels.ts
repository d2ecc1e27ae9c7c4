import fc from "fast-check";
import { anyText } from "./text.ts";

/** Few enough to meet one another in. */
const rooms = Array.from({ length: 24 }, (_, index) => `room:fuzz-${index}`);

const encoded = anyText.map((text) => encodeURIComponent(text.toWellFormed()));

const segment = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom("room", "user", "clinic", "public", "7", "8", "queue", "a") },
  { weight: 1, arbitrary: fc.string({ unit: fc.constantFrom(..."aZ9_-=@,.;|+~!%"), maxLength: 6 }) },
  { weight: 1, arbitrary: encoded },
);

/** Channels' names, from the grammar and from outside it. `own` are some that the one who asks may follow. */
export function channelNames(own: readonly string[]): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 10, arbitrary: fc.constantFrom(...rooms) },
    {
      weight: 5,
      arbitrary: fc.constantFrom(
        "clinic:7:queue",
        "clinic:8:queue",
        "public:news",
        "user:someone:orders",
        ...own,
      ),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        "room:%41",
        "room:a%20b",
        "room:%ff",
        "room:%00",
        "ROOM:1",
        "room:",
        ":",
        "%",
      ),
    },
    {
      weight: 1,
      arbitrary: fc.array(segment, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(":")),
    },
    { weight: 1, arbitrary: encoded.map((text) => `room:${text}`) },
    { weight: 2, arbitrary: anyText },
  );
}

const offsets = fc.constantFrom(
  "0",
  "1",
  "2",
  "17",
  "999999999999999",
  "9007199254740993",
  "01",
  "-1",
  "1.5",
  "",
);

/** Positions as URLs and frames write them, of logs that may be there and of logs that are not. */
export const sinceTexts: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom("0.0", "0.1", "0.5") },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom("0", "k3v9x2ab1c", "x".repeat(33), ""), offsets)
      .map(([epoch, offset]) => `${epoch}.${offset}`),
  },
  { weight: 1, arbitrary: anyText },
);
