import type { Hono } from "hono";
import { CarillonError } from "../protocol/errors.ts";
import type { AppEnv } from "./context.ts";
import { problem } from "./problem.ts";

/**
 * Answers every method that a route registered so far does not take with 405 and the ones that it takes (RFC 9110,
 * section 15.5.6).
 */
export function refuseOtherMethods(app: Hono<AppEnv>): void {
  const taken = new Map<string, string[]>();
  for (const { path, method } of app.routes) {
    if (method !== "ALL") taken.set(path, [...(taken.get(path) ?? []), method]);
  }
  for (const pattern of taken.keys()) {
    app.all(pattern, (c) => {
      const { path } = c.req;
      const methods = [...taken].flatMap(([other, taking]) => (matches(other, path) ? taking : []));
      const detail = `${path} does not take ${c.req.method}.`;
      const answer = problem(new CarillonError("method_not_allowed", detail), c);
      answer.headers.set("Allow", [...methods, ...(methods.includes("GET") ? ["HEAD"] : [])].join(", "));
      return answer;
    });
  }
}

/** Whether a path is one of a pattern's: an address may be one of several, as `/inbox/mark` is of `/inbox/:id`. */
function matches(pattern: string, path: string): boolean {
  const [wanted, given] = [pattern.split("/"), path.split("/")];
  return (
    wanted.length === given.length && wanted.every((part, at) => part.startsWith(":") || part === given[at])
  );
}
