import * as z from "zod/mini";
import { askService } from "../../service.ts";

const sent = z.object({
  results: z.array(
    z.object({
      id: z.string(),
      targets: z.array(
        z.object({
          channel: z.string(),
          status: z.enum(["delivered", "stored", "queued", "failed"]),
          connections: z.number(),
          offset: z.optional(z.number()),
          code: z.optional(z.string()),
        }),
      ),
    }),
  ),
});

export type Target = z.infer<typeof sent>["results"][number]["targets"][number];

/**
 * Broadcasts with a user's own token.
 *
 * @returns each target and what became of it there.
 * @throws {Refused} with the service's code.
 */
export async function send(publication: object, token: string): Promise<readonly Target[]> {
  const { results } = await askService(sent, "/publish", { method: "POST", body: publication, token });
  return results.flatMap(({ targets }) => targets);
}
