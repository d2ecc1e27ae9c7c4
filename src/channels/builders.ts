import { channels } from "../config/channels.ts";
import { findChannel } from "./access.ts";
import type { ChannelRule, ChannelRules } from "./rules.ts";

/** What stands at a parameter, an id say. */
export type Value = string | number;

/** The segments of a pattern, literals as they are and `Value` for each parameter. */
type SegmentsOf<Pattern extends string> = Pattern extends `${infer First}:${infer Rest}`
  ? [...SegmentsOf<First>, ...SegmentsOf<Rest>]
  : [Pattern extends `{${string}}` ? Value : Pattern];

type LiteralsOf<Segments> = Segments extends [infer First, ...infer Rest]
  ? [...(Value extends First ? [] : [First]), ...LiteralsOf<Rest>]
  : [];

type ValuesOf<Segments> = Segments extends [infer First, ...infer Rest]
  ? [...(Value extends First ? [First] : []), ...ValuesOf<Rest>]
  : [];

type Nested<Path, Build> = Path extends [infer First extends string, ...infer Rest]
  ? { readonly [Literal in First]: Nested<Rest, Build> }
  : Build;

type Builder<Pattern extends string> = Pattern extends Pattern
  ? Nested<LiteralsOf<SegmentsOf<Pattern>>, (...values: ValuesOf<SegmentsOf<Pattern>>) => string>
  : never;

type Together<Union> = (Union extends Union ? (one: Union) => void : never) extends (all: infer All) => void
  ? All
  : never;

/** One function for each pattern, under the pattern's literals, which takes the values of its parameters in order. */
export type Builders<Pattern extends string> = Together<Builder<Pattern>>;

/**
 * Builds the names of channels from the rules, so that a name that no rule knows is a compile error.
 *
 * @throws {TypeError} where a value is empty, or would give the name of another rule's channel: an administrator whose
 *   id is `payments` has no channel `admin:payments`.
 * @throws {CarillonError} `invalid_channel` where the name is too long or has control characters.
 * @example channel.user(42); channel.farmer.payments("f1"); channel.clinic.queue(7); channel.admin.payments()
 */
export const channel = buildersOf(channels);

/** The builders of a table of rules. */
export function buildersOf<Pattern extends string>(table: ChannelRules<Pattern>): Builders<Pattern> {
  const leaves = table.rules.map((rule) => ({
    rule,
    path: rule.pattern.source.split(":").filter(isLiteral),
  }));
  // The shape follows from the same patterns as the type, which is as far as it can be told to the compiler.
  return branch(leaves, table) as Builders<Pattern>;
}

function isLiteral(segment: string): boolean {
  return !/^\{\w+\}$/.test(segment);
}

interface Leaf {
  readonly rule: ChannelRule;
  readonly path: readonly string[];
}

/** What stands at one place of the tree: a function for the patterns that end there, with the others below it. */
function branch(leaves: readonly Leaf[], table: ChannelRules): (...values: Value[]) => string {
  const here = new Map<number, ChannelRule>();
  const below = new Map<string, Leaf[]>();
  for (const { rule, path } of leaves) {
    const [literal, ...rest] = path;
    if (literal !== undefined) {
      below.set(literal, [...(below.get(literal) ?? []), { rule, path: rest }]);
      continue;
    }
    const { params, source } = rule.pattern;
    const other = here.get(params.length);
    if (other) throw new TypeError(`${source} and ${other.pattern.source} would have one builder.`);
    here.set(params.length, rule);
  }
  const build = (...values: Value[]) => {
    const rule = here.get(values.length);
    if (!rule) throw new TypeError(`No channel of this form has ${values.length} values.`);
    return nameOf(rule, values, table);
  };
  // A function has properties of its own, such as name, which a literal must be able to replace.
  for (const [literal, within] of below) {
    Object.defineProperty(build, literal, { value: branch(within, table), enumerable: true });
  }
  return build;
}

function nameOf({ pattern }: ChannelRule, values: readonly Value[], table: ChannelRules): string {
  const texts = values.map((value) => `${value}`.toWellFormed());
  const params = Object.fromEntries(pattern.params.map((param, index) => [param, texts[index] ?? ""]));
  const { name, rule } = findChannel(pattern.build(params), table);
  if (rule.pattern !== pattern) throw new TypeError(`${name} is a channel of ${rule.pattern.source}.`);
  return name;
}
