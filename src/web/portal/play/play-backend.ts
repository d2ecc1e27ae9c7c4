import * as z from "zod/mini";
import { askService } from "../service.ts";

const published = z.object({
  results: z.array(
    z.object({
      id: z.string(),
      event: z.string(),
      targets: z.array(
        z.object({
          channel: z.string(),
          status: z.string(),
          connections: z.number(),
          code: z.optional(z.string()),
        }),
      ),
    }),
  ),
});

export type Published = z.infer<typeof published>;

/** Plays the backend: the service holds the key, and does this in development only. */
export function playBackend(event: object | readonly object[]): Promise<Published> {
  return askService(published, "/dev/publish", { method: "POST", body: event });
}
