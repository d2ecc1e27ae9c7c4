import { z } from "zod";
import { expectAnswer } from "../../src/cli/answers.ts";
import type { Surroundings } from "../../src/cli/command.ts";
import { getCredential } from "../../src/cli/credential.ts";
import { ask } from "../../src/cli/request.ts";

const ticketAnswer = z.object({ token: z.string() });

/** What a user shows when connecting. It is got just before, for a ticket does not live long. */
export type Credentials = (user: string, stop: AbortSignal) => Promise<string>;

/** The credentials of all users: one token for all, tickets that a publish key buys, or tokens that are signed. */
export function credentialsFor(
  service: URL,
  given: {
    readonly token?: string | undefined;
    readonly key?: string | undefined;
    readonly secret?: string | undefined;
  },
  around: Pick<Surroundings, "directory" | "env">,
): Credentials {
  const { token, key, secret } = given;
  if (token === undefined && key !== undefined) {
    return async (userId, stop) => {
      const asked = { method: "POST", path: "auth/ticket", key, body: { userId } } as const;
      return expectAnswer(await ask(service, asked, stop), ticketAnswer).token;
    };
  }
  return async (user, stop) => {
    const credential = await getCredential({ token, secret }, user, service, { ...around, stop });
    return credential.token;
  };
}
