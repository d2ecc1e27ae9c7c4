/**
 * Writes one JSON line for the operator. Fields are names, ids and codes: never tokens, secrets, stacks or what
 * events contain.
 */
export function report(
  level: "info" | "warn" | "error",
  message: string,
  fields: Readonly<Record<string, string | number | boolean | undefined>> = {},
): void {
  const line = JSON.stringify({ level, message, ...fields });
  if (level === "error") console.error(line);
  else if (level === "warn") console.warn(line);
  else console.log(line);
}

/** What may be told of an error that nobody expected: its kind and its message, not its stack. */
export function describe(error: unknown): { error: string } {
  return { error: error instanceof Error ? `${error.name}: ${error.message}`.slice(0, 300) : "unknown" };
}
