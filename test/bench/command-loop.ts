import type { z } from "zod";

/**
 * Serves the process that started this one: each command gets one answer. Ends this process when that one is gone.
 */
export function serveCommands<Command extends z.ZodType>(
  schema: Command,
  obey: (command: z.output<Command>) => Promise<{ readonly kind: string }>,
): void {
  process.on("message", (message: unknown) => {
    Promise.try(() => obey(schema.parse(message)))
      .catch((error: unknown) => ({
        kind: "failed",
        message: error instanceof Error ? (error.stack ?? error.message) : String(error),
      }))
      .then((answer) => process.send?.(answer));
  });
  process.on("disconnect", () => process.exit());
}
