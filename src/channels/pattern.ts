import { decodeSegment, encodeSegment } from "./name.ts";

/** The names in braces of a pattern: `ParamsOf<"clinic:{tenant}:{topic}">` is `"tenant" | "topic"`. */
export type ParamsOf<Pattern extends string> = Pattern extends `${string}{${infer Name}}${infer Rest}`
  ? Name | ParamsOf<Rest>
  : never;

export type Params = Readonly<Record<string, string>>;

type Segment =
  | { readonly kind: "literal"; readonly text: string }
  | { readonly kind: "param"; readonly name: string }
  | { readonly kind: "any" };

/** A pattern such as `clinic:{tenant}:{topic}`: each `{name}`, and each `*`, stands for one whole segment. */
export class ChannelPattern<Source extends string = string> {
  readonly source: Source;
  readonly isLiteral: boolean;
  readonly #segments: readonly Segment[];

  constructor(source: Source) {
    this.source = source;
    this.#segments = source.split(":").map(readSegment);
    this.isLiteral = this.#segments.every(({ kind }) => kind === "literal");
  }

  get params(): readonly string[] {
    return this.#segments.flatMap((segment) => (segment.kind === "param" ? [segment.name] : []));
  }

  /** The values that the segments of a name give the parameters, decoded, or nothing where it does not match. */
  match(segments: readonly string[]): Params | undefined {
    if (segments.length !== this.#segments.length) return undefined;
    const params: Record<string, string> = {};
    for (const [index, segment] of this.#segments.entries()) {
      const value = segments[index] ?? "";
      if (segment.kind === "literal" && segment.text !== value) return undefined;
      if (segment.kind === "param") params[segment.name] = oneForm(segment.name, decodeSegment(value));
    }
    return params;
  }

  /** The name that these values give. */
  build(params: Params): string {
    return this.#segments
      .map((segment) => {
        if (segment.kind === "literal") return segment.text;
        const value = segment.kind === "param" ? params[segment.name] : undefined;
        if (segment.kind === "any" || value === undefined || value === "") {
          throw new TypeError(`${this.source} lacks a parameter.`);
        }
        return encodeSegment(oneForm(segment.name, value));
      })
      .join(":");
  }
}

/** A role is one however it is spelt; other values keep their case. */
function oneForm(param: string, text: string): string {
  return param === "role" ? text.toLowerCase() : text;
}

function readSegment(text: string): Segment {
  if (text === "*") return { kind: "any" };
  const name = /^\{(\w+)\}$/.exec(text)?.[1];
  if (name !== undefined) return { kind: "param", name };
  // Names come in their one form, so a pattern is compared in it; a token may have spelt it otherwise.
  return { kind: "literal", text: encodeSegment(decodeSegment(text.toWellFormed())) };
}
