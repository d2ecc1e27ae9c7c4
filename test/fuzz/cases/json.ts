import fc from "fast-check";
import { anyText } from "./text.ts";

// All of this is text, not values: so it can repeat keys, and write numbers as no value is written.

const numbers = fc.constantFrom(
  ..."0 -0 1 -1 7 1.5 1e3 1E+308 1e309 -1e309 1e-400 4294967296 9007199254740991 9007199254740993".split(" "),
  "123456789012345678901234567890",
);

/** What looks like JSON to some readers only. */
const nearly = fc.constantFrom(
  ..."NaN Infinity undefined 01 +1 .5 1. 0x10 1_000 True nul 'a' [1,] {,} {a:1} /**/1".split(" "),
);

/** A text as JSON, sometimes with what should be escaped left as it is. */
export const quotedText: fc.Arbitrary<string> = fc.oneof(
  { weight: 30, arbitrary: anyText.map((text) => JSON.stringify(text)) },
  { weight: 1, arbitrary: anyText.map((text) => `"${text}"`) },
  { weight: 1, arbitrary: fc.constant('"\\ud83d\\u0000\\/\\uDEAD"') },
);

const deep = fc
  .tuple(
    fc.constantFrom<[string, string]>(["[", "]"], ['{"a":', "}"]),
    fc.constantFrom(20, 30, 31, 32, 33, 60, 600),
  )
  .map(([[open, shut], levels]) => `${open.repeat(levels)}${open === "[" ? "" : "1"}${shut.repeat(levels)}`);

const keys = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.constantFrom("a", "type", "ref", "channels", "event", "to", "data", "constructor"),
  },
  { weight: 1, arbitrary: anyText },
);

/** An object's text from its members, in their order. */
export function objectText(members: readonly (readonly [key: string, value: string])[]): string {
  return `{${members.map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(",")}}`;
}

/** JSON of every shape, now and then not quite JSON. */
export const anyJson: fc.Arbitrary<string> = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", maxDepth: 4 },
    { weight: 4, arbitrary: quotedText },
    { weight: 3, arbitrary: numbers },
    { weight: 2, arbitrary: fc.constantFrom("null", "true", "false", "[]", "{}") },
    { weight: 2, arbitrary: fc.array(tie("value"), { maxLength: 5 }).map((items) => `[${items.join(",")}]`) },
    { weight: 2, arbitrary: fc.array(fc.tuple(keys, tie("value")), { maxLength: 5 }).map(objectText) },
    { weight: 1, arbitrary: deep },
    { weight: 1, arbitrary: fc.oneof({ weight: 1, arbitrary: nearly }, { weight: 3, arbitrary: numbers }) },
  ),
})).value;

/** Members by their names: each gives JSON text, or nothing where the member may be absent. */
export type Members = Readonly<Record<string, fc.Arbitrary<string | undefined>>>;

const stray = fc.oneof(
  { weight: 2, arbitrary: fc.tuple(keys, anyJson) },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom("__proto__", "constructor"), anyJson) },
);

/**
 * An object with these members. In one of a few it is mutated: a member is missing, of any other type or there twice,
 * or one is added that does not belong there.
 */
export function mutatedObject(members: Members): fc.Arbitrary<string> {
  const each = Object.entries(members).map(([name, good]) => {
    const value = fc.oneof(
      { weight: 80, arbitrary: good.map((text) => (text === undefined ? [] : [text])) },
      { weight: 1, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: anyJson.map((text) => [text]) },
      {
        weight: 1,
        arbitrary: fc.tuple(
          anyJson,
          good.map((text) => text ?? "null"),
        ),
      },
    );
    return value.map((texts) => texts.map((text) => [name, text] as const));
  });
  const strays = fc.oneof(
    { weight: 15, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(stray, { maxLength: 2 }) },
  );
  return fc.tuple(fc.tuple(...each), strays).map(([parts, more]) => objectText([...parts.flat(), ...more]));
}

/** What may be absent. */
export function maybe(value: fc.Arbitrary<string>): fc.Arbitrary<string | undefined> {
  return fc.option(value, { nil: undefined, freq: 2 });
}

/** A list of such items: mostly a few, seldom as many as `limit` or one more. */
export function listOf(item: fc.Arbitrary<string>, limit: number): fc.Arbitrary<string> {
  const text = (items: readonly string[]) => `[${items.join(",")}]`;
  return fc.oneof(
    { weight: 30, arbitrary: fc.array(item, { minLength: 1, maxLength: 4 }).map(text) },
    { weight: 1, arbitrary: fc.constant("[]") },
    {
      weight: 1,
      arbitrary: fc
        .tuple(item, fc.constantFrom(limit - 1, limit, limit + 1))
        .map(([one, times]) => text(Array(times).fill(one))),
    },
  );
}
