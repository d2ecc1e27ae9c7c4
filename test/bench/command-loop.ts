import type { z } from "zod";

/**
 * Serves the process that started this one: each command gets one answer. Ends this process when that one is gone.
 */
export function serveCommands<Command extends z.ZodType>(
  schema: Command,
  obey: (command: z.output<Command>) => Promise<{ readonly kind: string }>,
): void {
  process.on("message", (message: unknown) => {
    void answer(message);
  });
  process.on("disconnect", () => process.exit());

  async function answer(message: unknown): Promise<void> {
    try {
      process.send?.(await obey(schema.parse(message)));
    } catch (error) {
      const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
      process.send?.({ kind: "failed", message: why });
    }
  }
}
