const levels = { debug: 0, info: 1, warn: 2, error: 3, off: 4 } as const;

/** How much the operator is told: everything, or what is at least as grave as this. */
export type LogLevel = keyof typeof levels;

/** What a line says beside its level and message: names, ids and codes. */
export type Fields = Readonly<Record<string, string | number | boolean | undefined>>;

let least: LogLevel = "info";

/** Says how much is told from now on, in everything that shares this isolate. */
export function reportFrom(level: LogLevel): void {
  least = level;
}

/**
 * Writes one JSON line for the operator. Fields are names, ids and codes: never tokens, secrets, stacks or what
 * events contain.
 */
export function report(level: Exclude<LogLevel, "off">, message: string, fields: Fields = {}): void {
  if (levels[level] < levels[least]) return;
  const line = JSON.stringify({ level, message, ...fields });
  if (level === "error") console.error(line);
  else if (level === "warn") console.warn(line);
  else console.log(line);
}

/** What may be told of an error that nobody expected: its kind and its message, not its stack. */
export function describe(error: unknown): { error: string } {
  return { error: error instanceof Error ? `${error.name}: ${error.message}`.slice(0, 300) : "unknown" };
}
