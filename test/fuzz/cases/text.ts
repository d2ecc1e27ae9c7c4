import fc from "fast-check";

/** Characters that readers get wrong: halves of pairs, controls, marks of order and direction, what URLs and JSON escape. */
const awkward = [
  "\ud800",
  "\udfff",
  "\u0000",
  "\u001b",
  "\u007f",
  "\u0085",
  "\n",
  "\u2028",
  "\ufeff",
  "\u202e",
  "\u200d",
  "\u0e33",
  "e\u0301",
  "🔔",
  "ก",
  "ß",
  "İ",
  '"',
  "\\",
  "'",
  "%",
  "%00",
  "%ff",
  "%e0%b8",
  ":",
  "/",
  "?",
  "#",
  "&",
  "+",
  "*",
  "{",
  " ",
];

/** Words that mean something to somebody on the way. */
const loaded = [
  "",
  "NaN",
  "Infinity",
  "-0",
  "1e309",
  "null",
  "undefined",
  "true",
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "hasOwnProperty",
  "then",
  "*",
  "..",
  "../../etc/passwd",
  "'; DROP TABLE entry; --",
  "<script>alert(1)</script>",
  "{{7*7}}",
  "%",
  "%2F",
  "%E0%A4%A",
  "\r\nX-Injected: yes",
];

/** Around the limits of names, ids and refs. */
const lengths = [63, 64, 65, 100, 101, 128, 129, 199, 200, 201, 500];

const long = fc
  .tuple(fc.constantFrom("x", "ก", "🔔", "%E0%B8%81", "\u0000", "\ud800"), fc.constantFrom(...lengths))
  .map(([unit, times]) => unit.repeat(times));

/** Any code point, halves of pairs too. The library's own unit for this takes a second to get ready. */
const codePoint = fc.nat({ max: 0x10ffff }).map((point) => String.fromCodePoint(point));

/** Any text, the awkward more often than the plain. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.string({ unit: "grapheme-ascii", maxLength: 20 }) },
  { weight: 3, arbitrary: fc.string({ unit: fc.constantFrom(...awkward), maxLength: 8 }) },
  { weight: 3, arbitrary: fc.constantFrom(...loaded) },
  { weight: 2, arbitrary: fc.string({ unit: codePoint, maxLength: 20 }) },
  { weight: 1, arbitrary: long },
);

/** Damage on the way: the text ends early, has something in its midst, lacks something there, or comes twice. */
export function damaged(text: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .tuple(
      text,
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.constantFrom("cut", "insert", "lose", "twice"),
      anyText,
    )
    .map(([whole, place, way, other]) => {
      const at = Math.floor(place * whole.length);
      if (way === "cut") return whole.slice(0, at);
      if (way === "insert") return whole.slice(0, at) + other + whole.slice(at);
      if (way === "lose") return whole.slice(0, at) + whole.slice(at + 1);
      return whole + whole;
    });
}
