import { z } from "zod";
import type { Secrets, Server } from "./server.ts";

const answer = z.object({
  deadLetters: z.array(z.object({ code: z.string(), reason: z.string(), publications: z.unknown() })),
});

/** What the service gave up, one sentence for each: a run does nothing that would be a reason for that. */
export async function deadLettersOf(server: Server, { publishKey }: Secrets): Promise<string[]> {
  const headers = { Authorization: `Bearer ${publishKey}` };
  const response = await fetch(`${server.address("http")}/dead-letters`, { headers });
  return answer.parse(await response.json()).deadLetters.map(({ code, reason, publications }) => {
    return `Given up with ${code}, ${reason}: ${JSON.stringify(publications)}`;
  });
}
