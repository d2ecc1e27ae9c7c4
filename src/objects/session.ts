import { z } from "zod";
import { identitySchema } from "../auth/identity.ts";
import { callerSchema } from "../operation/caller.ts";

/** The header in which the Worker tells an object who is connecting; nobody else can reach an object. */
export const SESSION_HEADER = "x-carillon-session";

/** The header in which an object tells the Worker the close reason of an upgrade that it refuses. */
export const REFUSED_HEADER = "x-carillon-refused";

/** What the Worker knows of an upgrade that it let through. */
export const sessionSchema = z.object({
  connection: z.string(),
  client: z.string(),
  identity: identitySchema,
  since: z.object({ epoch: z.string(), offset: z.number() }).optional(),
  caller: callerSchema.optional(),
});

export type Session = z.output<typeof sessionSchema>;

/** Writes the session for a header, which holds ASCII only. */
export function writeSession(session: Session): string {
  return encodeURIComponent(JSON.stringify(session));
}

/** Reads the session that the Worker sent along with an upgrade. */
export function readSession(headers: Headers): Session {
  return sessionSchema.parse(JSON.parse(decodeURIComponent(headers.get(SESSION_HEADER) ?? "")));
}
