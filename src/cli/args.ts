import { parseArgs } from "node:util";

/** One option of a command, as `parseArgs` takes it, with what its usage text says. */
interface Option {
  readonly type: "string" | "boolean";
  readonly multiple?: boolean;
  readonly default?: string;
  /** What stands for the value in the usage text: `<id>`. */
  readonly value?: string;
  readonly help: string;
}

type OptionTable = { readonly [name: string]: Option };

/** How a command is called and what it does: the whole of its usage text. */
export interface Usage<Options extends OptionTable = OptionTable> {
  /** What to type: `npm run token --`. */
  readonly call: string;
  readonly summary: string;
  readonly options: Options;
  /** What may follow `--`; without it, nothing may. */
  readonly rest?: { readonly value: string; readonly help: string };
}

/** The command was not called as its usage text says. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The command was asked for its usage text. */
export class HelpAsked extends Error {
  override readonly name = "HelpAsked";
}

type Values<Options extends OptionTable> = ReturnType<
  typeof parseArgs<{ args: string[]; options: Options; strict: true }>
>["values"];

/**
 * Reads a command's options.
 *
 * @throws {HelpAsked} for `--help`.
 * @throws {UsageError} for an option that the table does not have, a value that is missing or one too many.
 * @example readOptions(usage, ["--user", "42"]).options.user // "42"
 */
export function readOptions<const Options extends OptionTable>(
  usage: Usage<Options>,
  argv: readonly string[],
): { readonly options: Values<Options>; readonly rest: readonly string[] } {
  const separator = argv.indexOf("--");
  const args = separator === -1 ? [...argv] : argv.slice(0, separator);
  const rest = separator === -1 ? [] : argv.slice(separator + 1);
  if (args.includes("--help")) throw new HelpAsked(usageText(usage));
  if (rest.length > 0 && !usage.rest) throw new UsageError(`Nothing is expected after --: ${rest.join(" ")}`);
  try {
    return { options: parseArgs({ args, options: usage.options, strict: true }).values, rest };
  } catch (error) {
    if (error instanceof Error && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS")) {
      throw new UsageError(error.message);
    }
    throw error;
  }
}

/** The usage text: one line for each option. */
export function usageText({ call, summary, options, rest }: Usage): string {
  const rows = [
    ...Object.entries(options).map(([name, option]) => ({
      left: `--${name}${option.value ? ` ${option.value}` : ""}`,
      right: `${option.help}${option.multiple ? " May be repeated." : ""}${
        option.default === undefined ? "" : ` Default: ${option.default}.`
      }`,
    })),
    { left: "--help", right: "Shows this text." },
    ...(rest ? [{ left: `-- ${rest.value}`, right: rest.help }] : []),
  ];
  const width = Math.max(...rows.map(({ left }) => left.length));
  const lines = rows.map(({ left, right }) => `  ${left.padEnd(width)}  ${right}`);
  return [summary, "", `Usage: ${call} [options]`, "", ...lines].join("\n");
}

/** The value of an option that must be given. */
export function required(name: string, value: string | undefined): string {
  if (value === undefined || value === "") throw new UsageError(`--${name} is missing.`);
  return value;
}

/** A whole number within its bounds. `name` is what the caller typed: an option or a variable. */
export function wholeNumber(name: string, text: string, min: number, max: number): number {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new UsageError(`${name} is a whole number from ${min} to ${max}, not "${text}".`);
}

/** The address of a service. A path in it is kept, for a service that is mounted below one. */
export function serviceAddress(text: string): URL {
  const url = URL.parse(text);
  if (url === null || !["http:", "https:"].includes(url.protocol)) {
    throw new UsageError(`An address begins with http:// or https://, unlike "${text}".`);
  }
  if (!url.pathname.endsWith("/")) url.pathname += "/";
  url.search = "";
  url.hash = "";
  return url;
}

/** The `--url` option, which three commands have. */
export const urlOption = {
  type: "string",
  value: "<address>",
  default: "http://localhost:8787",
  help: "Address of the service.",
} as const satisfies Option;

/** The `--key` option of those who publish. */
export const keyOption = {
  type: "string",
  value: "<key>",
  help: "Publish key. Without it the first of PUBLISH_KEYS, from the environment or .dev.vars.",
} as const satisfies Option;
