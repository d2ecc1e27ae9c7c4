import { DurableObject } from "cloudflare:workers";
import type { Env } from "./env.ts";
import type { Outcome, Publication } from "./publication.ts";

/** One shard of the audience. */
export class AudienceObject extends DurableObject<Env> {
  /** Takes publications; answers when every shard has stored them. */
  async deliver(publications: readonly Publication[]): Promise<Outcome[][]> {
    return publications.map(({ events }) =>
      events.map(() => ({ status: "failed", code: "unavailable", message: "There is no audience yet." })),
    );
  }
}
