import { z } from "zod";

/** What is told of who opened a connection, as far as it is known: the request, the address and the program. */
export const callerSchema = z.object({ requestId: z.string(), address: z.string(), agent: z.string() });

export type Caller = z.output<typeof callerSchema>;

/** Longer ones are not taken over: a socket remembers its caller in the little room that it has. */
const requestIdForm = /^[\w.:+/=-]{1,64}$/;
const MAX_ADDRESS = 45;
const MAX_AGENT = 160;

/** The request's own id (`x-request-id`) where it has a fit one, else one of ours. */
export function requestIdOf(headers: Headers): string {
  const given = headers.get("X-Request-Id") ?? "";
  return requestIdForm.test(given) ? given : crypto.randomUUID();
}

/** Who sends a request, cut short. */
export function callerOf(headers: Headers, requestId: string): Caller {
  return {
    requestId,
    address: (headers.get("CF-Connecting-IP") ?? "").slice(0, MAX_ADDRESS),
    agent: (headers.get("User-Agent") ?? "").replaceAll(/[^\x20-\x7e]/g, "?").slice(0, MAX_AGENT),
  };
}
