import { issueDevToken } from "../auth/dev-token.ts";
import { expectAnswer, tokenAnswer } from "./answers.ts";
import type { Surroundings } from "./command.ts";
import { readVariables, settingsFrom } from "./dev-vars.ts";
import { ask } from "./request.ts";

/** A user's token and where it came from. */
export interface Credential {
  readonly token: string;
  readonly origin: string;
}

/** How long a token made for a test is valid, in seconds. */
const TTL = 600;

/**
 * Gets a token for a user: the one given; signed with the secret that was given or that the environment has; from the
 * service itself if it is a development service; signed with the secret of .dev.vars.
 */
export async function getCredential(
  given: { readonly token: string | undefined; readonly secret: string | undefined },
  user: string,
  service: URL,
  { directory, env, stop }: Pick<Surroundings, "directory" | "env" | "stop">,
): Promise<Credential> {
  if (given.token !== undefined) return { token: given.token, origin: "given" };
  const request = { userId: user, roles: ["member"], ttl: TTL };
  const secret = given.secret ?? env.JWT_SECRET;
  if (secret === undefined || secret === "") {
    const answer = await ask(service, { method: "POST", path: "dev/token", body: request }, stop);
    if (answer.status === 200) {
      return { token: expectAnswer(answer, tokenAnswer).token, origin: "from POST /dev/token" };
    }
  }
  const variables = { ...readVariables(directory, env), ...(secret ? { JWT_SECRET: secret } : {}) };
  const { token } = await issueDevToken(request, settingsFrom(variables), Date.now());
  return { token, origin: "signed with JWT_SECRET" };
}
