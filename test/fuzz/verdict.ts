import { type Answer, problemIn } from "../support/backend.ts";
import { checkRouteAnswer } from "./route-answers.ts";
import type { Target } from "./target.ts";

/** What nobody may be told: a stack, a place in the sources or on the disk. */
const inside = /\n\s*at |\.[jt]s:\d+|node_modules|file:\/\/|\/storage\b|capnp|sqlite/i;

/**
 * Judges an answer over HTTP.
 *
 * @returns its outcome in a few words: the status, and the code where it was refused; then those of a publish's targets.
 * @throws {Error} saying what is wrong with it.
 */
export function verdictOn(
  { method, path }: { readonly method: string; readonly path: string },
  answer: Answer,
  { publishKey, limitedKey, jwtSecret, hmacSecret }: Target,
): [outcome: string, ...targets: string[]] {
  const { status, headers, text } = answer;
  const told = `${JSON.stringify([...headers])}\n${text}`;
  const fail = (what: string) =>
    new Error(`${what}: ${method} ${path} was answered ${status} ${told.slice(0, 1000)}`);
  if (status >= 500) throw fail("The service failed");
  if (inside.test(text)) throw fail("It tells of its inside");
  const secrets = [publishKey, limitedKey, jwtSecret, hmacSecret];
  for (const secret of secrets) if (told.includes(secret)) throw fail("It tells a secret");
  const isBare = method === "HEAD" || status === 204 || status === 304;
  if (isBare && text !== "") throw fail("There should be no body");
  if (status >= 400) {
    if (!isBare) return [`${status} ${problemIn(answer).code}`];
    if (headers.get("Content-Type") !== "application/problem+json") throw fail("It is no problem");
    return [`${status} without a body`];
  }
  const targets = status === 200 && !isBare ? checkRouteAnswer(method, path.split("?")[0] ?? "", text) : [];
  return [`${status}`, ...targets];
}
