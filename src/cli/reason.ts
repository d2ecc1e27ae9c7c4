/** Why a connection failed, in words fit for the middle of a sentence: no stack, no full stop. */
export function reasonFor(error: unknown): string {
  // Trying each address of a name fails with one error that holds the others and has no message of its own.
  if (error instanceof AggregateError && error.errors.length > 0) return reasonFor(error.errors[0]);
  // What a signal aborts fails with an error that holds the signal's reason.
  if (error instanceof Error && error.name === "AbortError" && error.cause instanceof Error) {
    return reasonFor(error.cause);
  }
  const message = error instanceof Error ? error.message : "";
  return message === "" ? "the connection failed" : message.replace(/\.$/, "");
}
